"""Each optimizer's counterpart in torch.optim, with weight decay on matrices only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, overload

import pytest
import torch
from torch import Tensor

from chainrule.training.optimizers import OPTIMIZERS, FullBatchOptimizer, GradientOptimizer

# All that follow the gradient of a batch; test_lbfgs.py has those that look at all samples.
GRADIENT_OPTIMIZERS: dict[str, type[GradientOptimizer]] = {
    name: kind for name, kind in OPTIMIZERS.items() if not issubclass(kind, FullBatchOptimizer)
}

Groups = list[dict[str, Any]]
# From matrices, vectors, learning rate and weight decay to the optimizers of all of them.
Counterpart = Callable[
    [Sequence[Tensor], Sequence[Tensor], float, float], list[torch.optim.Optimizer]
]


def counterpart(rule: Callable[..., torch.optim.Optimizer], **settings: Any) -> Counterpart:
    """One optimizer of torch for all weights, the vectors in a group without weight decay."""

    def build(
        matrices: Sequence[Tensor], vectors: Sequence[Tensor], rate: float, weight_decay: float
    ) -> list[torch.optim.Optimizer]:
        groups: Groups = [
            {"params": list(matrices), "weight_decay": weight_decay},
            {"params": list(vectors), "weight_decay": 0.0},
        ]
        return [rule([g for g in groups if g["params"]], lr=rate, **settings)]

    return build


def muon(
    matrices: Sequence[Tensor], vectors: Sequence[Tensor], rate: float, weight_decay: float
) -> list[torch.optim.Optimizer]:
    """torch's, which takes matrices alone, and AdamW at a twentieth of the rate."""
    return [
        torch.optim.Muon(list(matrices), lr=rate, weight_decay=weight_decay),
        torch.optim.AdamW(list(vectors), lr=0.05 * rate, weight_decay=0.0),
    ]


class Lion(torch.optim.Optimizer):
    """Lion, which torch lacks: Chen et al. (2023), program 1, with its decoupled weight decay."""

    def __init__(self, groups: Groups, lr: float, betas: tuple[float, float] = (0.9, 0.99)) -> None:
        super().__init__(groups, {"lr": lr, "betas": betas, "weight_decay": 0.0})

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], float]) -> float: ...
    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """The program's words: interpolate, sign, decay and step, then track the momentum."""
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for w in group["params"]:
                g = w.grad
                m = self.state[w].get("m", torch.zeros_like(w))
                update = torch.sign(beta1 * m + (1 - beta1) * g) + group["weight_decay"] * w
                self.state[w]["m"] = beta2 * m + (1 - beta2) * g
                w -= group["lr"] * update
        return None


# One that is registered and missing here fails the tests.
COUNTERPARTS: dict[str, Counterpart] = {
    "adagrad": counterpart(torch.optim.Adagrad),
    "adam": counterpart(torch.optim.Adam),
    "adamw": counterpart(torch.optim.AdamW),
    "gradient_descent": counterpart(torch.optim.SGD),
    "lion": counterpart(Lion),
    "momentum": counterpart(torch.optim.SGD, momentum=0.9),
    "muon": muon,
    "nadam": counterpart(torch.optim.NAdam),
    "nesterov": counterpart(torch.optim.SGD, momentum=0.9, nesterov=True),
    "rmsprop": counterpart(torch.optim.RMSprop, alpha=0.9),
}


@contextmanager
def exact(dtype: torch.dtype) -> Iterator[None]:
    """Have torch compute all of an optimizer in that precision.

    NAdam keeps the product of its momenta in the default one, and Muon rounds what it makes
    orthogonal to bfloat16, whose three digits would hide mistakes.
    """
    previous = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Tensor, "bfloat16", Tensor.clone)
            yield
    finally:
        torch.set_default_dtype(previous)
