"""The sections of a report, on runs whose figures are computed independently."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from chainrule.data.formatting import format_four_digits, format_score
from chainrule.data.table import Column, Table
from chainrule.insight.predictions import ClassPredictions, NumberPredictions
from chainrule.insight.report import Evidence
from chainrule.insight.report.calibration import calibration
from chainrule.insight.report.confusion import confusion, most_confused
from chainrule.insight.report.data import data
from chainrule.insight.report.errors import POINTS, errors
from chainrule.insight.report.importance import importance
from chainrule.insight.report.learning import learning
from chainrule.insight.report.mistakes import mistakes
from chainrule.insight.report.network import network
from chainrule.insight.report.reproduction import reproduction
from chainrule.insight.report.scores import scores
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.selection import SelectionMetric
from tests.insight.page import Page
from tests.insight.runs import evidence, evidence_of, trained
from tests.training import toys


def rows_of(markup: str) -> list[list[str]]:
    return Page(markup).rows


def numbers(cells: Sequence[str]) -> list[float]:
    return [float(cell.replace(",", "").rstrip("%").lstrip("± ")) for cell in cells]


def test_confusion_is_that_of_scikit_learn(of_three_classes: Evidence) -> None:
    predictions = of_three_classes.predictions
    assert isinstance(predictions, ClassPredictions)
    expected = confusion_matrix(predictions.truth, predictions.predicted)
    head, *body = rows_of(confusion(of_three_classes))[:4]
    assert head == ["true class", "a", "b", "c", "all", "recall"]
    for row, counts in zip(body, expected, strict=True):
        assert numbers(row[1:4]) == counts.tolist()


def test_confusion_has_the_rates_of_rows_and_columns(of_three_classes: Evidence) -> None:
    predictions = of_three_classes.predictions
    assert isinstance(predictions, ClassPredictions)
    counts = confusion_matrix(predictions.truth, predictions.predicted)
    rows = rows_of(confusion(of_three_classes))
    recalls = [f"{share:.1%}" for share in counts.diagonal() / counts.sum(1)]
    assert [row[-1] for row in rows[1:4]] == recalls
    accuracy = of_three_classes.run.test["accuracy"]
    assert rows[4][-1] == f"{accuracy:.1%}"


def test_the_most_confused_pairs_come_first_without_correct_predictions() -> None:
    counts = np.array([[9, 2, 0], [5, 9, 0], [0, 1, 9]])
    assert most_confused(counts, most=10) == [(1, 0), (0, 1), (2, 1)]
    assert most_confused(counts, most=1) == [(1, 0)]


def test_of_many_classes_the_pairs_are_shown_without_the_matrix() -> None:
    classes = tuple(f"class {number:02}" for number in range(30))
    truth = np.arange(60) % 30
    probabilities = np.eye(30)[truth]
    probabilities[0] = np.eye(30)[7]
    shown = evidence_of("classification", epochs=1)
    predictions = ClassPredictions(Table("none.csv", (), None), classes, probabilities, truth)
    shown.__dict__["predictions"] = predictions  # of a cached property
    assert rows_of(confusion(shown)) == [
        ["true class", "predicted class", "samples", "share of the class"],
        ["class 00", "class 07", "1", "50.0%"],
    ]


def test_calibration_counts_every_sample_once(of_two_classes: Evidence) -> None:
    _, *rows = rows_of(calibration(of_two_classes))
    assert sum(numbers([row[-1] for row in rows])) == of_two_classes.run.sizes["test"]


def test_calibration_of_two_classes_is_that_of_the_positive_one(of_two_classes: Evidence) -> None:
    assert "the class is 'yes'" in calibration(of_two_classes).replace("&#x27;", "'")


def test_numbers_have_errors_and_no_classes(of_numbers: Evidence) -> None:
    assert confusion(of_numbers) == calibration(of_numbers) == ""
    assert errors(of_numbers)


def test_classes_have_no_errors(of_two_classes: Evidence) -> None:
    assert errors(of_two_classes) == ""


def test_the_quantiles_of_the_errors_are_those_of_numpy(of_numbers: Evidence) -> None:
    predictions = of_numbers.predictions
    assert isinstance(predictions, NumberPredictions)
    head, signed, unsigned = rows_of(errors(of_numbers))
    assert head[1:] == ["lowest", "5%", "25%", "50%", "75%", "95%", "highest"]
    shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
    off = predictions.predicted - predictions.truth
    assert signed[1:] == [format_four_digits(float(np.quantile(off, share))) for share in shares]
    assert unsigned[1:] == [
        format_four_digits(float(np.quantile(np.abs(off), share))) for share in shares
    ]


def test_a_plot_of_many_samples_shows_a_random_part_and_says_so() -> None:
    shown = evidence_of("regression", rows=4000, epochs=1)
    page = errors(shown)
    assert f"{POINTS} of the 600 samples, drawn at random" in page
    assert page.count("<use") < 2 * POINTS + 100


def test_importance_has_a_row_a_column_the_most_important_first(of_numbers: Evidence) -> None:
    found = of_numbers.importance
    assert found is not None
    _, *rows = rows_of(importance(of_numbers))
    assert [row[0] for row in rows] == [one.column for one in found.columns]
    assert [row[1] for row in rows] == [format_score(one.mean) for one in found.columns]


def test_importance_is_measured_on_fewer_rows_where_that_would_take_long(
    of_numbers: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = of_numbers.run.model.parameters.count
    monkeypatch.setattr("chainrule.insight.report.evidence.MULTIPLICATIONS", 20 * 3 * 5 * weights)
    monkeypatch.setattr("chainrule.insight.report.evidence.FEWEST_ROWS", 2)
    shown = evidence(of_numbers.run, of_numbers.prepared)
    assert "shuffled among 20 rows of the test" in importance(shown)


def test_mistakes_have_the_row_of_the_file(of_two_classes: Evidence) -> None:
    predictions = of_two_classes.predictions
    assert isinstance(predictions, ClassPredictions)
    table = toys.table("binary", 200)
    assert table.target is not None
    head, *rows = rows_of(mistakes(of_two_classes))
    assert head[:5] == ["row", "predicted", "probability", "true", "probability"]
    assert len(rows) == min(12, (predictions.predicted != predictions.truth).sum())
    for row, predicted, _, true, _, *values in rows:
        number = int(row)
        assert table.target.values[number - 1] == true != predicted
        for name, value in zip(head[5:], values, strict=True):
            assert value == format_four_digits(float(table.column(name).values[number - 1]))


def test_mistakes_of_numbers_have_their_errors(of_numbers: Evidence) -> None:
    predictions = of_numbers.predictions
    assert isinstance(predictions, NumberPredictions)
    head, first, *_ = rows_of(mistakes(of_numbers))
    assert head[:4] == ["row", "predicted", "true", "error"]
    worst = float(predictions.errors[np.abs(predictions.errors).argmax()])
    assert first[3] == format_four_digits(worst)


def test_a_missing_value_is_shown_as_missing() -> None:
    table = toys.table("regression", 60)
    names = np.array([None, "x"] * 30, dtype=object)
    gappy = replace(table, columns=(Column("kind", names),))
    shown = evidence(*trained(gappy, toys.network("regression"), epochs=1))
    assert {row[-1] for row in rows_of(mistakes(shown))[1:]} == {"missing", "x"}


def test_a_year_is_shown_without_a_comma() -> None:
    years = Column("year", np.array([2016.0, 12016.0] * 30))
    table = replace(toys.table("regression", 60), columns=(years,))
    shown = evidence(*trained(table, toys.network("regression"), epochs=1))
    assert {row[-1] for row in rows_of(mistakes(shown))[1:]} == {"2016", "12,016"}


def test_a_test_without_mistakes_has_a_note(of_two_classes: Evidence) -> None:
    shown = evidence(of_two_classes.run, of_two_classes.prepared)
    predictions = shown.predictions
    assert isinstance(predictions, ClassPredictions)
    shown.__dict__["predictions"] = replace(
        predictions, truth=predictions.predicted
    )  # of a cached property
    assert "every sample was classified correctly" in mistakes(shown)


def test_the_data_are_counted_by_class_and_part(of_three_classes: Evidence) -> None:
    prepared = of_three_classes.prepared
    parts = [prepared.training, prepared.validation, prepared.test]
    rows = {row[0]: row[1:] for row in rows_of(data(of_three_classes))[:4]}  # the first table
    for index, name in enumerate("abc"):
        for part, cell in zip(parts, rows[name], strict=True):
            assert isinstance(part, Samples)
            count = int((part.targets == index).sum())
            assert cell == f"{count} ({count / len(part):.1%})"


def test_the_target_is_described_in_its_own_unit(of_numbers: Evidence) -> None:
    rows = {row[0]: row[1:] for row in rows_of(data(of_numbers))}
    held_out = of_numbers.prepared.held_out
    assert held_out is not None
    assert held_out.target is not None
    values = held_out.target.values
    assert rows["test"][0] == str(len(values))
    assert numbers(rows["test"][1:4]) == pytest.approx(
        [values.min(), np.median(values), values.max()], rel=1e-3
    )


def test_each_column_is_listed_with_its_preparation() -> None:
    table = toys.table("regression", 100)
    a, b, _ = table.columns
    a.values[:50] = np.nan
    names = np.array(["red", "green"] * 50, dtype=object)
    different = np.array([f"name {number}" for number in range(100)], dtype=object)
    columns = (a, b, Column("kind", names), Column("name", different))
    shown = evidence(
        *trained(replace(table, columns=columns), toys.network("regression"), epochs=1)
    )
    rows = {row[0]: row[1:] for row in rows_of(data(shown))}
    assert rows["a"] == ["number", "number, smooth clip", rows["a"][2], "2", "a, a is missing"]
    assert 30 < numbers(rows["a"][2:3])[0] < 70
    assert rows["kind"] == ["category", "one hot", "0.0%", "2", "kind = green, kind = red"]
    because = "left out, as most of its values are different, like names"
    assert rows["name"] == ["identifier", because, "0.0%", "0", ""]


def test_each_layer_is_listed_with_its_weights(of_numbers: Evidence) -> None:
    rows = rows_of(network(of_numbers))
    parameters = of_numbers.run.model.parameters
    first = rows[1]
    assert first == ["dense_1", "linear, relu", "(batch, 8)", "weights 8x3, bias 8", "32"]
    counts = [int(row[-1].replace(",", "")) for row in rows[1:-1] if row[-1]]
    assert sum(counts) == int(rows[-1][-1]) == sum(v.numel() for v in parameters.values.values())


def test_of_members_the_weights_of_each_are_counted() -> None:
    shown = evidence_of("regression", members=2, epochs=1)
    assert rows_of(network(shown))[-1][-1] == str(8 * 3 + 8 + 8 + 1)


def _install_dot(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program on the path that draws as Graphviz's dot does, in the given colour."""
    program = folder / "dot"
    program.write_text(
        "#!/bin/sh\ncat > /dev/null\n"
        'echo \'<?xml version="1.0"?><svg><g id="graph0" stroke="#010203">\'"$1 $2"\'</g></svg>\'\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_the_graph_is_drawn_where_graphviz_is_installed(
    of_numbers: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install_dot(tmp_path, monkeypatch)
    markup = network(of_numbers)
    assert "<summary>Graph of the network and its loss</summary>" in markup
    assert '<g id="graph-graph0" stroke="currentColor">-Tsvg -Gbgcolor=transparent</g>' in markup
    assert "<?xml" not in markup


def test_without_graphviz_there_is_no_drawing(
    of_numbers: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "<svg" not in network(of_numbers)


def test_a_long_graph_is_not_drawn(
    of_numbers: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install_dot(tmp_path, monkeypatch)
    monkeypatch.setattr("chainrule.insight.report.network.MAX_NODES_DRAWN", 2)
    assert "<svg" not in network(of_numbers)


def test_the_curves_are_repeated_in_figures(of_numbers: Evidence) -> None:
    history = [
        {"epoch": epoch, "training_loss": 1 / epoch, "validation_loss": (epoch - 2) ** 2 + 0.5}
        for epoch in (1, 2, 3)
    ]
    shown = evidence(replace(of_numbers.run, history=history), of_numbers.prepared)
    page = learning(shown)
    assert "went from 1.0000 to 0.3333 in 3 epochs" in page
    assert "lowest, 0.5000, in epoch 2." in page
    assert rows_of(page) == [
        ["epoch", "training loss", "validation loss"],
        ["first: 1", "1.0000", "1.5000"],
        ["best: 2", "0.5000", "0.5000"],
        ["last: 3", "0.3333", "1.5000"],
    ]


def test_an_epoch_that_is_first_and_best_and_last_is_listed_once(of_numbers: Evidence) -> None:
    history = [{"epoch": 1, "training_loss": 1.0, "validation_loss": 2.0}]
    shown = evidence(replace(of_numbers.run, history=history), of_numbers.prepared)
    assert [row[0] for row in rows_of(learning(shown))] == ["epoch", "first and best and last: 1"]


def test_the_configuration_can_be_copied_from_the_page(run: Run, prepared: Prepared) -> None:
    config = {"epochs": 4, "target": "y <b>", "layers": [8, 8]}
    found = Page(reproduction(evidence(run, prepared, Path("two words"), **config)))
    assert "chainrule train --config 'two words/config.toml'" in found.text
    start = found.text.index("[given]")
    copied = found.text[start : found.text.index("Software versions")]
    assert tomllib.loads(copied) == {"given": config, "resolved": {}}


def test_an_interrupted_run_is_not_said_to_be_repeated_bit_for_bit(
    run: Run, prepared: Prepared
) -> None:
    ended = replace(run, stopped="interrupted")
    text = Page(reproduction(evidence(ended, prepared, epochs=4))).text
    assert "this command repeats the run, which was interrupted, and trains it to its end" in text
    assert "bit for bit" not in text


def test_a_run_of_a_program_has_no_command_that_repeats_it(run: Run, prepared: Prepared) -> None:
    text = Page(reproduction(evidence(run, prepared))).text
    assert "chainrule train" not in text
    assert "Software versions" in text


def test_versions_and_data_are_named(run: Run, prepared: Prepared) -> None:
    rows = rows_of(reproduction(evidence(run, prepared, epochs=4)))
    assert ["chainrule", "0.1.0"] in rows
    assert ["/data/toy.csv", "1,234", "ab" * 32] in rows


def test_the_metric_of_the_run_is_what_the_report_speaks_of() -> None:
    shown = evidence_of("binary", metric="log_loss")
    assert rows_of(scores(shown))[1][0] == "log loss"
    assert "and the log loss is measured again" in importance(shown)
    assert "The validation log loss, which selected the best epoch." in learning(shown)


def test_importance_by_a_metric_that_the_rows_do_not_define_is_by_the_first_of_the_task() -> None:
    shown = evidence_of("binary", metric="roc_auc")
    rows = shown.prepared.held_out
    assert isinstance(rows, Table)
    assert rows.target is not None
    of_one_class = rows.take(rows.target.values == "yes")
    prepared = replace(shown.prepared, held_out=of_one_class)
    assert "and the accuracy is measured again" in importance(replace(shown, prepared=prepared))


def test_no_epoch_of_members_is_said_to_be_that_of_the_model() -> None:
    shown = evidence_of("binary", members=3)
    page = learning(shown)
    assert "in the mean over the 3 members" in page
    assert "which selected the best epoch of each member, was lowest" in page
    assert not any("best" in row[0] for row in rows_of(page))


def test_learning_says_what_the_drawn_metric_was_used_for(of_three_classes: Evidence) -> None:
    run = of_three_classes.run
    captions: dict[SelectionMetric, str] = {
        "loss": "The validation accuracy, for information only.",
        "accuracy": "The validation accuracy, which selected the best epoch.",
    }
    for metric, caption in captions.items():
        page = learning(replace(of_three_classes, run=replace(run, metric=metric)))
        assert caption in page
        assert ("validation loss, which selected the best epoch, was" in page) == (metric == "loss")


def test_scores_say_what_the_baseline_predicts(of_three_classes: Evidence) -> None:
    assert "always predicting the class frequencies of the training samples" in scores(
        of_three_classes
    )
