"""The update: everything between the gradient of the loss and the weights of the next step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from chainrule.graph.operation import Calls
from chainrule.plan import Parameters
from chainrule.training.optimizers.optimizer import BoundOptimizer, GradientOptimizer, calls_of
from chainrule.training.update.averaging import Averaging, WeightAverage
from chainrule.training.update.clipping import ClipNorm, ClipValue
from chainrule.training.update.l1 import L1
from chainrule.training.update.weight_decay import CoupledDecay, DecoupledDecay

# Applies weight decay once, given the learning rate and the share of its full strength.
Decay = Callable[[float, float], None]


@dataclass(frozen=True)
class Update:
    """The parts of an update. They act in this order, and a part that is off is not called:

    1. clip the gradient of the loss, by its norm, then by value;
    2. add to it the gradients of the penalties, L1 and L2 (coupled weight decay);
    3. shrink the weights (decoupled weight decay);
    4. move the weights by the optimizer's rule;
    5. add the weights to their moving average.

    Clipping comes first, so that it measures the gradient of the loss alone, as does
    torch.nn.utils.clip_grad_norm_ before an optimizer of torch.optim with weight_decay.
    Attributes:
        optimizer: the rule by which weights follow the gradient.
        weight_decay: strength for matrices and filters; None for the optimizer's default, 0 for
            none.
        l1: strength of the L1 penalty of matrices and filters; 0 for none.
        clip_norm: largest norm of the gradient; None for no limit.
        clip_value: largest absolute value of its elements; None for no limit.
        average: share of the weights' moving average that a step keeps; None for no average.
    """

    optimizer: GradientOptimizer
    weight_decay: float | None = None
    l1: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    average: float | None = None

    def bind(self, parameters: Parameters, previous: "BoundUpdate | None" = None) -> "BoundUpdate":
        """Return the update bound to these parameters.

        Args:
            parameters: to be updated.
            previous: update of the same parameters to continue from: the optimizer keeps its state,
                such as momentum, unless its settings differ.
        Raises:
            InputError: a strength or share is outside its range.
        """
        gradient_calls: Calls = []
        if self.clip_norm is not None:
            gradient_calls.append(ClipNorm(self.clip_norm).bind(parameters))
        if self.clip_value is not None:
            gradient_calls.append(ClipValue(self.clip_value).bind(parameters))
        if self.l1:
            gradient_calls.append(L1(self.l1).bind(parameters))
        if previous is not None and previous.settings.optimizer == self.optimizer:
            optimizer = previous.optimizer
        else:
            optimizer = self.optimizer.bind(parameters)
        average = None if self.average is None else Averaging(self.average).bind(parameters)
        return BoundUpdate(self, gradient_calls, self._decay(parameters), optimizer, average)

    def _decay(self, parameters: Parameters) -> Decay | None:
        """Return the call that applies weight decay; None if there is none."""
        if not self._weight_decay:
            return None
        if self.optimizer.decoupled_decay:
            shrink = DecoupledDecay(self._weight_decay).bind(parameters)
            return lambda learning_rate, share: shrink(learning_rate * share)
        penalise = CoupledDecay(self._weight_decay).bind(parameters)
        return lambda learning_rate, share: penalise(share)

    @property
    def _weight_decay(self) -> float:
        default = self.optimizer.default_weight_decay
        return default if self.weight_decay is None else self.weight_decay


class BoundUpdate:
    """An update bound to parameters, to be called with the learning rate of each step.

    Attributes:
        settings: the parts of the update.
        optimizer: the optimizer, with its state.
        average: moving average of the weights; None without averaging.
    """

    def __init__(
        self,
        settings: Update,
        gradient_calls: Calls,
        decay: Decay | None,
        optimizer: BoundOptimizer,
        average: WeightAverage | None,
    ) -> None:
        self.settings, self.optimizer, self.average = settings, optimizer, average
        self._gradient_calls, self._decay = gradient_calls, decay

    def __call__(self, learning_rate: float) -> None:
        """Update once by the current gradient, which clipping and penalties change in place."""
        for call in self.calls(learning_rate):
            call()

    def calls(self, learning_rate: float, decay_share: float = 1.0) -> Calls:
        """Return the calls of one update; they must run before this is called again.

        Args:
            learning_rate: learning rate of this update.
            decay_share: share of the full weight decay, 0 to 1.
        """
        calls = [*self._gradient_calls]
        if self._decay is not None:
            calls.append(partial(self._decay, learning_rate, decay_share))
        calls += calls_of(self.optimizer, learning_rate)
        if self.average is not None:
            calls.append(self.average.update)
        return calls
