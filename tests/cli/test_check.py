"""chainrule check: the chain rule against the numerical derivative, and an exit status."""

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
