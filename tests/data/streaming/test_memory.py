from pathlib import Path

import duckdb
import pytest

from chainrule.data.memory import available_bytes
from chainrule.data.streaming.memory import estimate_memory, parse_bytes
from chainrule.errors import InputError
from tests.data.conftest import Write
from tests.data.read_as import read_table


@pytest.mark.parametrize(
    ("size", "expected"),
    [("2GiB", 2 * 2**30), ("1.5 MB", 1_500_000), ("300mib", 300 * 2**20), ("4096", 4096)],
)
def test_a_size_is_a_number_with_or_without_a_unit(size: str, expected: int) -> None:
    assert parse_bytes(size) == expected


@pytest.mark.parametrize("size", ["", "much", "-1GiB", "0", "2 giants", "1e9"])
def test_what_is_no_size_is_refused_with_an_example(size: str) -> None:
    with pytest.raises(InputError) as error:
        parse_bytes(size)
    assert f"got '{size}' as a size of memory" in str(error.value)
    assert "such as 2GiB" in str(error.value)


def test_some_memory_is_available() -> None:
    assert 2**20 < available_bytes() < 2**50


def test_a_parquet_file_is_judged_by_its_values_and_not_by_its_size_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "zeros.parquet"
    with duckdb.connect() as database:
        database.execute(
            f"COPY (SELECT 0 AS a, 0 AS b FROM range(1000000)) TO '{path}' (FORMAT parquet)"
        )
    assert path.stat().st_size < 100_000
    table = read_table(path)
    assert estimate_memory([path]) > sum(int(column.values.nbytes) for column in table.columns)


def test_a_packed_text_is_judged_as_larger_than_a_plain_one_of_its_size(
    write: Write, tmp_path: Path
) -> None:
    import gzip

    packed = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)
    plain = b"a,b\n" + b"1,2\n" * (len(packed) // 4)
    assert estimate_memory([write("a.csv.gz", packed)]) > 2 * estimate_memory(
        [write("a.csv", plain)]
    )


def test_a_damaged_parquet_file_is_left_to_its_reader(write: Write) -> None:
    assert estimate_memory([write("a.parquet", b"PAR1" + b"x" * 100)]) == 0
