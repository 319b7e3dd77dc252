"""chainrule demo: two real data sets, learned in front of one's eyes."""

from pathlib import Path

import pytest

from chainrule.cli.config import Config, load_config
from tests.cli.conftest import Call


def test_the_demo_shows_its_commands_and_leaves_data_and_runs(
    call: Call, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quickly(values: dict[str, object], file: Path | None) -> Config:
        return load_config({**values, "epochs": "2", "layers": "8"}, file)

    monkeypatch.setattr("chainrule.cli.demo.load_config", quickly)
    called = call("demo", "--out", "two words")
    assert called.status == 0
    assert "$ chainrule train 'two words/penguins.csv' --target species --out" in called.out
    assert "$ chainrule train 'two words/digits.csv' --target digit --out" in called.out
    assert called.out.count("Trained for") == 2
    assert "chainrule predict 'two words/penguins-" in called.out
    folder = files / "two words"
    assert {path.name.split("-")[0] for path in folder.iterdir()} == {
        "penguins.csv",
        "penguins",
        "digits.csv",
        "digits",
    }
    assert len(list(folder.glob("*/report.html"))) == 2
