"""The update: everything between the gradient of the loss and the next step's weights."""

from dataclasses import dataclass

from chainrule.graph.operation import Calls
from chainrule.plan import Parameters
from chainrule.training.optimizers.optimizer import Optimizer, Update, calls_of
from chainrule.training.update.averaging import Averaging, WeightAverage
from chainrule.training.update.clipping import ClipNorm, ClipValue, NormClipper
from chainrule.training.update.l1 import L1
from chainrule.training.update.weight_decay import CoupledDecay, DecoupledDecay


@dataclass(frozen=True)
class Updating:
    """Which parts an update has. They act in this order, and what is off is not called:

    1. clip the gradient of the loss, by its norm, then by value;
    2. add to it the gradients of the penalties, L2 (coupled weight decay) and L1;
    3. shrink the weights (decoupled weight decay);
    4. let the optimizer move the weights;
    5. take them into the average.

    Clipping comes first, so that it measures the loss alone: the same as
    torch.nn.utils.clip_grad_norm_ before an optimizer of torch.optim with weight_decay.
    Attributes:
        optimizer: the rule by which weights follow the gradient.
        weight_decay: of matrices and filters; None for the optimizer's default, 0 for none.
        decoupled: whether weight decay acts on the weights themselves; None for what suits the
            optimizer.
        l1: strength of the L1 penalty of matrices and filters; 0 for none.
        clip_norm: the largest norm of the gradient; None for any.
        clip_value: the largest absolute value of its elements; None for any.
        average: share of the weights' moving average that a step keeps; None for no average.
    """

    optimizer: Optimizer
    weight_decay: float | None = None
    decoupled: bool | None = None
    l1: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    average: float | None = None

    def bind(self, parameters: Parameters) -> "BoundUpdate":
        """The update of these parameters.

        Raises:
            InputError: a strength or share is outside its range.
        """
        gradient_calls: Calls = []
        weight_calls: list[Update] = []
        clipper = None if self.clip_norm is None else ClipNorm(self.clip_norm).bind(parameters)
        if clipper is not None:
            gradient_calls.append(clipper)
        if self.clip_value is not None:
            gradient_calls.append(ClipValue(self.clip_value).bind(parameters))
        if self._weight_decay and not self._decoupled:
            gradient_calls.append(CoupledDecay(self._weight_decay).bind(parameters))
        if self.l1:
            gradient_calls.append(L1(self.l1).bind(parameters))
        if self._weight_decay and self._decoupled:
            weight_calls.append(DecoupledDecay(self._weight_decay).bind(parameters))
        weight_calls.append(self.optimizer.bind(parameters))
        average = None if self.average is None else Averaging(self.average).bind(parameters)
        return BoundUpdate(gradient_calls, weight_calls, average, clipper)

    @property
    def _weight_decay(self) -> float:
        usual = self.optimizer.default_weight_decay
        return usual if self.weight_decay is None else self.weight_decay

    @property
    def _decoupled(self) -> bool:
        return self.optimizer.decoupled_decay if self.decoupled is None else self.decoupled


class BoundUpdate:
    """Updates the parameters that it is bound to: an `Update`, to be called with the learning rate.

    Attributes:
        average: of the weights; None if none was asked for.
    """

    def __init__(
        self,
        gradient_calls: Calls,
        weight_calls: list[Update],
        average: WeightAverage | None,
        clipper: NormClipper | None,
    ) -> None:
        self.average = average
        self._gradient_calls, self._weight_calls = gradient_calls, weight_calls
        self._clipper = clipper

    @property
    def gradient_norm(self) -> float | None:
        """Of the last gradient, before it was clipped; None if it is not clipped by its norm."""
        return None if self._clipper is None else self._clipper.norm

    def __call__(self, learning_rate: float) -> None:
        """Update once, along the gradient as it then is, which clipping and penalties change."""
        for call in self.calls(learning_rate):
            call()

    def calls(self, learning_rate: float) -> Calls:
        """The calls of one update, to be called before this is asked for another."""
        calls = [*self._gradient_calls]
        for weight_call in self._weight_calls:
            calls += calls_of(weight_call, learning_rate)
        if self.average is not None:
            calls.append(self.average.update)
        return calls
