"""chainrule check: the chain rule against the numerical derivative, and an exit status."""

from pathlib import Path

import pytest

from chainrule.networks import NETWORKS
from chainrule.numeric import GradientError
from tests.cli.conftest import Call

SMALL = ("check", "--inputs", "5", "--layers", "4", "--coordinates", "3")


@pytest.mark.parametrize(
    "options",
    [
        SMALL,
        (*SMALL, "--outputs", "1"),
        (*SMALL, "--outputs", "2"),
        (*SMALL, "--batch-size", "3"),
        ("check", "--inputs", "5", "--layers", "", "--coordinates", "0"),
        (*SMALL, "--activation", "tanh", "--initialiser", "gaussian", "--seed", "7"),
    ],
    ids=" ".join,
)
def test_every_parameter_is_listed_with_its_error_and_is_right(
    call: Call, options: tuple[str, ...]
) -> None:
    called = call(*options)
    assert called.status == 0
    assert called.out.startswith("Network(")
    assert "ok" in called.out
    assert "WRONG" not in called.out


@pytest.mark.parametrize("error", [1e-3, float("inf")])
def test_a_wrong_chain_rule_is_status_1(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: float
) -> None:
    wrong = {"w": GradientError(error, compared=(0, 1), unmeasured=())}
    monkeypatch.setattr("chainrule.cli.check.gradient_errors_of", lambda *_, **__: wrong)
    called = call(*SMALL)
    assert called.status == 1
    assert "WRONG" in called.out


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_is_checked_without_the_shape_of_its_samples(
    call: Call, network: str
) -> None:
    small = {"cnn": ("--filters", "2", "--layers", "4"), "resnet": ("--filters", "2")}
    small |= {"residual_mlp": ("--units", "4", "--blocks", "1")}
    small |= {"linear": (), "perceptron": ("--outputs", "1")}
    options = small.get(network, ("--layers", "4"))
    called = call("check", "--network", network, "--coordinates", "1", *options)
    assert called.status == 0
    assert "ok" in called.out
    assert "WRONG" not in called.out


def test_a_bias_in_front_of_batch_normalisation_is_said_to_be_unchecked(call: Call) -> None:
    called = call("check", "--network", "residual_mlp", "--units", "4", "--blocks", "1")
    assert called.status == 0
    (bias,) = (line.split() for line in called.out.splitlines() if line.startswith("dense_1.bias"))
    assert bias[1:] == ["0", "of", "4", "-", "not", "checked"]
    assert "gradients are zero" in called.out


@pytest.mark.parametrize("network", ["cnn", "resnet"])
def test_networks_for_pictures_are_checked_on_pictures(call: Call, network: str) -> None:
    small = ("--filters", "2,3", "--coordinates", "2", "--batch-size", "3")
    blocks = ("--blocks", "1") if network == "resnet" else ("--layers", "4")
    called = call("check", "--network", network, "--inputs", "8x8", *small, *blocks)
    assert called.status == 0
    assert "8 x 8 inputs" in called.out
    assert "WRONG" not in called.out


@pytest.mark.parametrize("network", ["rnn", "lstm", "gru"])
def test_recurrent_networks_are_checked_on_sequences(call: Call, network: str) -> None:
    called = call("check", "--network", network, "--inputs", "4x3", "--layers", "5")
    assert called.status == 0
    assert f"{network}_1.state_weights" in called.out
    assert "WRONG" not in called.out


@pytest.mark.parametrize("inputs", ["0", "8x", "8xx8", "wide"])
def test_inputs_that_are_no_lengths_are_refused(call: Call, inputs: str) -> None:
    called = call("check", "--inputs", inputs)
    assert called.status == 2
    assert (
        f"--inputs: got '{inputs}', expected a whole number of features, or height x" in called.err
    )
    assert "such as 20 or 8x8." in called.err


def test_the_graph_is_drawn_into_a_file(call: Call, tmp_path: Path) -> None:
    called = call(*SMALL, "--draw", str(tmp_path / "graph.dot"))
    assert called.status == 0
    drawn = (tmp_path / "graph.dot").read_text()
    assert '"dense_1.weights" [shape=box' in drawn
    assert '"output loss"' in drawn


def test_a_picture_without_graphviz_is_refused_with_a_remedy(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    called = call(*SMALL, "--draw", str(tmp_path / "graph.svg"))
    assert called.status == 2
    assert "Install Graphviz, or draw it into a file that ends with .dot, as text." in called.err
