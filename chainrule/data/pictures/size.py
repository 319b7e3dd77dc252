"""The common size of a set of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

# Twice the side takes four times as long to train. At 64 pixels the content of a photograph is
# still recognisable: Torralba, Fergus & Freeman (2008), 80 million tiny images, section III, found
# 32 x 32 to be enough.
MAX_DEFAULT_SIDE = 64


def common_size(sizes: Sequence[tuple[int, int]], longer_side: int | None) -> tuple[int, int]:
    """Return the (height, width) to which all pictures are scaled.

    If all have the same aspect ratio, so has the result, and nothing is cropped; else it is a
    square.
    Args:
        sizes: (height, width) of each picture, at least one.
        longer_side: of the result, in pixels; None for the median of the set, but at most 64.

    >>> common_size([(480, 640), (240, 320)], None), common_size([(480, 640), (640, 480)], 32)
    ((48, 64), (32, 32))
    """
    heights, widths = zip(*sizes, strict=True)
    height, width = median(heights), median(widths)
    if any(h * widths[0] != heights[0] * w for h, w in sizes):
        height = width = median(map(min, sizes))
    longer = longer_side or min(MAX_DEFAULT_SIDE, round(max(height, width)))
    scale = longer / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))
