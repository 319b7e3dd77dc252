"""Presets of augmentations for kinds of pictures, as texts."""

from chainrule.data.dataset import Dataset, Images

# A photograph keeps its class if it is mirrored, shifted a little or in another light.
PHOTOGRAPHS = ("jitter", "flip", "shift:0.125")

# Digits, letters and signs may be rotated, shifted and scaled, but not mirrored. For pictures with
# a margin, such as 28 x 28: in one of 8 x 8, a shift by a pixel moves parts out of the frame.
DIGITS = ("shift:0.1", "rotate:10", "zoom:0.1")

PRESETS: dict[str, tuple[str, ...]] = {
    "digits": DIGITS,
    "photographs": PHOTOGRAPHS,
    "none": (),
}


def default_augmentation(data: Dataset) -> str:
    """Return the default preset for data.

    Files of pictures in colour are most likely photographs. Grey ones and arrays are as often
    digits, letters or measurements, whose class a flip can change.
    """
    if isinstance(data, Images) and data.names is not None and data.in_colour:
        return "photographs"
    return "none"
