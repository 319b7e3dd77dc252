import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from chainrule.data.streaming.rows_file import RowsFile, check_space, folder_on_disk
from chainrule.data.streaming.shuffled_rows import ShuffledRows
from chainrule.errors import InputError


def shuffled(count: int, buckets: int, at_once: int = 100, seed: int = 0) -> ShuffledRows:
    """The numbers from 0 on, added some at a time, each as a row of three and as its square."""
    rows = ShuffledRows({"x": np.empty((0, 3), np.float32), "y": np.empty(0)}, buckets, seed)
    for start in range(0, count, at_once):
        numbers = np.arange(start, min(start + at_once, count))
        x = np.repeat(numbers[:, np.newaxis], 3, axis=1).astype(np.float32)
        rows.add({"x": x, "y": numbers**2.0})
    return rows


def read(rows: ShuffledRows, buckets: list[int]) -> dict[str, np.ndarray]:
    """What lies in these buckets."""
    space: dict[str, NDArray[Any]] = {
        "x": np.empty((len(rows), 3), np.float32),
        "y": np.empty(len(rows)),
    }
    count = rows.read(buckets, space)
    return {name: array[:count] for name, array in space.items()}


def test_every_row_is_in_exactly_one_bucket() -> None:
    rows = shuffled(950, buckets=7)
    found = np.concatenate([read(rows, [bucket])["x"][:, 0] for bucket in range(7)])
    assert len(rows) == 950
    assert np.sort(found).tolist() == list(range(950))


def test_the_arrays_of_a_row_stay_together() -> None:
    found = read(shuffled(950, buckets=7), [4])
    assert (found["x"] == found["x"][:, :1]).all()
    assert (found["x"][:, 0] ** 2 == found["y"]).all()


def test_buckets_are_read_one_behind_the_other() -> None:
    rows = shuffled(950, buckets=7)
    both = read(rows, [5, 2])["y"]
    assert both.tolist() == [*read(rows, [5])["y"], *read(rows, [2])["y"]]


def test_sizes_are_the_rows_of_each_bucket() -> None:
    rows = shuffled(950, buckets=7)
    assert rows.sizes.tolist() == [len(read(rows, [bucket])["y"]) for bucket in range(7)]


def test_a_bucket_has_rows_of_the_whole_file_whatever_its_order() -> None:
    rows = shuffled(20_000, buckets=4)
    for bucket in range(4):
        # 5,000 of the numbers 0 to 19,999: their mean differs from 10,000 by 80 on average.
        assert read(rows, [bucket])["x"][:, 0].mean() == pytest.approx(10_000, abs=300)


def test_the_same_seed_gives_the_same_buckets_and_another_one_others() -> None:
    first, again, other = (read(shuffled(950, 7, seed=s), [3])["y"].tolist() for s in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_row_may_be_added() -> None:
    rows = shuffled(100, buckets=2)
    rows.add({"x": np.empty((0, 3), np.float32), "y": np.empty(0)})
    assert len(rows) == 100


def test_the_file_has_no_name_that_could_be_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    file = RowsFile(np.empty((0, 2)))
    file.append(np.ones((1000, 2)))
    assert folder_on_disk() == tmp_path
    assert list(tmp_path.iterdir()) == []
    into = np.empty((1, 2))
    file.read(999, into)
    assert into.tolist() == [[1, 1]]


def test_a_disk_without_room_is_refused_before_anything_is_written() -> None:
    with pytest.raises(InputError) as error:
        check_space(10**18, "the samples")
    message = str(error.value)
    assert "expected 1,000,000,000.00 GB for the samples" in message
    assert "environment variable TMPDIR" in message


def test_a_disk_that_fills_up_meanwhile_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = RowsFile(np.empty((0, 2)))
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(InputError, match=r"got no space left after 0\.00 GB, expected room"):
        file.append(np.ones((10, 2)))
