"""The one size that all pictures of a set get."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

# A picture twice as large takes four times as long to learn from. At 64 pixels people still know
# what a photograph is of: Torralba, Fergus & Freeman (2008), 80 million tiny images, section III,
# found 32 x 32 to be enough.
MAX_DEFAULT_SIDE = 64


def common_size(sizes: Sequence[tuple[int, int]], longer_side: int | None) -> tuple[int, int]:
    """The (height, width) to which pictures of these sizes are brought.

    If all have the same proportions, so has the result and nothing is cut off; else it is a square.
    The longer side is as asked for, or as in the set, where it is the median, but at most 64.
    Args:
        sizes: (height, width) of each picture, at least one.
        longer_side: in pixels, or None.

    >>> common_size([(480, 640), (240, 320)], None), common_size([(480, 640), (640, 480)], 32)
    ((48, 64), (32, 32))
    """
    heights, widths = zip(*sizes, strict=True)
    height, width = median(heights), median(widths)
    if any(h * widths[0] != heights[0] * w for h, w in sizes):
        height = width = median(map(min, sizes))
    longer = longer_side or min(MAX_DEFAULT_SIDE, round(max(height, width)))
    shrinking = longer / max(height, width)
    return max(1, round(height * shrinking)), max(1, round(width * shrinking))
