"""AdamW: Adam beside a weight decay that its moments do not see."""

from dataclasses import dataclass
from typing import ClassVar

from chainrule.training.optimizers.adam import Adam
from chainrule.training.optimizers.optimizer import optimizer


@optimizer("adamw")
@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay: w <- w - learning_rate * weight_decay * w, then Adam.

    As a part of the gradient, a decay would be divided by the gradient's size like the rest, so
    that the weights with the largest gradients decayed least. `DecoupledDecay` is the decay and
    Adam the rest; this name asks for both.
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
