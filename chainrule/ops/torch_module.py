"""Any torch module as an operation; the only one whose chain rule is torch.autograd's.

Its parameters are one vector of the graph, its buffers and frozen parameters another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from weakref import WeakValueDictionary

import torch
from torch import Tensor, nn

from chainrule import randomness
from chainrule.errors import InputError
from chainrule.graph.operation import Calls, Operation, Sample, op
from chainrule.graph.shape import BATCH, Shape, show, with_batch
from chainrule.ops.parts.members import for_each_member
from chainrule.ranges import invalid_setting


@dataclass(frozen=True, eq=False, repr=False)
class FlatModule:
    """A module as a function of x and two flat vectors.

    The vectors hold its tensors, flattened, in the order in which the module names them: `weights`
    the trained parameters; `state` the frozen ones and the floating-point buffers, such as running
    statistics. Buffers of whole numbers stay in the module.
    """

    module: nn.Module

    @property
    def weights(self) -> dict[str, Tensor]:
        """The tensors of the first vector, with the values in the module."""
        return {n: p.detach() for n, p in self.module.named_parameters() if p.requires_grad}

    @property
    def state(self) -> dict[str, Tensor]:
        """The tensors of the second vector, with the values in the module."""
        frozen = {n: p.detach() for n, p in self.module.named_parameters() if not p.requires_grad}
        return frozen | {n: b for n, b in self.module.named_buffers() if b.is_floating_point()}

    def __call__(self, x: Tensor, tensors: Mapping[str, Tensor], *, training: bool) -> Tensor:
        """Apply the module to x with these tensors as its parameters and buffers.

        Raises:
            InputError: the result is not one tensor with as many samples as x.
        """
        self.module.train(training)
        # A copy, since the module may overwrite its input.
        copy = x.clone(memory_format=torch.contiguous_format)
        y = torch.func.functional_call(self.module, dict(tensors), (copy,))
        if not isinstance(y, Tensor) or y.shape[:1] != x.shape[:1]:
            got = f"{tuple(y.shape)}" if isinstance(y, Tensor) else type(y).__name__
            raise InputError(
                f"the module {self} made {got} of x {tuple(x.shape)}; expected one tensor with "
                "samples on the first axis. Put it into a module whose forward returns that."
            )
        return y

    def shape(self, x: Shape) -> Shape:
        """Return the shape of the output, found by a call with a batch of zeros.

        Raises:
            InputError: the module can't take x.
        """
        tensors = self.weights | self.state
        dtype = next((t.dtype for t in tensors.values()), torch.get_default_dtype())
        zeros = torch.zeros(with_batch(x, 2), dtype=dtype)
        copies = {name: tensor.clone() for name, tensor in tensors.items()}
        try:
            with torch.no_grad():
                y = self(zeros, copies, training=False)
        except InputError:
            raise
        except Exception as error:  # whatever the user's code raises
            raise InputError(
                f"the module {self} can't take x {show(x)}: {type(error).__name__}: {error}"
            ) from error
        return (BATCH, *y.shape[1:])

    def __repr__(self) -> str:
        """Return the name of its class, since the whole module would not fit into a line."""
        return type(self.module).__name__


# For tests: a small, nonlinear module that trains, has running statistics, and takes one sample.
_NORMALISATION = nn.BatchNorm1d(4)
SAMPLES = {
    "x": Sample((BATCH, 4, 3)),
    "w": Sample((8,)),
    "state": Sample((8,), "positive"),
    "key": Sample((), "key"),
}
SETTINGS = [{"module": FlatModule(_NORMALISATION)}]
ALLOCATES = "autograd records a tape, and modules allocate tensors"


@dataclass(frozen=True)
class _Wrapped:
    """Base of the operations for training and evaluation: settings and shape rule."""

    module: FlatModule
    name: str = "torch_module"

    def __post_init__(self) -> None:
        if not isinstance(self.module, FlatModule):
            expected = "a module in memory, since none is stored in files"
            raise invalid_setting(self, "module", expected)

    def flops(self, name: str, **shapes: tuple[int, ...]) -> int:
        """Count a lower bound: each weight is used once for each sample."""
        samples = (shapes["y"] if "y" in shapes else shapes["dy"])[0]
        return 2 * samples * sum(w.numel() for w in self.module.weights.values())

    def _shape(self, x: Shape, w: Shape, state: Shape) -> Shape:
        lengths = [
            sum(tensor.numel() for tensor in tensors.values())
            for tensors in (self.module.weights, self.module.state)
        ]
        if x[:1] != (BATCH,) or [w, state] != [(length,) for length in lengths]:
            raise InputError(
                f"torch_module got x {show(x)}, w {show(w)}, state {show(state)}; expected x "
                f"(batch, ...) and, for {self.module}, w ({lengths[0]}), state ({lengths[1]})."
            )
        return self.module.shape(x)

    def _tensors(self, w: Tensor, state: Tensor) -> dict[str, Tensor]:
        return _parts(w, self.module.weights) | _parts(state, self.module.state)


@op(
    "torch_module",
    layout="rows",
    updates=("state",),
    samples=SAMPLES,
    settings=SETTINGS,
    allocates=ALLOCATES,
)
class TorchModule(_Wrapped):
    """The output of a torch module in training: y = module(x), with its parameters in w.

    torch.autograd records forward and computes dx and dw. Random numbers of the module are a
    function of key and name; buffers that it updates, such as running statistics, are in `state`.
    Settings:
        module: with its tensors as vectors.
        name: of the layer; two layers with one key draw different numbers.
    Shapes: x and y (batch, ...), y as the module returns it; w and state (numbers,), key ().
    Keeps y and the tape of autograd.
    """

    def shape(self, x: Shape, w: Shape, state: Shape, key: Shape) -> Shape:
        return self._shape(x, w, state)

    def reference(self, x: Tensor, w: Tensor, state: Tensor, key: Tensor) -> Tensor:
        with _seeded_by(key, self.name):
            return self.module(x, self._tensors(w, state), training=True)

    def for_evaluation(self) -> Operation:
        return EvaluatedTorchModule(self.module, self.name)

    def forward(self, x: Tensor, w: Tensor, state: Tensor, key: Tensor, y: Tensor) -> Calls:
        def bind(w: Tensor, x: Tensor, state: Tensor, key: Tensor, y: Tensor) -> Calls:
            recorded = _RecordedPass(self.module, x, w, state, y)

            def run() -> None:
                with _seeded_by(key, self.name):
                    recorded.forward()

            return [run]

        return for_each_member(1, bind, w, x, state, key, y)

    def backward(
        self, w: Tensor, y: Tensor, dy: Tensor, dx: Tensor | None, dw: Tensor | None
    ) -> Calls:
        return for_each_member(1, _backward, w, y, dy, dx, dw)


@op(
    "evaluated_torch_module",
    layout="rows",
    samples={name: SAMPLES[name] for name in ("x", "w", "state")},
    settings=SETTINGS,
    allocates=ALLOCATES,
)
class EvaluatedTorchModule(_Wrapped):
    """The output of a torch module in evaluation, as after module.eval().

    Settings and shapes as for torch_module. No tape is recorded, since no gradients are needed.
    """

    def shape(self, x: Shape, w: Shape, state: Shape) -> Shape:
        return self._shape(x, w, state)

    def reference(self, x: Tensor, w: Tensor, state: Tensor) -> Tensor:
        return self.module(x, self._tensors(w, state), training=False)

    def forward(self, x: Tensor, w: Tensor, state: Tensor, y: Tensor) -> Calls:
        def bind(w: Tensor, x: Tensor, state: Tensor, y: Tensor) -> Calls:
            tensors = self._tensors(w, state)

            # Not in inference mode: training may use tensors that the module stores.
            @torch.inference_mode(False)
            @torch.no_grad()
            def run() -> None:
                y.copy_(self.module(x, tensors, training=False))

            return [run]

        return for_each_member(1, bind, w, x, state, y)

    def backward(self) -> Calls:
        return []


class _RecordedPass:
    """A pass through the module, recorded by autograd in forward and derived in backward.

    The leaves of its tape share the memory of the plan's buffers, but have separate version
    counters (.data): weights and state are in one vector, and autograd would take a change of
    running statistics for a change of weights that it still needs.
    """

    def __init__(self, module: FlatModule, x: Tensor, w: Tensor, state: Tensor, y: Tensor) -> None:
        self._module = module
        self._x = x.data.requires_grad_()
        self._weights = {n: t.requires_grad_() for n, t in _parts(w.data, module.weights).items()}
        self._state = _parts(state.data, module.state)
        self._y = y
        self._result = y
        _PASSES[y.data_ptr()] = self

    # Training runs in inference mode, where autograd records nothing.
    @torch.inference_mode(False)
    def forward(self) -> None:
        """Run the module and record its tape."""
        with torch.enable_grad():
            tensors = self._weights | self._state
            self._result = self._module(self._x, tensors, training=True)
        self._y.copy_(self._result.detach())

    @torch.inference_mode(False)
    def backward(self, dy: Tensor, dx: Tensor | None, dw: Tensor | None) -> None:
        """Compute the gradients by autograd and copy them into the buffers."""
        buffers: dict[Tensor, Tensor] = {}
        if dx is not None:
            buffers[self._x] = dx
        if dw is not None:
            parts = _parts(dw, self._weights)
            buffers |= {leaf: parts[name] for name, leaf in self._weights.items()}
        for buffer in buffers.values():
            buffer.zero_()  # stays 0 for a tensor that the module does not use
        if not buffers or not self._result.requires_grad:
            return
        gradients = torch.autograd.grad(self._result, [*buffers], dy, allow_unused=True)
        for buffer, gradient in zip(buffers.values(), gradients, strict=True):
            if gradient is not None:
                buffer.copy_(gradient)


# By the address of y, to which both forward and backward are bound: between them its memory is not
# reused. A pass lives as long as the kernels of its plan.
_PASSES: WeakValueDictionary[int, _RecordedPass] = WeakValueDictionary()


def _backward(w: Tensor, y: Tensor, dy: Tensor, dx: Tensor | None, dw: Tensor | None) -> Calls:
    if dx is None and dw is None:
        return []
    return [partial(_PASSES[y.data_ptr()].backward, dy, dx, dw)]


def _parts(flat: Tensor, like: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Split a flat vector into views of the shapes of these tensors."""
    pieces = torch.split(flat, [tensor.numel() for tensor in like.values()])
    return {n: piece.view(like[n].shape) for n, piece in zip(like, pieces, strict=True)}


@contextmanager
def _seeded_by(key: Tensor, name: str) -> Iterator[None]:
    """Seed torch's global generator, from which modules draw, by a function of key and name."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(randomness.key(int(key), "torch module", name))
        yield
