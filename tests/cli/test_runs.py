"""chainrule runs: a list of runs, or a comparison of several."""

import json
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from chainrule.insight.stored_run import stored_run
from tests.cli.conftest import Call


def write_run(
    folder: Path, began: int, test: dict[str, float], fingerprint: str = "", **config: Any
) -> None:
    """The folder of a finished run that began on that day of March.

    The validation scores are those of the test, a little better; the second epoch is the best.
    """
    folder.mkdir()
    history = [
        {"epoch": epoch, "training_loss": 1 / epoch, "validation_loss": loss}
        | {f"validation_{name}": score + (loss < 1) / 64 for name, score in test.items()}
        for epoch, loss in ((1, 1.0), (2, 0.5), (3, 2.0))
    ]
    defaults = {"data": "/data/toy.csv", "target": "kind", "network": "mlp", "learning_rate": 0.001}
    (folder / "config.toml").write_text(tomli_w.dumps(defaults | config))
    (folder / "metrics.jsonl").write_text("".join(json.dumps(r) + "\n" for r in history))
    result = {
        "test": test,
        "best_epoch": 2,
        "began": datetime(2025, 3, began, 12).isoformat(),
        "seconds": 1.5,
    }
    if fingerprint:
        result["fingerprints"] = {"validation": fingerprint, "test": fingerprint}
    (folder / "test.json").write_text(json.dumps(result))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs of two tasks, one that is not finished and one that is damaged."""
    inside = tmp_path / "runs"
    inside.mkdir()
    write_run(inside / "small", 1, {"accuracy": 0.75, "log_loss": 0.4})
    write_run(inside / "large", 3, {"accuracy": 0.875, "log_loss": 0.5}, learning_rate=0.01)
    write_run(inside / "prices", 2, {"rmse": 1234.5}, target="price", loss="huber")
    write_run(inside / "going", 4, {})
    (inside / "going" / "test.json").unlink()
    write_run(inside / "broken", 5, {})
    (inside / "broken" / "test.json").write_text("{")
    monkeypatch.chdir(tmp_path)
    return inside


def listed(text: str) -> list[str]:
    """The names in a list, in their order."""
    lines = [line for line in text.splitlines()[1:] if ": damaged, " not in line]
    return [line.split()[0] for line in lines]


def test_a_list_has_the_newest_first_and_what_is_not_known_last(call: Call, folder: Path) -> None:
    called = call("runs")
    assert called.status == 0
    # The unfinished one has the time of its file, which is now.
    assert listed(called.out) == ["going", "large", "prices", "small", "broken"]


def test_a_line_tells_what_was_learned_and_how_well(call: Call, folder: Path) -> None:
    out = call("runs", "runs").out
    line = next(line for line in out.splitlines() if line.startswith("large"))
    cells = re.split(r" {3,}", line)
    assert cells == [
        *("large", "2025-03-03 12:00", "toy.csv", "kind", "mlp", "3", "1.5"),
        *("accuracy", "0.8906"),
    ]


def test_each_task_is_shown_by_its_own_metric(call: Call, folder: Path) -> None:
    out = call("runs").out
    assert re.search(r"prices .* rmse +1,234\.5\n", out)
    assert re.search(r"small .* accuracy +0\.7656\n", out)


def test_unfinished_and_damaged_runs_are_listed_as_such(call: Call, folder: Path) -> None:
    out = call("runs").out
    assert re.search(r"going .* unfinished\n", out)
    assert out.endswith("broken: damaged, test.json is not valid JSON\n")


@pytest.mark.parametrize(
    ("metric", "order"),
    [("accuracy", ["large", "small"]), ("log_loss", ["small", "large"]), ("rmse", ["prices"])],
)
def test_sorted_by_a_metric_the_best_comes_first_and_who_lacks_it_last(
    call: Call, folder: Path, metric: str, order: list[str]
) -> None:
    names = listed(call("runs", "--sort", metric).out)
    assert names[: len(order)] == order
    assert set(names) == {"going", "large", "prices", "small", "broken"}


def test_a_list_neither_shows_nor_sorts_by_the_test(call: Call, folder: Path) -> None:
    file = folder / "small" / "test.json"
    result = json.loads(file.read_text())
    file.write_text(json.dumps(result | {"test": {"accuracy": 0.9375, "brier_score": 0.1}}))
    out = call("runs", "--sort", "accuracy").out
    assert listed(out)[:2] == ["large", "small"]  # as before
    assert "0.9375" not in out
    assert "test" not in out.splitlines()[0]
    assert call("runs", "--sort", "brier_score").status == 2


def test_the_rows_of_runs_are_compared_by_their_fingerprints(call: Call, folder: Path) -> None:
    for name, day, rows in (("one", 6, "ab"), ("two", 7, "ab"), ("three", 8, "cd")):
        write_run(folder / name, day, {"accuracy": 0.5}, rows, seed=day, metric="accuracy")
    same = call("runs", "runs/one", "runs/two").out
    assert "note" not in same  # another seed that gives the same rows, as of separate files
    other = call("runs", "runs/one", "runs/three").out
    for part, verb in (("validation", "validated"), ("test", "tested")):
        assert (
            f"note: the runs were {verb} on different rows, as they differ in seed: their {part} "
            "scores are not comparable\n"
        ) in other
    assert "are comparable: three; two, one\n" in call("runs").out


def test_another_content_of_the_data_is_a_note_whatever_its_name(call: Call, folder: Path) -> None:
    for day, name in enumerate(("one", "two", "moved"), start=6):
        data = "/data/toy.csv" if name != "moved" else "/data/moved.csv"
        write_run(folder / name, day, {"accuracy": 0.5}, "ab", data=data)
        marks = {data: {"bytes": 10, "sha256": "22" if name == "two" else "11"}}
        (folder / name / "provenance.json").write_text(json.dumps({"files": marks}))
    assert "as they differ in the content of the data: " in call("runs", "runs/one", "runs/two").out
    assert "note" not in call("runs", "runs/one", "runs/moved").out
    assert "are comparable: two; one\n" in call("runs").out


def test_no_score_of_a_test_that_leaks_is_shown_without_saying_so(call: Call, folder: Path) -> None:
    file = folder / "large" / "test.json"
    leak = "toy.csv: 9 of 20 rows of the test are copies of training rows"
    file.write_text(json.dumps({**json.loads(file.read_text()), "leaks": [leak]}))
    assert f"\nlarge: caution, {leak}\n" in call("runs").out
    assert f"note: large: {leak}\n" in call("runs", "runs/small", "runs/large").out


def test_a_list_as_json_has_all_of_each_run(call: Call, folder: Path) -> None:
    records = json.loads(call("runs", "--json").out)
    large = next(run for run in records if run["run"] == "runs/large")
    assert large["test"] == {"accuracy": 0.875, "log_loss": 0.5}
    assert large["config"]["given"]["learning_rate"] == 0.01
    assert (large["state"], large["began"]) == ("finished", "2025-03-03T12:00:00")


def test_a_comparison_shows_settings_that_differ_and_no_others(call: Call, folder: Path) -> None:
    out = call("runs", "runs/small", "runs/large").out
    assert re.search(r"\nlearning_rate +0\.001 +0\.01\n", out)
    assert "network" not in out
    assert re.search(r"\nvalidation accuracy +0\.7656 +0\.8906\n", out)
    assert re.search(r"\ntest accuracy +0\.7500 +0\.8750\n", out)
    assert out.index("validation accuracy") < out.index("test accuracy")
    assert "Choose a run by its validation scores" in out
    assert "note:" not in out


def test_scores_of_different_tests_are_warned_of_and_never_in_one_line(
    call: Call, folder: Path
) -> None:
    out = call("runs", "runs/small", "runs/prices").out
    assert "note: the runs may have been tested on different rows, as they differ in target:" in out
    assert re.search(r"\ntest accuracy +0\.7500\n", out)
    assert re.search(r"\ntest rmse +1,234\.5\n", out)


def test_runs_without_scores_have_a_note_in_a_comparison(call: Call, folder: Path) -> None:
    called = call("runs", "runs/small", "runs/going", "runs/broken")
    assert called.status == 0
    assert "note: going: unfinished\nnote: broken: test.json is not valid JSON\n" in called.out


def test_a_comparison_as_json_is_in_the_order_of_the_runs(call: Call, folder: Path) -> None:
    records = json.loads(call("runs", "runs/large", "runs/small", "--json").out)
    assert records["runs"] == ["runs/large", "runs/small"]
    assert records["test"] == {"accuracy": [0.875, 0.75], "log_loss": [0.5, 0.4]}
    assert records["settings"] == {"learning_rate": [0.01, 0.001]}


def test_a_comparison_of_equal_runs_says_so(call: Call, folder: Path) -> None:
    shutil.copytree("runs/small", "runs/again")
    assert "All settings are the same." in call("runs", "runs/small", "runs/again").out


def test_curves_are_drawn_into_one_picture(call: Call, folder: Path) -> None:
    called = call("runs", "runs/small", "runs/large", "--out", "compared.svg")
    assert called.out.endswith("curves   compared.svg\n")
    assert Path("compared.svg").read_text().count('<g id="axes_') == 2  # loss and accuracy


def test_a_real_run_is_listed(call: Call, runs: Path) -> None:
    out = call("runs", runs / "numbers").out
    run = stored_run(runs / "numbers")
    score = run.validation["rmse"]
    best = min(run.history, key=lambda record: record["validation_loss"])
    assert score == best["validation_rmse"]
    assert re.search(rf"numbers .* priced\.csv +price .* rmse +{score:.4f}\n", out)


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (("nowhere",), ("does not exist", "expected a folder of runs", "chainrule train")),
        (("empty",), ("without a run", "expected a folder of runs", "Name another")),
        (("--sort", "acuracy"), ("'acuracy' is not known", "Did you mean 'accuracy'?", "rmse")),
        (("--out", "x.svg"), ("for a list of runs", "expected it for a comparison", "runs/B")),
        (
            ("runs/small", "runs/large", "--sort", "accuracy"),
            ("for a comparison", "expected it for a list", "Leave it out"),
        ),
        (
            ("runs/small", "runs/large", "--out", "x.txt"),
            ("got x.txt", "expected a name that ends in", "compared.svg"),
        ),
        (
            ("runs/small", "runs/large", "--out", "no/x.svg"),
            ("does not exist", "expected a file", "Make the folder no"),
        ),
        (
            ("runs/small", "runs/new", "--out", "x.svg"),
            ("without a curve in common (small, new)", "expected runs of one task", "others"),
        ),
    ],
    ids=lambda value: " ".join(value),
)
def test_invalid_input_is_refused_with_status_2(
    call: Call, folder: Path, arguments: tuple[str, ...], fragments: tuple[str, ...]
) -> None:
    Path("empty").mkdir()
    write_run(folder / "new", 6, {"accuracy": 0.5})
    (folder / "new" / "metrics.jsonl").unlink()
    called = call("runs", *arguments)
    assert called.status == 2
    assert called.out == ""
    for fragment in fragments:
        assert fragment in called.err


def test_a_list_does_not_wait_for_pytorch(folder: Path) -> None:
    script = (
        "import sys\nfrom chainrule.cli import main\nsys.argv = ['chainrule', 'runs']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    status = end.code\n"
        "assert 'torch' not in sys.modules\nsys.exit(status)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
