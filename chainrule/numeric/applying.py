"""A single operation on plain numbers, to try its formula without a network."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from chainrule.errors import InputError, check_type
from chainrule.graph.operation import (
    OPERATIONS,
    Operation,
    OperationKind,
    Sample,
    create,
    operation_kind,
)
from chainrule.graph.shape import BATCH, Shape, with_batch


def apply(operation: Operation | str, *arrays: ArrayLike | Tensor) -> Tensor:
    """Apply an operation to numbers, computed in float64.

    Args:
        operation: its name, for default settings, or the operation itself.
        arrays: its inputs, in order: lists, arrays or tensors, which are not changed. A batch, or a
            single sample without the batch axis.
    Returns:
        The output, without the batch axis for a single sample.
    Raises:
        InputError: there is no operation of that name; there are too few or too many inputs, or
            inputs that are not numbers; or their shapes do not fit.

    >>> apply("relu", [-1, 0, 2]).tolist()
    [0.0, 0.0, 2.0]
    >>> apply("half_sum_of_squares", [[0.5, 0.5], [0, 1]], [[0, 1], [0, 1]]).tolist()
    [0.25, 0.0]
    """
    operation = _operation_named(operation) if isinstance(operation, str) else operation
    if type(operation) not in {kind.operation for kind in OPERATIONS.values()}:
        check_type("apply", "operation", operation, (), "an operation of chainrule, or its name")
    kind = operation_kind(operation)
    if len(arrays) != len(kind.inputs):
        expected = f"{len(kind.inputs)} ({', '.join(kind.inputs)})"
        raise InputError(f"{kind.name} got {len(arrays)} values, expected {expected}.")
    inputs = {
        name: _tensor(kind, name, array) for name, array in zip(kind.inputs, arrays, strict=True)
    }
    batched = [name for name in kind.inputs if _has_batch_axis(kind.samples[name])]
    single = all(inputs[name].dim() < len(kind.samples[name].axes) for name in batched)
    if single:
        inputs |= {name: inputs[name].unsqueeze(0) for name in batched}
    shape = operation.shape(*(_open_shape(inputs[name], name in batched) for name in kind.inputs))
    _check_indices(kind, inputs)
    y = _run(operation, kind, inputs, with_batch(shape, _batch_size(kind, inputs, batched)))
    return y.squeeze(0) if single and shape[:1] == (BATCH,) else y


def _operation_named(name: str) -> Operation:
    try:
        return create(name, {})
    except TypeError as error:
        raise InputError(
            f"operation '{name}' was given by its name; expected one whose settings all have "
            f"defaults ({error}). Give the operation itself."
        ) from None


def _tensor(kind: OperationKind, name: str, array: ArrayLike | Tensor) -> Tensor:
    """Copy the array as float64, or as whole numbers where the input takes indices."""
    try:
        numbers = np.array(array.tolist() if isinstance(array, Tensor) else array)
    except ValueError:  # rows of different lengths
        numbers = np.empty(0)
    if not numbers.size or numbers.dtype.kind not in "biuf":
        raise InputError(
            f"{kind.name} got {array!r} for {name}; expected numbers, as many in each row."
        )
    if kind.samples[name].type == "number":
        return torch.from_numpy(numbers.astype(np.float64))
    if (numbers != np.floor(numbers)).any():
        raise InputError(f"{kind.name} got {array!r} for {name}; expected whole numbers.")
    return torch.from_numpy(numbers.astype(np.int64))


def _has_batch_axis(sample: Sample) -> bool:
    return sample.axes[:1] == (BATCH,)


def _open_shape(tensor: Tensor, batched: bool) -> Shape:
    """Return the shape for shape rules, with an open batch axis."""
    return (BATCH, *tensor.shape[1:]) if batched and tensor.dim() else tuple(tensor.shape)


def _batch_size(kind: OperationKind, inputs: dict[str, Tensor], batched: list[str]) -> int:
    lengths = {name: len(inputs[name]) for name in batched}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{length} in {name}" for name, length in lengths.items())
        raise InputError(f"{kind.name} got samples: {counts}; expected as many in each.")
    return next(iter(lengths.values()), 1)


def _check_indices(kind: OperationKind, inputs: dict[str, Tensor]) -> None:
    """Refuse an index beyond the last axis of x; a kernel would read outside its memory."""
    for name in (name for name in kind.inputs if kind.samples[name].domain == "index"):
        length = inputs["x"].shape[-1]
        for index in inputs[name].flatten().tolist():
            if not 0 <= index < length:
                raise InputError(
                    f"{kind.name} got the index {index} in {name}; expected 0 to {length - 1}, the "
                    "indices of x."
                )


def _run(
    operation: Operation, kind: OperationKind, inputs: dict[str, Tensor], shape: tuple[int, ...]
) -> Tensor:
    """Bind the kernels of the operation to new buffers, run them and return the output."""
    like = next(iter(inputs.values()))
    y = like.view(shape) if kind.views.get("y") == kind.inputs[0] else like.new_empty(shape)
    buffers = {**inputs, "y": y}
    for name, workspace in kind.workspace.items():
        dtype = torch.int64 if workspace.type == "index" else torch.float64
        buffers[name] = torch.empty(workspace.shape(buffers[workspace.like].shape), dtype=dtype)
    for method, names in (("forward", kind.forward), ("value", kind.value)):
        if names:
            for call in getattr(operation, method)(**{name: buffers[name] for name in names}):
                call()
    return y
