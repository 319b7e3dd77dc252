"""Which pictures are changed at random when nobody says so."""

import numpy as np
import pytest

from chainrule.data.augmentation.presets import default_augmentation
from chainrule.data.dataset import Images
from chainrule.data.table import Column, Table

NAMES = np.array(["a.jpg", "b.jpg"], np.object_)
COLOUR, GREY = np.zeros((2, 4, 4, 3), np.uint8), np.zeros((2, 4, 4), np.uint8)


@pytest.mark.parametrize(
    ("data", "usual"),
    [
        (Images("photos", COLOUR, None, names=NAMES), "photographs"),
        (Images("photos", GREY, None, names=NAMES), "none"),
        (Images("train-images-idx3-ubyte", GREY, None), "none"),
        (Images("street-numbers.npz", COLOUR, None), "none"),
        (Table("a.csv", (Column("x", np.zeros(2)),), None), "none"),
    ],
    ids=lambda given: getattr(given, "source", given),
)
def test_files_of_pictures_in_colour_are_taken_for_photographs(data, usual):
    assert default_augmentation(data) == usual
