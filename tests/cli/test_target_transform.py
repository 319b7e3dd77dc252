"""--target-transform: what is learned is transformed, what is told is in the unit of the data."""

import html
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.data.preparation.targets import NumberTarget
from chainrule.training.model.model_file import load
from tests.cli.conftest import QUICK, Call, csv

RANDOM = np.random.default_rng(0)
SIZE = RANDOM.normal(size=300)
PRICE = np.exp(9 + 1.5 * SIZE + RANDOM.normal(0, 0.1, 300)).round(2)


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(csv(("size", "price"), list(zip(SIZE, PRICE, strict=True))))
    return path


@pytest.mark.parametrize("name", ["log", "yeo_johnson"])
def test_a_model_predicts_in_the_unit_of_the_data(call: Call, prices: Path, name: str) -> None:
    run = prices.with_name("run")
    options = ("--target", "price", "--target-transform", name, "--epochs", "60", "--json")
    called = call("train", prices, *options, "--out", run)
    assert called.status == 0, called.err
    result = json.loads(called.out)
    assert result["test"]["rmse"] < 0.6 * result["baseline"]["rmse"]
    assert result["baseline"]["r2"] == pytest.approx(0, abs=0.1)
    target = load(run / "model.safetensors").preparation.target
    assert isinstance(target, NumberTarget)
    assert target.transform_of_values is not None
    assert target.transform_of_values.kind == name
    predicted = call("predict", run, prices).out.splitlines()[1:]
    ratio = np.array(predicted, float) / PRICE
    assert 0.8 < np.median(ratio) < 1.25
    evaluated = json.loads(call("evaluate", run, prices, "--json", "--resamples", "40").out)
    errors = np.array(predicted, float) - PRICE
    assert evaluated["scores"]["rmse"] == pytest.approx(np.sqrt((errors**2).mean()), rel=1e-4)
    assert call("report", run).status == 0


def test_auto_chooses_by_the_validation_error_and_stores_the_choice(
    call: Call, prices: Path
) -> None:
    run = prices.with_name("run")
    options = ("--target", "price", "--target-transform", "auto", "--epochs", "160")
    called = call("train", prices, *options, "--out", run)
    assert called.status == 0, called.err
    said = " ".join(called.out.split())
    assert "note: prices.csv: target transform" in said
    assert "by the validation rmse of short trainings: none" in said
    config = tomllib.loads((run / "config.toml").read_text())
    chosen = config["given"]["target_transform"]
    assert chosen in ("none", "log", "yeo_johnson")
    assert config["resolved"]["target_transform"] == chosen
    assert f"target transform {chosen}, by" in said


def test_train_tells_the_skew_unless_a_transform_is_set(call: Call, prices: Path) -> None:
    options = ("--target", "price", *QUICK)
    plain = call("train", prices, *options, "--out", prices.with_name("a")).out
    assert "The target 'price' has the skew" in plain
    report = (prices.with_name("a") / "report.html").read_text()
    assert "The target 'price' has the skew" in html.unescape(report)
    for name in ("none", "log", "auto"):
        transform = ("--target-transform", name, "--out", prices.with_name(name))
        said = call("train", prices, *options, *transform).out
        assert "Predicts 'price'" in said
        assert "has the skew" not in said


def test_a_streamed_table_is_transformed_too(prices: Path) -> None:
    options = {"target_transform": "log", "epochs": 2, "progress": False, "seed": 0}
    run = cr.train("plain", cr.scan(prices, target="price"), **options)  # type: ignore[arg-type]
    target = run.model.preparation.target
    assert isinstance(target, NumberTarget)
    assert target.transform_of_values is not None
    assert (run.model.predict(cr.read(prices, target="price")) >= 0).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--target-transform", "sqrt"), "Known are: auto, log, none, yeo_johnson."),
        (("--target-transform", "log", "--target", "size"), "got 'log' and the target -"),
        (("--target-transform", "log", "--target", "kind"), "has classes; expected numbers"),
        (("--target-transform", "auto", "--target", "kind"), "'auto' for a target of classes"),
        (
            ("--target-transform", "auto", "--target", "price", "--split", "0.8,0,0.2"),
            "no validation samples, by which it is chosen",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    call: Call, prices: Path, options: tuple[str, ...], said: str
) -> None:
    rows = zip(SIZE, PRICE, ["ab"[n % 2] for n in range(300)], strict=True)
    prices.write_text(csv(("size", "price", "kind"), list(rows)))
    called = call("train", prices, *options, *QUICK, "--out", prices.with_name("run"))
    assert called.status == 2
    assert said in called.err


def test_folds_and_sweeps_name_their_transform(prices: Path) -> None:
    data = cr.read(prices, target="price")
    with pytest.raises(cr.InputError, match="'auto', which only a single training resolves"):
        cr.cross_validate("plain", data, target_transform="auto", progress=False)
    none, log = cr.sweep("plain", data, [{}, {"target_transform": "log"}], epochs=3, progress=False)
    assert none.run is not None
    assert log.run is not None
    assert none.run.model.preparation.target != log.run.model.preparation.target
