"""Muon: orthogonalised momentum, which moves a matrix equally far in all directions."""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from chainrule.plan import Parameters
from chainrule.ranges import Positive, Share, check_settings
from chainrule.training.optimizers.adamw import AdamW
from chainrule.training.optimizers.matrices import is_matrix
from chainrule.training.optimizers.newton_schulz import bind_newton_schulz
from chainrule.training.optimizers.optimizer import BoundOptimizer, optimizer


@optimizer("muon")
@dataclass(frozen=True)
class Muon:
    """Momentum orthogonalised by Newton-Schulz, for each matrix w of (outputs, inputs):

    m <- momentum * m + (1 - momentum) dw
    w <- w - learning_rate * sqrt(max(1, outputs / inputs)) * orthogonal(direction)
    with direction = momentum * m + (1 - momentum) dw, as in Nesterov momentum.

    The root is the authors' scaling, which PyTorch calls "original". Filters are matrices of
    (outputs, kernel height * kernel width * inputs). Vectors cannot be orthogonalised; they follow
    AdamW. Steps do not shrink with the gradient, so the learning rate has to fall towards the end
    of training. Decoupled weight decay keeps singular values below about 1 / weight_decay.
    Args:
        momentum: share of the momentum that is kept, from 0 to below 1.
        vector_rate: learning rate of vectors, as a multiple of the matrices'; 0.05 of the default
            0.02 is AdamW's default, 0.001.
    Raises:
        InputError: a setting is outside its range.
    Source: Jordan et al. (2024), Muon: an optimizer for hidden layers in neural networks; the
    weight decay from Liu et al. (2025), Muon is scalable for LLM training, section 2.2.
    """

    momentum: Share = 0.95
    vector_rate: Positive = 0.05
    default_learning_rate: ClassVar[float] = 0.02
    decoupled_decay: ClassVar[bool] = True
    default_weight_decay: ClassVar[float] = 0.1

    def __post_init__(self) -> None:
        check_settings(self)

    def bind(self, parameters: Parameters) -> BoundOptimizer:
        """Bind Muon to these parameters: a momentum for each matrix, AdamW for the vectors."""
        pairs = [(parameters.values[name], dw) for name, dw in parameters.gradients.items()]
        parts = [self._bind_matrix(w, dw) for w, dw in pairs if is_matrix(w)]
        vectors = [(w, dw) for w, dw in pairs if not is_matrix(w)]
        if vectors:
            parts.append(self._bind_vectors([w for w, _ in vectors], [dw for _, dw in vectors]))

        def update(learning_rate: float) -> None:
            for part in parts:
                part(learning_rate)

        return update

    def _bind_vectors(self, weights: list[Tensor], gradients: list[Tensor]) -> BoundOptimizer:
        adamw = AdamW().bind_tensors(weights, gradients)

        def update(learning_rate: float) -> None:
            adamw(self.vector_rate * learning_rate)

        return update

    def _bind_matrix(self, weights: Tensor, gradient: Tensor) -> BoundOptimizer:
        w, dw = weights.flatten(start_dim=1), gradient.flatten(start_dim=1)
        scaling = math.sqrt(max(1, w.shape[0] / w.shape[1]))
        if w.shape[0] > w.shape[1]:
            w, dw = w.T, dw.T
        m, direction = torch.zeros_like(dw), dw.new_empty(dw.shape)
        orthogonalise, orthogonal = bind_newton_schulz(direction)

        def update(learning_rate: float) -> None:
            m.lerp_(dw, 1 - self.momentum)
            torch.lerp(dw, m, self.momentum, out=direction)
            for call in orthogonalise:
                call()
            w.add_(orthogonal, alpha=-learning_rate * scaling)

        return update
