"""A table larger than memory is trained on by the same command."""

import json
from pathlib import Path

import pytest

from chainrule.insight.stored_run import stored_run
from tests.cli.conftest import Call

QUICK = ("--epochs", "2", "--layers", "8", "--patience", "0")


@pytest.fixture
def _too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table takes more memory than there is."""
    monkeypatch.setattr("chainrule.cli.large_data.estimate_memory", lambda files: 10**15)


@pytest.mark.usefixtures("_too_large")
def test_it_is_trained_on_and_its_model_takes_raw_rows(call: Call, files: Path) -> None:
    done = call("train", "gaps.csv", "--target", "price", "--out", "run", "--json", *QUICK)
    assert done.status == 0, done.err
    result = json.loads(done.out)
    assert sum(result["samples"].values()) == 54
    assert any(
        "60 rows are read some at a time, for a memory of" in note for note in result["notes"]
    )
    assert "gaps.csv: 6 rows without a value of the target 'price' left out" in result["notes"]
    assert (files / "run" / "report.html").exists()
    predicted = call("predict", "run", "good.csv")
    assert predicted.status == 0, predicted.err
    assert len(predicted.out.splitlines()) == 61


@pytest.mark.usefixtures("_too_large", "no_report")
def test_its_configuration_says_the_memory_so_that_another_machine_does_the_same(
    call: Call, files: Path
) -> None:
    arguments = ("train", "priced.csv", "--target", "price", *QUICK)
    assert call(*arguments, "--memory", "2GiB", "--out", "first").status == 0
    assert stored_run(files / "first").config.given["memory"] == "2147483648B"
    assert call("train", "--config", "first/config.toml", "--out", "again").status == 0
    models = [(files / run / "model.safetensors").read_bytes() for run in ("first", "again")]
    assert models[0] == models[1]


@pytest.mark.usefixtures("no_report")
def test_a_table_that_fits_in_memory_is_read_as_a_whole(call: Call, files: Path) -> None:
    done = call(
        "train", "good.csv", "--target", "kind", "--memory", "1MB", "--out", "run", "--json", *QUICK
    )
    assert done.status == 0, done.err
    assert not any("some at a time" in note for note in json.loads(done.out)["notes"])


@pytest.mark.usefixtures("no_report")
def test_a_table_that_needs_more_than_it_may_have_is_read_some_rows_at_a_time(
    call: Call, files: Path
) -> None:
    # 8 bytes of memory for a byte of CSV.
    columns = "a,b,kind\n" + "1234567.125,7654321.5,yes\n1,2,no\n" * 100
    (files / "larger.csv").write_text(columns)
    done = call("train", "larger.csv", "--target", "kind", "--memory", "10kB", *QUICK)
    assert done.status == 2
    assert "memory: got 10kB, expected at least 1GiB" in done.err


@pytest.mark.usefixtures("files")
def test_what_is_no_size_is_refused(call: Call) -> None:
    done = call("train", "good.csv", "--target", "kind", "--memory", "much")
    assert done.status == 2
    assert "--memory: got 'much' as a size of memory, expected a number and a unit" in done.err
