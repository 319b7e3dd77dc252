"""Windows: the positions of a kernel on a picture, for convolution and pooling."""

from dataclasses import dataclass

from chainrule.errors import InputError, invalid_value
from chainrule.graph.shape import Shape, show
from chainrule.ranges import Range

Pair = tuple[int, int]


def pair(owner: str, setting: str, value: int | Pair, minimum: int = 1) -> Pair:
    """Return a setting as (along the height, along the width); one number stands for both.

    Args:
        owner: the class that has the setting, for the message.
        setting: its name.
        value: of the setting.
        minimum: the smallest number that is allowed.
    Raises:
        InputError: it is neither a whole number nor a pair of them, or one is too small.

    >>> pair("MaxPool", "stride", 2)
    (2, 2)
    >>> pair("MaxPool", "stride", 0)
    Traceback (most recent call last):
    chainrule.errors.InputError: MaxPool: got stride=0, expected a whole number of at least 1, or \
a pair (height, width) of them, such as stride=1.
    """
    both = value if isinstance(value, tuple) else (value, value)
    numbers = Range(minimum, whole=True)
    if len(both) != 2 or both not in numbers:
        expected = f"{numbers}, or a pair (height, width) of them"
        raise invalid_value(owner, setting, value, expected, minimum)
    return both


@dataclass(frozen=True)
class Windows:
    """Windows of one size in rows over a picture; all settings as (height, width).

    Attributes:
        kernel: rows and columns of a window.
        stride: from one window to the next.
        padding: of zeros around the picture, on either side.
        dilation: from one element of a window to the next; 1 leaves no gaps.
    """

    kernel: Pair
    stride: Pair
    padding: Pair
    dilation: Pair = (1, 1)

    @property
    def reach(self) -> Pair:
        """Rows and columns from the first to the last element of a window, gaps included."""
        down, across = (
            step * (length - 1) + 1 for length, step in zip(self.kernel, self.dilation, strict=True)
        )
        return down, across

    def count(self, operation: str, x: Shape) -> Pair:
        """Count the windows on pictures x (batch, height, width, channels), as (height, width).

        Each is floor((length + 2 padding - reach) / stride) + 1.
        Raises:
            InputError: none fits.
        """
        lengths = int(x[1]), int(x[2])
        padded = [n + 2 * p for n, p in zip(lengths, self.padding, strict=True)]
        if any(reach > n for reach, n in zip(self.reach, padded, strict=True)):
            raise InputError(
                f"{operation} got x {show(x)}, {_by(*padded)} with its padding, for a kernel that "
                f"reaches over {_by(*self.reach)}; expected pictures at least as large. Use a "
                "smaller kernel, more padding, or fewer layers that shrink the picture."
            )
        down, across = (
            (n - reach) // step + 1
            for n, reach, step in zip(padded, self.reach, self.stride, strict=True)
        )
        return down, across


def _by(height: int, width: int) -> str:
    return f"{height} x {width}"
