"""The report: one file that needs nothing else, and trusts no name in the data."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from chainrule.data.formatting import format_score
from chainrule.insight.report import Evidence, page, write_report
from chainrule.training.samples.prepare import Prepared
from chainrule.training.train import Run
from tests.insight.page import Page
from tests.insight.runs import ATTACK, evidence, evidence_of


@pytest.fixture(scope="module")
def attacked_page(attacked: tuple[Run, Prepared]) -> Page:
    return Page(page(evidence(*attacked, target=f"y {ATTACK}")))


@pytest.fixture(scope="module")
def of_classes(of_three_classes: Evidence) -> Page:
    return Page(page(of_three_classes))


@pytest.fixture(params=["attacked_page", "of_classes"])
def each_page(request: pytest.FixtureRequest) -> Page:
    found: Page = request.getfixturevalue(request.param)
    return found


def test_it_is_written_into_the_folder_of_the_run(
    attacked: tuple[Run, Prepared], tmp_path: Path
) -> None:
    shown = evidence(*attacked, tmp_path)
    write_report(shown)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page(shown)


def test_the_same_run_gives_the_same_page(of_three_classes: Evidence, of_classes: Page) -> None:
    shown = of_three_classes
    again = evidence(shown.run, shown.prepared)
    assert page(again) == of_classes.html


def test_every_element_that_is_opened_is_closed(each_page: Page) -> None:
    assert each_page.open == []


def test_nothing_is_loaded_from_elsewhere(each_page: Page) -> None:
    assert not {"script", "link", "iframe", "img", "object", "embed", "base"} & set(each_page.tags)
    for name, value in each_page.attributes:
        if name in ("src", "href", "xlink:href", "srcset", "data", "action"):
            assert value.startswith("#"), (name, value)
        if name == "style" or "url(" in value:
            assert "url(" not in value.replace("url(#", ""), (name, value)
    assert "url(" not in each_page.style.replace("url(#", "")
    assert "@import" not in each_page.style


def test_nothing_runs_when_something_is_clicked(each_page: Page) -> None:
    assert not [name for name, _ in each_page.attributes if name.startswith("on")]


def test_every_id_is_unique_and_every_reference_has_its_target(each_page: Page) -> None:
    ids = Counter(each_page.every("id"))
    assert set(ids.values()) == {1}
    wanted = [value[1:] for value in (*each_page.every("href"), *each_page.every("xlink:href"))]
    assert set(wanted) | set(each_page.every("aria-labelledby")) <= set(ids)


def test_every_plot_has_a_caption(each_page: Page) -> None:
    plots = each_page.tags.count("svg")
    assert plots >= 3
    assert each_page.tags.count("figcaption") == plots
    titles = re.findall(r'<svg role="img" aria-label="([^"]+)"', each_page.html)
    assert len(titles) == plots == len(set(titles))


def test_every_table_has_a_caption_and_names_its_columns_and_rows(each_page: Page) -> None:
    tables = each_page.tags.count("table")
    assert each_page.tags.count("caption") == tables >= 5
    rows = each_page.tags.count("tr") - each_page.tags.count("thead")
    assert each_page.every("scope").count("row") == rows


def test_nothing_in_it_is_black_or_white_whatever_the_page_is(each_page: Page) -> None:
    assert "#010203" not in each_page.html
    assert "currentColor" in each_page.html
    assert "#ffffff" not in each_page.html


def test_names_of_columns_are_text_and_not_markup(attacked_page: Page) -> None:
    assert "script" not in attacked_page.tags
    for place in (
        f"Predicting y {ATTACK}: test rmse",
        f"column '{ATTACK}' has 1 missing value",
        f'target = "y {ATTACK}"',
    ):
        assert place in attacked_page.text
    assert {ATTACK} <= {row[0] for row in attacked_page.rows}


def test_the_title_names_the_target_and_the_test_score(run: Run, attacked_page: Page) -> None:
    title = f"Predicting y {ATTACK}: test rmse {format_score(run.test['rmse'])}"
    assert attacked_page.text.count(title) == 2  # of the window, and the heading


def test_every_test_score_stands_next_to_the_baseline(run: Run, attacked_page: Page) -> None:
    for name in ("rmse", "mae", "r2"):
        assert [
            name,
            format_score(run.test[name]),
            format_score(run.baseline[name]),
        ] in attacked_page.rows


def test_of_two_classes_it_says_which_one_the_scores_are_of(of_two_classes: Evidence) -> None:
    found = Page(page(of_two_classes))
    assert "Precision, recall and f1 are those of 'yes'." in found.text
    assert "balanced accuracy" in [row[0] for row in found.rows]


def test_the_findings_are_escaped(attacked_page: Page) -> None:
    assert "The loss was at its <lowest>." in attacked_page.text


def test_without_test_samples_it_shows_the_validation_and_says_so() -> None:
    shown = evidence_of("classification", epochs=1, split=(0.7, 0.3, 0.0))
    found = Page(page(shown))
    assert "Predicting target: not tested" in found.text
    assert "Test scores" not in found.text
    assert (
        "There are no test samples: predictions below are for the validation samples" in found.text
    )
    assert "shuffled among 60 rows of the validation" in found.text


def test_without_held_out_samples_it_shows_learning_only() -> None:
    found = Page(page(evidence_of("regression", epochs=1, split=(1.0, 0.0, 0.0))))
    assert [text for text in found.every("id") if "-" not in text] == [
        "findings",
        "learning",
        "data",
        "network",
        "reproduction",
    ]


def test_of_members_it_has_the_score_of_each() -> None:
    shown = evidence_of("classification", members=3, epochs=2)
    found = Page(page(shown))
    assert ["member", "best epoch", "test accuracy"] in found.rows
    scores = [row[2] for row in found.rows if row[:1] in (["1"], ["2"], ["3"]) and len(row) == 3]
    assert scores == [format_score(member.test["accuracy"]) for member in shown.run.members]


def test_members_of_a_run_that_was_not_tested_have_no_scores(of_three_classes: Evidence) -> None:
    shown = of_three_classes
    untested = replace(shown.run, test={}, baseline={}, members=(shown.run, shown.run))
    assert "Members" not in page(evidence(untested, shown.prepared))


def test_what_leaked_is_said_above_the_scores(of_three_classes: Evidence) -> None:
    shown = of_three_classes
    leak = "toy.csv: 12 of 30 rows of the test are <also> in training"
    found = page(evidence(replace(shown.run, leaks=(leak,)), shown.prepared))
    assert leak in Page(found).text
    assert found.index("rows of the test are") < found.index("balanced accuracy")
