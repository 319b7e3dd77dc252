"""The page of a benchmark, and the pages that are published: their commands are those of today."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import accuracy, mnist
from benchmarks.page import Page
from benchmarks.public_data import public_data
from benchmarks.recipe import Recipe

PAGES = Path(__file__).parents[2] / "benchmarks"


def test_a_page_is_a_table_with_paragraphs_and_commands_below(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Page("data", "accuracy")
    page.row("digits", "0.98")
    page.paragraph("Measured.")
    page.commands(["train digits", "train letters"])
    page.write(tmp_path / "page.md")
    expected = (
        "| data | accuracy |\n|---|---|\n| digits | 0.98 |\n\nMeasured.\n\n"
        "    train digits\n    train letters\n"
    )
    assert (tmp_path / "page.md").read_text() == expected
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("trial", accuracy.TRIALS, ids=lambda trial: trial.recipe.name)
def test_the_published_scores_are_of_the_recipes_as_they_are(trial: accuracy.Trial) -> None:
    page = (PAGES / "accuracy.md").read_text()
    assert f"\n    {trial.recipe.command}\n" in page
    assert f"| {trial.recipe.name} | {trial.metric} | **" in page


@pytest.mark.parametrize("recipe", mnist.RECIPES, ids=lambda recipe: recipe.name)
def test_the_published_recipes_for_mnist_are_those_that_are_run(recipe: Recipe) -> None:
    page = (PAGES / "mnist.md").read_text()
    assert f"\n    {recipe.command}\n" in page
    assert f"| {recipe.name} | **" in page


def test_a_benchmark_without_data_says_how_to_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHAINRULE_DATA", raising=False)
    with pytest.raises(SystemExit, match="Set CHAINRULE_DATA to the folder that holds mnist/"):
        public_data("mnist/")
