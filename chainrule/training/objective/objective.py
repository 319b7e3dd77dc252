"""The objective: the output and the loss of a task, with checks of network and loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from torch import Tensor

from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value
from chainrule.graph.operation import Operation, operation_kind
from chainrule.graph.shape import BATCH
from chainrule.layers import Network
from chainrule.layers.activations import activation
from chainrule.layers.initialisers.constant import Values
from chainrule.ops import Clamp, Mean, Multiply
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.ops.parts.loss import LOSSES, Loss, Target

# For each task the default loss, the kinds of target that its losses may have, and the activation
# that turns scores into the prediction.
DEFAULT_LOSSES: Mapping[Task, str] = {
    "regression": "mean_squared_error",
    "binary": "binary_cross_entropy",
    "classification": "sparse_categorical_cross_entropy",
}
TARGETS: Mapping[Task, tuple[Target, ...]] = {
    "regression": ("number",),
    "binary": ("yes_or_no",),
    "classification": ("index", "one_hot"),
}
OUTPUT_ACTIVATIONS: Mapping[Task, str | None] = {
    "regression": None,
    "binary": "sigmoid",
    "classification": "softmax",
}


@dataclass(frozen=True)
class Objective:
    """The function that training minimises.

    Attributes:
        loss: name of the loss; None for the default loss of the task.
        label_smoothing: share of a target that is spread over all classes, 0 to below 1.
        weighted: whether the loss of each sample is multiplied by its weight, the input "weights".
        mixed: whether targets may be mixtures of two classes, as made by mixup.
    """

    loss: str | None = None
    label_smoothing: float = 0.0
    weighted: bool = False
    mixed: bool = False

    def loss_for(self, task: Task, classes: int) -> tuple[str, Loss]:
        """Return the loss of a task, by name and definition.

        Raises:
            InputError: the loss is unknown, or does not fit the task or mixup.
        """
        default = DEFAULT_LOSSES[task]
        if self.mixed and task == "classification":
            default = "categorical_cross_entropy"
        name = self.loss or default
        loss = LOSSES[name]
        if loss.target not in TARGETS[task]:
            fitting = [known for known in LOSSES if LOSSES[known].target in TARGETS[task]]
            raise InputError(
                f"loss '{name}' is for {_TARGET_NAMES[loss.target]}, but the target has "
                f"{_kind_of_target(classes)}{_reason(loss.target, task)}. "
                f"Use --loss {' or '.join(fitting)}."
            )
        if self.mixed and loss.target == "index":
            raise InputError(
                f"loss '{name}' takes one class for each sample, but mixup makes mixtures of two; "
                f"expected one-hot targets. Use --loss {default}, or leave out mixup."
            )
        return name, loss


@dataclass(frozen=True)
class Bounds:
    """Lowest and highest number that each output may predict."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def of(cls, targets: Tensor) -> Bounds:
        """Return the range of targets (n, outputs)."""
        return cls(tuple(targets.amin(0).tolist()), tuple(targets.amax(0).tolist()))

    def clamp(self, graph: Graph, scores: Value) -> Value:
        """Add an operation that clamps scores; as states, the bounds can differ between members."""
        shape = (len(self.low),)
        low = graph.state("prediction.low", shape, Values(self.low))
        high = graph.state("prediction.high", shape, Values(self.high))
        return graph.apply(Clamp(), scores, low, high, name="prediction")


_TARGET_NAMES: Mapping[Target, str] = {
    "number": "numbers",
    "yes_or_no": "two classes",
    "one_hot": "classes",
    "index": "classes",
}


def objective_graph(
    network: Network,
    feature_shape: tuple[int, ...],
    task: Task,
    classes: int,
    objective: Objective | None = None,
    bounds: Bounds | None = None,
    outputs: int | None = None,
) -> Graph:
    """Build the graph of a network with the outputs "loss" and "prediction".

    For regression the prediction is the scores, for two classes their sigmoid, for more their
    softmax, unless the network ends with this activation. The loss of the batch is the mean of the
    losses of its samples, each multiplied by its weight if they are weighted. For regression it is
    computed from the scores before they are clamped to the bounds, as clamping has no gradient
    outside.
    Args:
        network: network whose last layer gives one score for regression and for two classes, or one
            score for each class.
        feature_shape: shape of the features of one sample.
        task: task of the network.
        classes: number of classes, 0 for regression.
        objective: loss and its options; the default loss of the task if not given.
        bounds: range of predicted numbers; None for no bounds.
        outputs: number of scores of the last layer, for several numbers or yes-no targets for each
            sample; by default what the task needs.
    Raises:
        InputError: the last layer or the loss does not fit the task, or blocks the gradient.
    """
    objective = objective or Objective()
    name, loss = objective.loss_for(task, classes)
    graph = Graph()
    x = graph.input("x", (BATCH, *feature_shape))
    scores = network.build(graph, x)
    _check_last_layer(network, scores, classes, outputs or outputs_for(task, classes))
    ends_with = operation_kind(graph.nodes[-1].operation).name if graph.nodes else ""
    t = _target(graph, loss.target, scores)
    output_activation = OUTPUT_ACTIVATIONS[task]
    if output_activation is None or ends_with == output_activation:
        prediction = scores if bounds is None else bounds.clamp(graph, scores)
        operation, loss_input = loss.on_prediction, scores
    else:
        _check_no_activation(network, ends_with, output_activation, task, classes)
        operation_of_scores = activation(loss.activation or output_activation)
        prediction = graph.apply(operation_of_scores, scores, name="prediction")
        on_scores = loss.on_scores is not None
        operation, loss_input = (
            (loss.on_scores, scores) if on_scores else (loss.on_prediction, prediction)
        )
    losses = graph.apply(_operation(name, operation, objective), loss_input, t, name="losses")
    if objective.weighted:
        weights = graph.input("weights", (BATCH,))
        losses = graph.apply(Multiply(), losses, weights, name="weighted losses")
    graph.output("loss", graph.apply(Mean(), losses, name="loss"))
    graph.output("prediction", prediction)
    _check_gradient_passes(graph)
    return graph


def outputs_for(task: Task, classes: int) -> int:
    """Return the number of scores that the last layer must have."""
    return classes if task == "classification" else 1


def _target(graph: Graph, target: Target, scores: Value) -> Value:
    if target == "index":
        return graph.input("t", (BATCH,), "index")
    return graph.input("t", scores.shape)


def _operation(name: str, kind: type[Operation] | None, objective: Objective) -> Operation:
    """Return the operation of a loss, with its label smoothing."""
    if kind is None:
        raise InputError(
            f"loss '{name}' needs scores, but the network ends with an activation; "
            "expected a last layer without one."
        )
    if not objective.label_smoothing:
        return kind()
    if "label_smoothing" not in {field.name for field in fields(kind)}:  # type: ignore[arg-type]  # op() made it a dataclass
        raise InputError(
            f"label_smoothing: got {objective.label_smoothing:g} with the loss '{name}' on the "
            "prediction, which has no classes to smooth or no scores to do it on; expected a cross "
            "entropy behind a last layer without activation. Leave label_smoothing out."
        )
    return kind(label_smoothing=objective.label_smoothing)  # type: ignore[call-arg]  # checked above


def _check_last_layer(network: Network, scores: Value, classes: int, needed: int) -> None:
    if scores.shape != (BATCH, needed):
        raise InputError(
            f"The last layer {network.layers[-1]} gives {_outputs(scores)} per sample, but the "
            f"target has {_kind_of_target(classes)}; expected {needed}. "
            f"End the network with Dense({needed})."
        )


def _outputs(scores: Value) -> str:
    *others, last = scores.shape[1:]
    if others:
        return f"values of shape {tuple(scores.shape[1:])}"
    return f"{last} scores"


def _check_no_activation(
    network: Network, ends_with: str, output_activation: str, task: Task, classes: int
) -> None:
    if ends_with not in ACTIVATIONS or ends_with == "identity":
        return
    last = network.layers[-1]
    sums_to_1 = (ends_with, task) != ("sigmoid", "classification")
    reason = "which is not linear" if sums_to_1 else "whose probabilities do not sum to 1"
    needed = outputs_for(task, classes)
    raise InputError(
        f"The last layer {last} ends with {ends_with}, {reason}; for {_kind_of_target(classes)} it "
        f"must give scores, which {output_activation} turns into probabilities. "
        f"End the network with Dense({needed}) or Dense({needed}, '{output_activation}')."
    )


def _check_gradient_passes(graph: Graph) -> None:
    """Check that no activation on the way to the loss blocks the gradient."""
    for node in graph.needed_for({"loss": graph.outputs["loss"]}):
        name = operation_kind(node.operation).name
        if name in ACTIVATIONS and not ACTIVATIONS[name].learns:
            raise InputError(
                f"The activation '{name}' at '{node.output.name}' can't be trained through: its "
                "derivative is 0 everywhere, so no layer before it would learn. Use sigmoid, "
                "which is a smooth step, or relu."
            )


def _kind_of_target(classes: int) -> str:
    return f"{classes} classes" if classes else "numbers"


def _reason(target: Target, task: Task) -> str:
    if target == "number" and task != "regression":
        return (
            ": behind softmax or sigmoid its gradient vanishes where the network is confidently "
            "wrong, and learning stops there"
        )
    return ""
