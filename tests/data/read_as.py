"""Read data of a known kind, for tests that go on with what only that kind has."""

from pathlib import Path
from typing import Any, Unpack

from chainrule.data.dataset import Dataset, Images
from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.data.table import Table


def read_table(data: str | Path | Any, **options: Unpack[ReadKwargs]) -> Table:
    """Read data that has to be a table."""
    dataset = read(data, **options)
    assert isinstance(dataset, Table)
    return dataset


def read_images(data: str | Path, **options: Unpack[ReadKwargs]) -> Images:
    """Read data that has to be pictures."""
    dataset = read(data, **options)
    assert isinstance(dataset, Images)
    return dataset


def labels(dataset: Dataset) -> list[Any]:
    """Return the values of the target, which has to be there."""
    assert dataset.target is not None
    return list(dataset.target.values.tolist())
