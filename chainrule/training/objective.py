"""The objective: which output and which loss fit the task."""

from chainrule.data.task import Task
from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value
from chainrule.graph.shape import BATCH
from chainrule.layers import Dense, Network
from chainrule.ops import (
    BinaryCrossEntropy,
    Mean,
    Sigmoid,
    Softmax,
    SparseSoftmaxCrossEntropy,
    SquaredError,
)


def objective_graph(
    network: Network, feature_shape: tuple[int, ...], task: Task, classes: int
) -> Graph:
    """The network with what its task adds: the outputs "loss" and "prediction".

    Numbers to predict: the scores are the prediction, the loss is the mean squared error. Two
    classes: sigmoid, binary cross entropy. More classes: softmax, cross entropy on indices.
    Args:
        network: whose last layer gives one score a number, one for two classes, or one a class.
        feature_shape: of one sample.
        task: what is learned.
        classes: how many there are, 0 for numbers.
    Raises:
        InputError: the last layer does not fit the task.
    """
    graph = Graph()
    x = graph.input("x", (BATCH, *feature_shape))
    scores = network.build(graph, x)
    _check_last_layer(network, scores, task, classes)
    if task == "classification":
        t = graph.input("t", (BATCH,), "index")
        losses = graph.apply(SparseSoftmaxCrossEntropy(), scores, t, name="losses")
        prediction = graph.apply(Softmax(), scores, name="probabilities")
    elif task == "binary":
        t = graph.input("t", (BATCH, 1))
        losses = graph.apply(BinaryCrossEntropy(), scores, t, name="losses")
        prediction = graph.apply(Sigmoid(), scores, name="probability")
    else:
        t = graph.input("t", (BATCH, 1))
        losses = graph.apply(SquaredError(), scores, t, name="losses")
        prediction = scores
    graph.output("loss", graph.apply(Mean(), losses, name="loss"))
    graph.output("prediction", prediction)
    return graph


def outputs_for(task: Task, classes: int) -> int:
    """How many scores the last layer has to give."""
    return classes if task == "classification" else 1


def _check_last_layer(network: Network, scores: Value, task: Task, classes: int) -> None:
    last = network.layers[-1]
    needed = outputs_for(task, classes)
    what = f"{classes} classes" if classes else "numbers"
    if scores.shape != (BATCH, needed):
        raise InputError(
            f"The last layer {last} gives {scores.shape[-1]} scores a sample, but the target has "
            f"{what}; expected {needed}. End the network with Dense({needed})."
        )
    if task != "regression" and isinstance(last, Dense) and last.activation:
        raise InputError(
            f"The last layer {last} ends with {last.activation}, but the cross entropy of {what} "
            f"works on scores and brings its own. End the network with Dense({needed})."
        )
