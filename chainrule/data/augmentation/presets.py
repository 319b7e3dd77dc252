"""Augmentations that are a good first try for a kind of pictures, as texts."""

from chainrule.data.dataset import Dataset, Images

# Photographs: what is seen stays what it is in a mirror, a little aside and in another light.
PHOTOGRAPHS = ("jitter", "flip", "shift:0.125")

# Digits, letters and signs are slanted, moved and larger or smaller, but never mirrored. These are
# for pictures with a margin, as 28 x 28: a shift by a pixel moves 8 x 8 ones out of the frame.
DIGITS = ("shift:0.1", "rotate:10", "zoom:0.1")

PRESETS: dict[str, tuple[str, ...]] = {
    "digits": DIGITS,
    "photographs": PHOTOGRAPHS,
    "none": (),
}


def default_augmentation(data: Dataset) -> str:
    """The preset for data of which nobody said how it may be changed.

    Files of pictures in colour most likely are photographs. Grey ones and arrays are as often
    digits, letters or measurements, which a mirror would make into something else.
    """
    if isinstance(data, Images) and data.names is not None and data.in_colour:
        return "photographs"
    return "none"
