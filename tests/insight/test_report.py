"""The report: one file that needs nothing else, and trusts no name in the data."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from chainrule.insight.findings import Finding
from chainrule.insight.report import figure, in_one_sentence, write_report
from chainrule.training.train import Run
from tests.insight.runs import ATTACK
from tests.training import toys

CONFIG = {"epochs": 4, "target": f"y {ATTACK}"}
FOUND = [Finding("still learning", {"epochs": 4}, "The loss was at its <lowest>.")]
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """What a browser would make of it: elements and attributes, the text, the rows of tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.text = self.style = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attributes]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attributes]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.style += data
        else:
            self.text += data
        if self.open[-1:] in (["td"], ["th"]):
            self.rows[-1][-1] += data


def page_of(run: Run, folder: Path) -> Page:
    write_report(run, FOUND, CONFIG, folder)
    return Page((folder / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return page_of(run, tmp_path_factory.mktemp("report"))


def test_every_element_that_is_opened_is_closed(page: Page) -> None:
    assert page.open == []


def test_nothing_is_loaded_from_elsewhere(page: Page) -> None:
    assert not {"script", "link", "iframe", "img", "object", "embed", "base"} & set(page.tags)
    for name, value in page.attributes:
        if name in ("src", "href", "xlink:href", "srcset", "data", "action"):
            assert value.startswith("#"), (name, value)
        if name == "style" or "url(" in value:
            assert "url(" not in value.replace("url(#", ""), (name, value)
    assert "url(" not in page.style
    assert "@import" not in page.style


def test_nothing_runs_when_something_is_clicked(page: Page) -> None:
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_names_of_columns_are_text_and_not_markup(page: Page) -> None:
    assert "script" not in page.tags
    for place in (
        f"Predicting y {ATTACK}: test rmse",
        f"column '{ATTACK}' has 1 missing value",
    ):
        assert place in page.text
    assert ["target", f"y {ATTACK}"] in page.rows


def test_the_title_names_the_target_and_the_test_score(run: Run, page: Page) -> None:
    title = f"Predicting y {ATTACK}: test rmse {run.test['rmse']:.4g}"
    assert page.text.count(title) == 2  # of the window, and the heading


def test_every_test_score_stands_beside_that_of_guessing(run: Run, page: Page) -> None:
    for name in ("rmse", "mae", "r2"):
        assert [name, figure(run.test[name]), figure(run.baseline[name])] in page.rows


def test_of_two_classes_it_says_which_one_the_scores_are_of(tmp_path: Path) -> None:
    page = page_of(toys.run("binary", epochs=1), tmp_path)
    assert "Precision, recall and f1 are those of 'yes'." in page.text
    assert "balanced accuracy" in [row[0] for row in page.rows]


def test_it_says_which_classes_were_taken_for_which(tmp_path: Path) -> None:
    made = toys.run("classification", rows=200, epochs=3)
    write_report(made, [], {}, tmp_path)
    text = (tmp_path / "report.html").read_text()
    assert made.confusion is not None
    assert int(made.confusion.sum()) == made.sizes["test"]
    right = int(made.confusion.diagonal().sum())
    assert right / made.sizes["test"] == pytest.approx(made.test["accuracy"])
    cells = "".join(f'<td class="number">{count}</td>' for count in made.confusion[1].tolist())
    assert f"<tr><td>b</td>{cells}</tr>" in text


def test_the_curves_are_drawn_in_the_page(page: Page) -> None:
    assert page.tags.count("svg") == 1
    assert page.tags.count("path") > 10


def test_the_findings_are_told_as_text(page: Page) -> None:
    assert "The loss was at its <lowest>." in page.text


def test_each_parameter_is_listed_with_its_shape_and_size(run: Run, page: Page) -> None:
    values = run.model.parameters.values
    features = values["dense_1.weights"].shape[1]
    assert ["dense_1.weights", f"8x{features}", str(8 * features)] in page.rows
    assert ["dense_2.bias", "1", "1"] in page.rows
    assert ["all", "", str(sum(value.numel() for value in values.values()))] in page.rows


def test_it_says_how_to_run_it_again(run: Run, tmp_path: Path) -> None:
    page = page_of(run, tmp_path)
    assert f"chainrule train --config {tmp_path / 'config.toml'}" in page.text
    assert ["epochs", "4"] in page.rows


def test_a_run_without_test_samples_is_said_to_be_untested(run: Run, tmp_path: Path) -> None:
    page = page_of(replace(run, test={}, baseline={}), tmp_path)
    assert f"Predicting y {ATTACK}: not tested" in page.text
    assert "Test scores" not in page.text


@pytest.mark.parametrize(
    ("stopped", "why"),
    [
        ("patience", "the validation loss no longer fell"),
        ("epochs", "all epochs were done"),
        ("iterations", "all iterations were done"),
        ("interrupted", "it was interrupted"),
    ],
)
def test_one_sentence_says_what_was_trained_and_why_it_ended(run: Run, stopped, why: str) -> None:  # type: ignore[no-untyped-def]  # a Stop
    sentence = in_one_sentence(replace(run, stopped=stopped, seconds=1.25))
    assert sentence == (
        "Trained on 70 training, 15 validation, 15 test samples for 4 epochs in 1.2 s, until "
        f"{why}; the model has the weights of epoch {run.best['epoch']:.0f}."
    )


def test_of_members_the_report_has_the_score_of_each(tmp_path: Path) -> None:
    several = toys.run("classification", members=3, epochs=2)
    page = page_of(several, tmp_path)
    assert ["member", "best epoch", "test accuracy"] in page.rows
    scores = [row[2] for row in page.rows if row[:1] in (["1"], ["2"], ["3"]) and len(row) == 3]
    assert scores == [figure(member.test["accuracy"]) for member in several.members]
    assert "Trained 3 members on 70 training" in page.text
