"""The kind of data, by which network and augmentation are chosen where none is given."""

import numpy as np
import pytest

from chainrule.data.dataset import Dataset, Images, data_kind
from chainrule.data.table import Column, Table

NAMES = np.array(["a.jpg", "b.jpg"], np.object_)
COLOUR, GREY = np.zeros((2, 4, 4, 3), np.uint8), np.zeros((2, 4, 4), np.uint8)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (Images("photos", COLOUR, None, names=NAMES), "photographs"),
        (Images("photos", GREY, None, names=NAMES), "pictures"),
        (Images("train-images-idx3-ubyte", GREY, None), "grey arrays"),
        (Images("street-numbers.npz", COLOUR, None), "pictures"),
        (Table("a.csv", (Column("x", np.zeros(2)),), None), "table"),
    ],
    ids=lambda given: getattr(given, "source", given),
)
def test_files_of_pictures_in_colour_are_taken_for_photographs(data: Dataset, kind: str) -> None:
    assert data_kind(data) == kind
