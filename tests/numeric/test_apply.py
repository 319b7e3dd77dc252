"""apply: one operation on plain numbers."""

import numpy as np
import pytest
import torch

from chainrule.errors import InputError
from chainrule.graph.operation import create
from chainrule.numeric import apply
from chainrule.ops import LeakyRelu, Reshape, SparseSoftmaxCrossEntropy, Sum
from tests.ops.bound import Case, cases_of_every_op, inputs_of

P = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]
T = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("case", cases_of_every_op(), ids=str)
def test_every_operation_computes_what_it_is_defined_as(case: Case) -> None:
    inputs = inputs_of(case)
    y = apply(case.operation, *inputs.values())
    torch.testing.assert_close(y, case.operation.reference(*inputs.values()))


def test_a_single_sample_needs_no_axis_of_the_batch() -> None:
    assert apply("half_sum_of_squares", P, T).item() == 0.09750000000000003
    assert apply("cross_entropy", P, T).item() == 0.510825457099338
    assert apply("sparse_cross_entropy", P, 2).item() == 0.510825457099338


def test_a_batch_gives_one_result_a_sample() -> None:
    assert apply("cross_entropy", [P, P], [T, T]).tolist() == [0.510825457099338] * 2
    assert apply("sparse_cross_entropy", [P, P], [2, 2]).tolist() == [0.510825457099338] * 2


def test_weights_and_bias_are_no_samples() -> None:
    assert apply("linear", [1, 2], [[1, 1], [0, 1]], [10, 20]).tolist() == [13, 22]
    assert apply("linear", [[1, 2]], [[1, 1], [0, 1]], [10, 20]).tolist() == [[13, 22]]


def test_a_single_number_will_do() -> None:
    assert apply("sigmoid", 0).item() == 0.5


def test_an_operation_that_only_renames_its_input_gives_it_back() -> None:
    assert apply(Reshape((2, 2)), [1, 2, 3, 4]).tolist() == [[1, 2], [3, 4]]


def test_an_operation_comes_with_its_settings() -> None:
    assert apply(LeakyRelu(0.5), [-2.0, 2.0]).tolist() == [-1, 2]
    assert apply(Sum(axis=-1), [[1, 2], [3, 4]]).tolist() == [3, 7]


def test_what_differs_in_evaluation_is_computed_as_in_training() -> None:
    smoothed = apply(SparseSoftmaxCrossEntropy(label_smoothing=0.5), [0.0, 1.0], 1)
    assert smoothed > apply("sparse_softmax_cross_entropy", [0.0, 1.0], 1)


def test_it_takes_lists_arrays_and_tensors_and_leaves_them_as_they_are() -> None:
    tensor = torch.tensor([-1.0, 2.0], requires_grad=True)
    for numbers in ([-1, 2], np.array([-1, 2], dtype=np.int8), tensor):
        y = apply("relu", numbers)
        assert (y.tolist(), y.dtype) == ([0, 2], torch.float64)
    assert tensor.tolist() == [-1, 2]


def test_reshaped_numbers_are_a_copy() -> None:
    numbers = np.ones(4)
    apply(Reshape((2, 2)), numbers).zero_()
    assert numbers.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("operation", "arrays", "message"),
    [
        ("rleu", [1], "operation 'rleu' is not known. Did you mean 'relu'?"),
        ("relu", [], "relu got 0 values, expected 1 (x)."),
        ("squared_error", [[1]], "squared_error got 1 values, expected 2 (x, t)."),
        ("relu", ["x"], "relu got 'x' for x; expected numbers, as many in each row."),
        ("relu", [[[1], [1, 2]]], "relu got [[1], [1, 2]] for x; expected numbers, as many"),
        ("mean", [[]], "mean got [] for x; expected numbers, as many in each row."),
        ("cross_entropy", [P, T[1:]], "cross_entropy got x (batch, 10), t (batch, 9); expected"),
        ("cross_entropy", [[P], T], "cross_entropy got x (batch, 10), t (batch); expected"),
        (
            "cross_entropy",
            [[P], [T, T]],
            "cross_entropy got samples: 1 in x, 2 in t; expected as many in each.",
        ),
        ("sparse_cross_entropy", [[P], 2], "sparse_cross_entropy got x (batch, 10) and t (); exp"),
        (
            "sparse_cross_entropy",
            [P, 10],
            "sparse_cross_entropy got the index 10 in t; expected 0 to 9, the indices of x.",
        ),
        (
            "sparse_cross_entropy",
            [P, -1],
            "sparse_cross_entropy got the index -1 in t; expected 0 to 9, the indices of x.",
        ),
        (
            "sparse_cross_entropy",
            [P, 1.5],
            "sparse_cross_entropy got 1.5 for t; expected whole numbers.",
        ),
        (
            "reshape",
            [[1, 2]],
            "operation 'reshape' was given by its name; expected one whose settings all",
        ),
    ],
)
def test_what_can_not_be_computed_is_named_with_what_was_expected(
    operation: str, arrays: list[object], message: str
) -> None:
    with pytest.raises(InputError) as error:
        apply(operation, *arrays)  # type: ignore[arg-type]  # on purpose
    assert str(error.value).startswith(message)


def test_a_name_stands_for_the_usual_settings() -> None:
    assert apply("leaky_relu", -1.0).item() == apply(create("leaky_relu", {}), -1.0).item() == -0.01
