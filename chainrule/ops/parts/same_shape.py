"""The shape rule of operations that work element by element on several inputs."""

from chainrule.errors import InputError
from chainrule.graph.shape import Shape, show


def same_shape(operation: str, **shapes: Shape) -> Shape:
    """Return the shape that all inputs have.

    Raises:
        InputError: their shapes differ.
    """
    first, *others = shapes.values()
    if any(shape != first for shape in others):
        differing = ", ".join(f"{name} {show(shape)}" for name, shape in shapes.items())
        raise InputError(f"{operation} got {differing}; expected values of one shape. Reshape one.")
    return first
