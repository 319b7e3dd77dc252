"""Shapes of values: lengths of axes, the batch axis left open until a plan is compiled."""

from typing import Final, Literal

BATCH: Final = "batch"

Shape = tuple[int | Literal["batch"], ...]


def with_batch(shape: Shape, batch_size: int) -> tuple[int, ...]:
    """Return the shape with the batch size in place of the open axis.

    >>> with_batch((BATCH, 784), 32)
    (32, 784)
    """
    return tuple(batch_size if length == BATCH else length for length in shape)


def show(shape: Shape) -> str:
    """Format the shape for messages.

    >>> show((BATCH, 784))
    '(batch, 784)'
    """
    return f"({', '.join(map(str, shape))})"
