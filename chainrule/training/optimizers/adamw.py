"""AdamW: Adam with decoupled weight decay, which does not enter its moments."""

from dataclasses import dataclass
from typing import ClassVar

from chainrule.training.optimizers.adam import Adam
from chainrule.training.optimizers.optimizer import optimizer


@optimizer("adamw")
@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay: w <- w - learning_rate * weight_decay * w, then Adam.

    As a part of the gradient, a decay would be divided by the size of the gradient, so that the
    weights with the largest gradients decayed least. `DecoupledDecay` implements the decay and
    Adam the rest; this class selects both.
    Args:
        beta1: share of the mean that is kept, from 0 to below 1.
        beta2: share of the mean square that is kept, from 0 to below 1.
        epsilon: keeps the quotient finite where gradients vanish; positive.
    Raises:
        InputError: a setting is outside its range.
    Source: Loshchilov & Hutter (2019), Decoupled weight decay regularization, algorithm 2.
    There the decay follows the learning rate's schedule alone; here the rate itself, as in PyTorch.
    """

    decoupled_decay: ClassVar[bool] = True
    default_weight_decay: ClassVar[float] = 0.01
