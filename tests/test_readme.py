"""The README says what is true: its tables are those that the benchmarks wrote."""

from pathlib import Path

import pytest

from chainrule.demo import write_data

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "table", ["accuracy.md", "large_table.md", "mnist.md", "mnist_time.md", "photographs.md"]
)
def test_the_tables_are_those_that_the_benchmarks_wrote(table: str) -> None:
    assert (ROOT / "benchmarks" / table).read_text(encoding="utf-8").strip() in README


def test_the_table_of_speed_is_the_first_one_that_the_benchmark_wrote_with_its_machine() -> None:
    page = (ROOT / "benchmarks" / "speed.md").read_text(encoding="utf-8")
    table, machine, *_ = page.split("\n\n")
    assert f"{table}\n\n{machine}" in README


def test_the_python_example_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "demo").mkdir()
    write_data(tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    example = README.split("```python\nimport chainrule")[1].split("```")[0]
    exec("import chainrule" + example, {})
    printed = capsys.readouterr().out
    assert printed.startswith("{'accuracy': 0.9")
    assert "'loss': " in printed
