"""Shape rules refuse what does not fit, and say what was given and what was expected."""

import pytest

from chainrule.errors import InputError
from chainrule.graph.operation import Operation
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops import (
    Add,
    BinaryCrossEntropy,
    Linear,
    LinearActivation,
    LinearWithoutBias,
    Mean,
    Multiply,
    Reshape,
    Scale,
    Softmax,
    SoftmaxCrossEntropy,
    SparseSoftmaxCrossEntropy,
    SquaredError,
    Sum,
)

ROWS: Shape = (BATCH, 4)

MESSAGES: list[tuple[Operation, tuple[Shape, ...], str]] = [
    (
        Add(),
        (ROWS, (4,)),
        "add got a (batch, 4), b (4); expected values of one shape. Reshape one.",
    ),
    (
        Multiply(),
        (ROWS, (BATCH, 3)),
        "multiply got a (batch, 4), b (batch, 3); expected values of one shape. Reshape one.",
    ),
    (
        Linear(),
        (ROWS, (2, 3), (2,)),
        "linear got x (batch, 4), w (2, 3), b (2); expected x (batch, inputs), w (outputs, "
        "inputs), b (outputs,). Flatten x first if its samples have more axes.",
    ),
    (
        Linear(),
        (ROWS, (2, 4), ()),
        "linear got x (batch, 4), w (2, 4), b (); expected x (batch, inputs), w (outputs, "
        "inputs), b (outputs,). Flatten x first if its samples have more axes.",
    ),
    (
        LinearActivation("relu"),
        ((BATCH, 2, 2), (2, 4), (2,)),
        "linear got x (batch, 2, 2), w (2, 4), b (2); expected x (batch, inputs), w (outputs, "
        "inputs), b (outputs,). Flatten x first if its samples have more axes.",
    ),
    (
        LinearWithoutBias(),
        (ROWS, (2, 3)),
        "linear_without_bias got x (batch, 4), w (2, 3); expected x (batch, inputs), w (outputs, "
        "inputs). Flatten x first if its samples have more axes.",
    ),
    (
        Scale(),
        (ROWS, (3,)),
        "scale got x (batch, 4), s (3); expected x (batch, ..., features) and a number for each "
        "feature, s (features,).",
    ),
    (
        Softmax(),
        ((BATCH,),),
        "softmax got a value of shape (batch); expected scores (batch, classes).",
    ),
    (
        SoftmaxCrossEntropy(),
        (ROWS, (BATCH,)),
        "softmax_cross_entropy got x (batch, 4), t (batch); expected values of one shape. "
        "Reshape one.",
    ),
    (
        SparseSoftmaxCrossEntropy(),
        (ROWS, ROWS),
        "sparse_softmax_cross_entropy got x (batch, 4) and t (batch, 4); expected t (batch,), one "
        "class index a sample. For one-hot rows use the operation without 'sparse'.",
    ),
    (
        SquaredError(),
        ((BATCH,), (BATCH,)),
        "squared_error got values of shape (batch); expected (batch, outputs).",
    ),
    (
        BinaryCrossEntropy(),
        ((3, 4), (3, 4)),
        "binary_cross_entropy got values of shape (3, 4); expected (batch, outputs).",
    ),
    (
        Mean(axis=-3),
        (ROWS,),
        "mean got axis -3 for a value of shape (batch, 4); expected one from -2 to -1, counted "
        "from the end, or None for all.",
    ),
    (
        Sum(axis=-2),
        (ROWS,),
        "sum got axis -2, which is the batch of (batch, 4); only axis=None, over everything, "
        "reaches over the samples.",
    ),
    (
        Reshape((2, 3)),
        (ROWS,),
        "reshape got a value of shape (batch, 4) for features (2, 3); expected a batch of samples "
        "with 6 features each.",
    ),
]


@pytest.mark.parametrize(("operation", "shapes", "message"), MESSAGES)
def test_a_shape_that_does_not_fit_is_named_with_what_was_expected(
    operation: Operation, shapes: tuple[Shape, ...], message: str
) -> None:
    with pytest.raises(InputError) as error:
        operation.shape(*shapes)
    assert str(error.value) == message
