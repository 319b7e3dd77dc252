"""The common size of a set of pictures, and what is cut off to reach it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import pluralised
from chainrule.decoding import centre_box

# Twice the side takes four times as long to train. At 64 pixels the content of a photograph is
# still recognisable: Torralba, Fergus & Freeman (2008), 80 million tiny images, section III, found
# 32 x 32 to be enough.
MAX_DEFAULT_SIDE = 64
# Every proportion that more than a hundredth of the pictures has is among these quantiles.
QUANTILES = np.linspace(0, 1, 101)


def common_size(sizes: Sequence[tuple[int, int]], longer_side: int | None) -> tuple[int, int]:
    """Return the (height, width) to which all pictures are scaled.

    It has the proportions for which the least is cut off: the mean square, over the pictures, of
    the share that is lost. If all pictures have the same proportions, so has the result; a few of
    other proportions do not change it; of landscape and portrait in equal numbers it is a square.
    Args:
        sizes: (height, width) of each picture, at least one.
        longer_side: of the result, in pixels; None for the median of the set, but at most 64.

    >>> common_size([(480, 640), (480, 640), (480, 641)], None)
    (48, 64)
    >>> common_size([(480, 640), (640, 480)], 32)
    (32, 32)
    """
    heights, widths = np.array(sizes, np.float64).T
    ratio = _usual_ratio(heights / widths)
    # The longer side of the part of each picture that has these proportions.
    longer_sides = np.maximum(
        np.minimum(heights, widths * ratio), np.minimum(widths, heights / ratio)
    )
    longer = longer_side or min(MAX_DEFAULT_SIDE, round(float(np.median(longer_sides))))
    height, width = longer * min(1, ratio), longer * min(1, 1 / ratio)
    return max(1, round(height)), max(1, round(width))


def _usual_ratio(ratios: NDArray[np.float64]) -> float:
    """Return the height : width for which the least is cut off; see `common_size`."""

    def cut_off(ratio: float) -> float:
        share = 1 - np.minimum(ratios / ratio, ratio / ratios)
        return float((share**2).mean())

    candidates = np.unique([*np.quantile(ratios, QUANTILES, method="nearest"), 1.0])
    usual: float = min(candidates.tolist(), key=cut_off)
    return usual


def note_on_cropping(
    sizes: Sequence[tuple[int, int]], names: Sequence[str], height: int, width: int
) -> str:
    """Return a note on what is cut off, or "" if all pictures have the proportions wanted.

    Args:
        sizes: (height, width) of each picture.
        names: of their files.
        height: to which they are scaled.
        width: likewise.
    """
    lost = np.array([_share_cut_off(size, height, width) for size in sizes])
    range_ = _range_of_proportions(sizes, names)
    if not lost.any():
        return range_ and f"{range_}: after scaling they are equal, and nothing is cut off"
    most, cut = int(lost.argmax()), lost > 0
    return (
        f"{range_ and range_ + ': '}to get {height} x {width}, the edges of "
        f"{pluralised(int(cut.sum()), 'picture')} of {len(sizes):,} are cut off, "
        f"{lost[cut].mean():.1%} of the pixels on average and {lost[most]:.1%} at most "
        f"('{names[most]}'); where the edges matter, bring the files to one size yourself"
    )


def _range_of_proportions(sizes: Sequence[tuple[int, int]], names: Sequence[str]) -> str:
    """Return how many proportions there are, with the widest and the narrowest; "" for one."""
    ratios = [height / width for height, width in sizes]
    kinds = len(set(ratios))
    if kinds == 1:
        return ""
    widest, narrowest = (
        f"{sizes[index][0]:,} x {sizes[index][1]:,} ('{names[index]}')"
        for index in (ratios.index(min(ratios)), ratios.index(max(ratios)))
    )
    return f"{kinds:,} different proportions of height to width, from {widest} to {narrowest}"


def _share_cut_off(size: tuple[int, int], height: int, width: int) -> float:
    left, top, right, bottom = centre_box(size[::-1], height, width)
    return 1 - (right - left) * (bottom - top) / (size[0] * size[1])
