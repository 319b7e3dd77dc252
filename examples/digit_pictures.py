"""The digits as pictures, converted from a table of pixels."""

import numpy as np
from data import digits

from chainrule.data.dataset import Images

DARKEST = 16  # the pixels of the table are 0 for paper to 16 for ink


def digit_pictures() -> Images:
    """Return 1797 handwritten digits, 8 x 8 pixels of 0 for paper to 255 for ink."""
    table = digits()
    pixels = np.stack([column.values for column in table.columns], axis=-1).reshape(-1, 8, 8)
    return Images(table.source, np.round(pixels * (255 / DARKEST)).astype(np.uint8), table.target)
