"""Augmentations that are a good first try for a kind of pictures, as texts."""

# Photographs: what is seen stays what it is in a mirror, a little aside and in another light.
PHOTOGRAPHS = ("jitter", "flip", "shift:0.125")

# Digits, letters and signs are slanted, moved and larger or smaller, but never mirrored. These are
# for pictures with a margin, as 28 x 28: a shift by a pixel moves 8 x 8 ones out of the frame.
DIGITS = ("shift:0.1", "rotate:10", "zoom:0.1")

PRESETS = {"digits": DIGITS, "photographs": PHOTOGRAPHS}
