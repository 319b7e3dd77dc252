"""chainrule check: the chain rule against the numerical derivative, and an exit status."""

from pathlib import Path

import pytest

from tests.cli.conftest import Call

SMALL = ("check", "--inputs", "5", "--layers", "4", "--coordinates", "3")


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--outputs", "1"),
        ("--outputs", "2"),
        ("--batch-size", "3"),
        ("--layers", "", "--coordinates", "0"),
        ("--activation", "tanh", "--initialiser", "gaussian", "--seed", "7"),
    ],
    ids=" ".join,
)
def test_every_parameter_is_listed_with_its_error_and_is_right(
    call: Call, options: tuple[str, ...]
) -> None:
    called = call(*SMALL, *options)
    assert called.status == 0
    assert called.out.startswith("Network(")
    assert "ok" in called.out
    assert "WRONG" not in called.out


@pytest.mark.parametrize("error", [1e-3, float("nan")])
def test_a_wrong_chain_rule_is_status_1(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: float
) -> None:
    monkeypatch.setattr("chainrule.cli.check.check_gradients", lambda *_, **__: {"w": error})
    called = call(*SMALL)
    assert called.status == 1
    assert "WRONG" in called.out


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
