"""Every example runs, in its short mode, draws its picture, and finds what its chapter says."""

import importlib.util
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import matplotlib as mpl
import matplotlib.image
import pytest

FOLDER = Path(__file__).parent.parent / "examples"
SCRIPTS = sorted(FOLDER.glob("[0-9][0-9]_*.py"))

Figures = dict[str, float]


def cures(cure: str, figures: Figures) -> bool:
    """Whether the gradient neither vanishes nor explodes, and something is learned."""
    return (
        figures[f"{cure}, smallest ratio"] > 0.1
        and figures[f"{cure}, largest ratio"] < 10
        and figures[f"{cure}, accuracy"] > 0.5
    )


# What each chapter claims of its figures, as far as it holds in short mode too.
CLAIMS: dict[str, dict[str, Callable[[Figures], bool]]] = {
    "01_numerical_derivative": {
        "both give one gradient in float64": lambda f: f["float64_error"] < 1e-8,
        "float32 is too coarse": lambda f: f["float32_error"] > 1000 * f["float64_error"],
        "too wide is wrong": lambda f: f["error_at_widest"] > 1000 * f["float64_error"],
        "the best width is near 1e-5": lambda f: 1e-6 < f["float64_width"] < 1e-4,
    },
    "02_batch_sizes": {
        "fewer samples a step come down sooner": lambda f: (
            f["stochastic_samples_to_10_percent"]
            < f["mini-batch_samples_to_10_percent"]
            < f["batch_samples_to_10_percent"]
        ),
        "single samples never rest": lambda f: f["stochastic_final_excess"] > 0.03,
        "mini-batches come to rest": lambda f: f["mini-batch_final_excess"] < 0.01,
    },
    "03_optimizers": {
        "scaled coordinates are faster on the bowl": lambda f: all(
            f[f"bowl_{name}"] < f["bowl_gradient_descent"]
            for name in ("adagrad", "adam", "nadam", "rmsprop")
        ),
        "memory is faster on the banana": lambda f: all(
            f[f"banana_{name}"] < f["banana_gradient_descent"]
            for name in ("adam", "lion", "momentum", "nadam", "nesterov", "rmsprop")
        ),
    },
    "04_learning_rates": {
        "too small gets nowhere": lambda f: f["smallest_rate"] > 10 * f["lowest"],
        "too large diverges": lambda f: f["largest_rate"] == math.inf,
        "the proposed one is good": lambda f: f["proposed"] < 2 * f["lowest"],
    },
    "05_initialisers": {
        "small weights let signals fade": lambda f: f["tanh_gaussian"] < 1e-6,
        "large weights saturate tanh": lambda f: f["tanh_gaussian_large"] > 0.9,
        "large weights make relu explode": lambda f: f["relu_gaussian_large"] > 1e6,
        "xavier suits tanh": lambda f: 0.1 < f["tanh_xavier"] < 0.5,
        "xavier fades under relu": lambda f: f["relu_xavier"] < 0.05,
        "he suits relu": lambda f: 0.2 < f["relu_he"] < 2,
        "normal or uniform is all one": lambda f: 0.8 < f["relu_he"] / f["relu_he_uniform"] < 1.25,
        "zeros pass nothing": lambda f: f["tanh_zeros"] == f["relu_zeros"] == 0,
    },
    "06_vanishing_gradients": {
        "the gradient vanishes under sigmoid": lambda f: f["sigmoid, largest ratio"] < 1e-6,
        "and nothing is learned": lambda f: f["sigmoid, accuracy"] < 0.2,
        **{
            f"{cure} cures it": partial(cures, cure)
            for cure in ("relu", "batch normalisation", "residual")
        },
    },
    "07_exploding_gradients": {
        "gain 3 makes gradients explode": lambda f: f["growth at gain 3"] > 1e5,
        "gain 1 does not": lambda f: f["growth at gain 1"] < 10,
        "clipping helps": lambda f: f["last loss, clipped to 1"] < f["last loss, without clipping"],
    },
    "08_overfitting": {
        "even wrong labels are learned": lambda f: f["training loss, 30 wrong labels"] < 0.1,
        "memorised samples do not generalise": lambda f: all(
            f[f"test loss, {labels}"] > 5 * f[f"training loss, {labels}"]
            for labels in ("right labels", "30 wrong labels")
        ),
        "wrong labels cost accuracy": lambda f: (
            f["plain, 30 wrong labels"] < f["plain, right labels"] - 0.02
        ),
        "dropout resists them": lambda f: (
            f["dropout, 30 wrong labels"] > f["plain, 30 wrong labels"]
        ),
    },
    "09_accuracy_is_no_loss": {
        "accuracy is a staircase": lambda f: 5 < f["accuracy_values"] < 100,
        "without a slope": lambda f: f["accuracy_flat"] > 0.97,
        "the loss has one everywhere": lambda f: f["loss_flat"] == 0,
        "the loss falls while accuracy stands still": lambda f: (
            f["standstill"] >= 10 and f["loss_after"] < 0.9 * f["loss_before"]
        ),
    },
    "10_linear_and_mlp": {
        "a line divides no spirals": lambda f: f["spirals, linear"] < 0.75,
        "a line does not solve XOR": lambda f: f["XOR, linear"] < 0.8,
        "hidden layers do both": lambda f: min(f["spirals, MLP"], f["XOR, MLP"]) > 0.97,
        "the perceptron rule solves AND": lambda f: f["AND: epochs with mistakes"] < 20,
        "and XOR never": lambda f: f["XOR: epochs with mistakes"] == 40,
    },
    "11_whitening": {
        "centring leaves the shape": lambda f: math.isclose(
            f["condition, centred"], f["condition, as given"], rel_tol=1e-4
        ),
        "turning leaves it too": lambda f: math.isclose(
            f["condition, PCA"], f["condition, standardised"], rel_tol=1e-4
        ),
        "whitening makes a circle": lambda f: (
            f["condition, PCA whitening"] < 1.5 and f["condition, ZCA whitening"] < 1.5
        ),
        "half of the components do": lambda f: f["components"] < 32,
        "whitened neighbours differ": lambda f: (
            abs(f["correlation of neighbours, ZCA"]) < f["correlation of neighbours"] / 2
        ),
    },
    "12_augmentation": {
        "a digit turned a little is a digit still": lambda f: (
            f["still right, rotate:10"] > f["still right, none"] - 0.05
        ),
        "a mirrored or far turned one may not be": lambda f: (
            max(f["still right, flip"], f["still right, rotate:45"]) < f["still right, none"] - 0.15
        ),
        "learning from them costs accuracy": lambda f: (
            max(f["learned, flip"], f["learned, rotate:45"]) < f["learned, rotate:10"]
        ),
    },
}


@pytest.fixture
def as_python_runs_scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The modules beside a script can be imported; and the look of its picture ends with it."""
    monkeypatch.syspath_prepend(FOLDER)
    with mpl.rc_context():
        yield


@pytest.mark.usefixtures("as_python_runs_scripts")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_an_example_draws_its_picture_and_finds_what_it_claims(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = _loaded(script).main(True, tmp_path)
    refuted = [claim for claim, holds in CLAIMS[script.stem].items() if not holds(figures)]
    assert not refuted, figures
    assert "FINDING" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == [f"{script.stem}.png"]
    assert not _is_blank(tmp_path / f"{script.stem}.png")


def test_every_example_has_claims() -> None:
    assert CLAIMS.keys() == {script.stem for script in SCRIPTS}


def test_an_example_runs_from_the_command_line(tmp_path: Path) -> None:
    command: list[str | Path] = [
        sys.executable,
        "-W",
        "error",
        SCRIPTS[0],
        "--short",
        "--out",
        tmp_path / "new",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("FINDING")
    assert (tmp_path / "new" / f"{SCRIPTS[0].stem}.png").is_file()


def _loaded(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{script.stem}", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _is_blank(picture: Path) -> bool:
    """Whether nothing is drawn: empty axes alone have a deviation of 0.077."""
    return bool(mpl.image.imread(picture).std() < 0.085)
