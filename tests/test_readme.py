"""The README is a front page that says what is true."""

from pathlib import Path

import pytest

from tests.book import ROOT, fences
from tests.outputs import outputs, place_to_run

PAGE = ROOT / "README.md"
README = PAGE.read_text(encoding="utf-8")


def lines_of_table(text: str, first: str) -> list[str]:
    """The lines of the table whose header begins with this text."""
    block = next(part for part in text.split("\n\n") if part.startswith(first))
    return block.strip().splitlines()


def test_the_readme_is_a_front_page() -> None:
    assert len(README.splitlines()) <= 130


def test_the_outputs_are_those_of_its_commands_and_the_python_example_runs(tmp_path: Path) -> None:
    with place_to_run(tmp_path):
        stale = [output.fence.line for output in outputs(PAGE) if output.is_stale]
        assert stale == [], "write them by: python -m docs.write_outputs README.md"
        assert (tmp_path / "digits.safetensors").is_file()
    assert [fence.language for fence in fences(PAGE)].count("console") == 2


@pytest.mark.parametrize(("first", "page"), [("| work |", "speed.md"), ("| data |", "tables.md")])
def test_the_rows_of_a_table_are_those_that_the_benchmark_wrote(first: str, page: str) -> None:
    written = (ROOT / "benchmarks" / page).read_text(encoding="utf-8")
    of_benchmark = lines_of_table(written, first)
    header, line, *rows = lines_of_table(README, first)
    assert [header, line] == of_benchmark[:2]
    assert len(rows) > 4
    assert [row for row in of_benchmark if row in rows] == rows


def test_the_machine_of_the_speeds_is_named() -> None:
    page = (ROOT / "benchmarks" / "speed.md").read_text(encoding="utf-8")
    _, machine, *_ = page.split("\n\n")
    assert machine in README
