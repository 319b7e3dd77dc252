"""The peers: libraries that train the same networks, each in its own module."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.networks import Dense
from benchmarks.works import Work


@dataclass(frozen=True)
class Peer:
    """A library that trains.

    Attributes:
        name: name in the tables, and for --peers.
        module: module of benchmarks.peers, which has the function `begin`.
        dense_only: why it only supports dense layers; empty if it supports others.
        float32_only: why it does not support bfloat16; empty if it does.
        single: why it does not train several networks; empty if it does, one after the other.
        own_batches: whether it draws the batches itself, so that weights cannot be compared.
        ours: whether it is chainrule, which chooses its threads, trains members together, and
            has a plan from which the floor is computed.
    """

    name: str
    module: str
    dense_only: str = ""
    float32_only: str = ""
    single: str = ""
    own_batches: bool = False
    ours: bool = False

    def cannot(self, work: Work) -> str:
        """Return why the peer does not support a work; empty if it does."""
        dense = all(isinstance(layer, Dense) for layer in work.network)
        return (
            ("" if dense else self.dense_only)
            or (self.float32_only if work.precision != "float32" else "")
            or (self.single if work.members > 1 else "")
        )


PEERS = (
    Peer("chainrule", "ours", ours=True),
    Peer("PyTorch eager", "pytorch"),
    Peer("torch.compile", "torch_compile", single="compiles each network anew"),
    Peer("JAX", "jax_scan"),
    Peer("Flax NNX", "flax_nnx", single="compiles each network anew"),
    Peer("Keras (JAX)", "keras_jax", single="compiles each network anew"),
    Peer(
        "scikit-learn",
        "scikit_learn",
        dense_only="its networks have dense layers only",
        float32_only="has no bfloat16",
        own_batches=True,
    ),
    Peer("skorch", "skorch_net", float32_only="leaves autocast to its users", own_batches=True),
)


def peer_named(name: str) -> Peer:
    """Return the peer of that name."""
    return next(peer for peer in PEERS if peer.name == name)
