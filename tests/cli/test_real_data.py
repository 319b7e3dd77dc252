"""Well-known data sets from the command line, in a folder that CHAINRULE_DATA names."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of real data sets; the working directory is an empty one."""
    folder = os.environ.get("CHAINRULE_DATA")
    if not folder:
        pytest.skip("CHAINRULE_DATA names no folder of real data sets")
    monkeypatch.chdir(tmp_path)
    return Path(folder)


def result_of(call: Call, *arguments: object) -> dict[str, Any]:
    called = call("train", *arguments, "--out", "run", "--json")
    assert called.status == 0, called.err
    result: dict[str, Any] = json.loads(called.out)
    return result


def test_income_of_the_adult_census_with_its_own_test_file(call: Call, real: Path) -> None:
    folder = real / "tabular" / "adult"
    result = result_of(
        call,
        folder / "adult-train.csv",
        *("--target", "income", "--test-data", folder / "adult-test.csv", "--epochs", 2),
    )
    assert result["task"] == "binary"
    assert result["samples"]["test"] == 16_281
    assert 0.84 < result["test"]["accuracy"] < 0.88


def test_prices_of_california_are_numbers_in_dollars(call: Call, real: Path) -> None:
    data = real / "tabular" / "california-housing" / "housing.csv"
    result = result_of(call, data, "--target", "median_house_value", "--epochs", 3)
    assert result["task"] == "regression"
    assert 50_000 < result["test"]["rmse"] < 75_000
    head, *prices = call("predict", "run", data).out.splitlines()
    assert (head, len(prices)) == ("median_house_value", 20_640)
    assert all(len(price) <= 10 for price in prices)


def test_survivors_of_the_titanic(call: Call, real: Path) -> None:
    data = real / "tabular" / "titanic" / "titanic.csv"
    result = result_of(call, data, "--target", "Survived", "--epochs", 5)
    assert result["task"] == "binary"
    assert result["test"]["accuracy"] > result["baseline"]["accuracy"]
    assert any("columns 'Name', 'Ticket', 'Cabin' is left out" in n for n in result["notes"])


def test_wine_written_with_semicolons(call: Call, real: Path) -> None:
    data = real / "tabular" / "wine-quality" / "winequality-red.csv"
    result = result_of(call, data, "--target", "quality", "--epochs", 5)
    assert result["classes"] == ["3", "4", "5", "6", "7", "8"]


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "unpacked"])
def test_digits_of_mnist(call: Call, real: Path, tmp_path: Path, packed: bool) -> None:
    data = real / "mnist" / "t10k-images-idx3-ubyte.gz"
    if not packed:
        for kind in ("images-idx3", "labels-idx1"):
            name = f"t10k-{kind}-ubyte"
            content = (real / "mnist" / f"{name}.gz").read_bytes()
            (tmp_path / name).write_bytes(gzip.decompress(content))
        data = tmp_path / "t10k-images-idx3-ubyte"
    result = result_of(call, data, "--iterations", 100, "--layers", 16, "--batch-size", 64)
    assert len(result["classes"]) == 10
    assert 0.6 < result["test"]["accuracy"] < 0.95
