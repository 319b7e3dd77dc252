"""The objective: which output and which loss fit the task, and which networks and losses do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from torch import Tensor

from chainrule.data.columns.vocabulary import Task
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

# The loss where none is given, the targets that a loss may want, and what makes scores the
# prediction.
USUAL: Mapping[Task, str] = {
    "regression": "mean_squared_error",
    "binary": "binary_cross_entropy",
    "classification": "sparse_categorical_cross_entropy",
}
TARGETS: Mapping[Task, tuple[Target, ...]] = {
    "regression": ("number",),
    "binary": ("yes_or_no",),
    "classification": ("index", "one_hot"),
}
PREDICTS: Mapping[Task, str | None] = {
    "regression": None,
    "binary": "sigmoid",
    "classification": "softmax",
}


@dataclass(frozen=True)
class Objective:
    """What is minimised.

    Attributes:
        loss: name of the loss; None for the usual one of the task.
        label_smoothing: share of a target that is spread over all classes, 0 to below 1.
        weighted: whether each sample has a weight, the input "weights", by which its loss counts.
        mixed: whether targets may lie between two classes, as mixup makes them.
    """

    loss: str | None = None
    label_smoothing: float = 0.0
    weighted: bool = False
    mixed: bool = False

    def loss_for(self, task: Task, classes: int) -> tuple[str, Loss]:
        """The loss by name, and what it is.

        Raises:
            InputError: there is none of that name, or it does not fit the task or mixup.
        """
        usual = USUAL[task]
        if self.mixed and task == "classification":
            usual = "categorical_cross_entropy"
        name = self.loss or usual
        chosen = LOSSES[name]
        if chosen.target not in TARGETS[task]:
            fitting = [known for known in LOSSES if LOSSES[known].target in TARGETS[task]]
            raise InputError(
                f"loss '{name}' is for {_WANTS[chosen.target]}, but the target has "
                f"{_kind_of_target(classes)}{_why_not(chosen.target, task)}. "
                f"Use --loss {' or '.join(fitting)}."
            )
        if self.mixed and chosen.target == "index":
            raise InputError(
                f"loss '{name}' takes one class a sample, but mixup makes targets between two; "
                f"expected one-hot rows. Use --loss {usual}, or leave mixup out."
            )
        return name, chosen


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest number of each output that may be predicted."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def of(cls, targets: Tensor) -> Bounds:
        """Those of targets (n, outputs)."""
        return cls(tuple(targets.amin(0).tolist()), tuple(targets.amax(0).tolist()))

    def keep(self, graph: Graph, scores: Value) -> Value:
        """Scores kept within them. As states of the graph, they can differ between members."""
        shape = (len(self.low),)
        low = graph.state("prediction.low", shape, Values(self.low))
        high = graph.state("prediction.high", shape, Values(self.high))
        return graph.apply(Clamp(), scores, low, high, name="prediction")


_WANTS: Mapping[Target, str] = {
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
    """The network with what its task adds: the outputs "loss" and "prediction".

    Numbers to predict: the scores are the prediction. Two classes: their sigmoid. More classes:
    their softmax. A network that ends with that itself is taken as it is. The loss of the batch is
    the mean of the samples' losses, each times its weight if they are weighted; it judges numbers
    before they are kept within bounds, or no gradient would bring them back.
    Args:
        network: whose last layer gives one score a number, one for two classes, or one a class.
        feature_shape: of one sample.
        task: what is learned.
        classes: how many there are, 0 for numbers.
        objective: the loss and how it counts; the usual one of the task if not given.
        bounds: of predicted numbers; None for any number.
        outputs: scores of the last layer, where a sample has several numbers or answers to yes or
            no; as many as the task needs if not given.
    Raises:
        InputError: the last layer or the loss does not fit the task, or no gradient could pass.
    """
    objective = objective or Objective()
    name, loss = objective.loss_for(task, classes)
    graph = Graph()
    x = graph.input("x", (BATCH, *feature_shape))
    scores = network.build(graph, x)
    _check_last_layer(network, scores, classes, outputs or outputs_for(task, classes))
    ends_with = operation_kind(graph.nodes[-1].operation).name if graph.nodes else ""
    t = _target(graph, loss.target, scores)
    usual = PREDICTS[task]
    if usual is None or ends_with == usual:
        prediction = scores if bounds is None else bounds.keep(graph, scores)
        operation, judged = loss.on_prediction, scores
    else:
        _check_no_activation(network, ends_with, usual, task, classes)
        prediction = graph.apply(activation(loss.activation or usual), scores, name="prediction")
        on_scores = loss.on_scores is not None
        operation, judged = (
            (loss.on_scores, scores) if on_scores else (loss.on_prediction, prediction)
        )
    losses = graph.apply(_operation(name, operation, objective), judged, t, name="losses")
    if objective.weighted:
        weights = graph.input("weights", (BATCH,))
        losses = graph.apply(Multiply(), losses, weights, name="weighted losses")
    graph.output("loss", graph.apply(Mean(), losses, name="loss"))
    graph.output("prediction", prediction)
    _check_gradient_passes(graph)
    return graph


def outputs_for(task: Task, classes: int) -> int:
    """How many scores the last layer has to give."""
    return classes if task == "classification" else 1


def _target(graph: Graph, target: Target, scores: Value) -> Value:
    if target == "index":
        return graph.input("t", (BATCH,), "index")
    return graph.input("t", scores.shape)


def _operation(name: str, kind: type[Operation] | None, objective: Objective) -> Operation:
    """The operation of a loss, with the label smoothing that it was asked for."""
    if kind is None:
        raise InputError(
            f"loss '{name}' works on scores, but the network ends with an activation of its own; "
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
    return kind(label_smoothing=objective.label_smoothing)  # type: ignore[call-arg]  # as was just seen


def _check_last_layer(network: Network, scores: Value, classes: int, needed: int) -> None:
    if scores.shape != (BATCH, needed):
        raise InputError(
            f"The last layer {network.layers[-1]} gives {_outputs(scores)} a sample, but the "
            f"target has {_kind_of_target(classes)}; expected {needed}. "
            f"End the network with Dense({needed})."
        )


def _outputs(scores: Value) -> str:
    *others, last = scores.shape[1:]
    if others:
        return f"values of shape {tuple(scores.shape[1:])}"
    return f"{last} scores"


def _check_no_activation(
    network: Network, ends_with: str, usual: str, task: Task, classes: int
) -> None:
    if ends_with not in ACTIVATIONS or ends_with == "identity":
        return
    last = network.layers[-1]
    sums_to_1 = (ends_with, task) != ("sigmoid", "classification")
    why = "which bends the scores" if sums_to_1 else "and probabilities that do not sum to 1"
    needed = outputs_for(task, classes)
    raise InputError(
        f"The last layer {last} ends with {ends_with}, {why}; for {_kind_of_target(classes)} it "
        f"has to give scores, of which {usual} makes probabilities. "
        f"End the network with Dense({needed}) or Dense({needed}, '{usual}')."
    )


def _check_gradient_passes(graph: Graph) -> None:
    """Refuse an activation on the way to the loss that passes no gradient on."""
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


def _why_not(target: Target, task: Task) -> str:
    if target == "number" and task != "regression":
        return (
            ": behind softmax or sigmoid its gradient vanishes where the network is surely wrong, "
            "and learning stands still there"
        )
    return ""
