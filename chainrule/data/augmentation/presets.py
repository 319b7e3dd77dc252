"""Presets of augmentations for kinds of pictures, as texts."""

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
