"""Files of a run whose fields were changed: refused by name, never with a traceback."""

from __future__ import annotations

import copy
import json
import random
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from safetensors import safe_open
from safetensors.torch import save_file

from chainrule.errors import InputError
from chainrule.training.model.model_file import KEY
from tests.cli.conftest import Call

VALUES: list[Any] = [None, True, -1, 1.5, 10**400, float("nan"), "x", [], [1], [None], {}, {"a": 1}]
MISSING = object()


def places(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where each value of a JSON document is."""
    yield at
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from places(value, (*at, key))


def changed(content: Any, at: tuple[Any, ...], value: Any) -> Any:
    """Return the document with another value in one place."""
    if not at:
        return None if value is MISSING else value
    whole = copy.deepcopy(content)
    node = whole
    for key in at[:-1]:
        node = node[key]
    if value is MISSING:
        del node[at[-1]]
    else:
        node[at[-1]] = value
    return whole


def changes(content: Any, count: int) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the document with another value in one place, drawn at random."""
    draw = random.Random(0)
    everywhere = [(at, value) for at in places(content) for value in (*VALUES, MISSING)]
    for at, value in draw.sample(everywhere, count):
        yield at, changed(content, at, value)


def write(name: str, content: Any) -> str:
    if name.endswith(".toml"):
        return tomli_w.dumps(content)
    if name.endswith(".jsonl"):
        return "".join(json.dumps(record) + "\n" for record in content)
    return json.dumps(content)


def read(name: str, text: str) -> Any:
    if name.endswith(".toml"):
        return tomllib.loads(text)
    return [*map(json.loads, text.splitlines())] if name.endswith(".jsonl") else json.loads(text)


@pytest.mark.parametrize(
    "name", ["config.toml", "metrics.jsonl", "test.json", "provenance.json", "findings.json"]
)
def test_a_changed_field_of_a_run_is_refused_by_name_or_does_no_harm(
    call: Call, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("chainrule.cli.report.explain", lambda *_: [])
    folder = tmp_path / "run"
    shutil.copytree(runs / "numbers", folder)
    content = read(name, (folder / name).read_text())
    for at, other in changes(content, 25):
        try:
            (folder / name).write_text(write(name, other))
        except (TypeError, AttributeError):
            continue  # no TOML or JSON lines have it
        called = call("report", folder)
        assert called.status in (0, 2), (at, other)
        assert call("runs", folder).status == 0, (at, other)
        evaluated = call("evaluate", folder, runs / "priced.csv", "--resamples", "40")
        assert evaluated.status in (0, 2), (at, other)


def test_a_changed_field_of_a_model_is_refused_with_its_file_or_does_no_harm(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    file = tmp_path / "model.safetensors"
    with safe_open(runs / "numbers" / "model.safetensors", framework="pt") as stored:
        content = json.loads(stored.metadata()[KEY])
        weights = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    refused = 0
    for at, other in changes(content, 120):
        save_file(weights, file, {KEY: json.dumps(other)})
        called = call("predict", file, runs / "priced.csv")
        assert called.status in (0, 2), (at, called.err)
        refused += called.status == 2
    assert refused > 60


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("test.json", {"baseline": 3}, "test.json: baseline: input should be a valid dictionary"),
        ("test.json", {"samples": {"training": "many"}}, "test.json: samples.training: input"),
        ("test.json", {"notes": [None]}, "test.json: notes.0: input should be a valid string"),
        ("test.json", {"stopped": "never"}, "test.json: stopped: input should be 'epochs'"),
        ("provenance.json", {"threads": "1"}, "provenance.json: threads: input should be a valid"),
        ("provenance.json", {"files": []}, "provenance.json: files: input should be a valid dict"),
    ],
)
def test_the_message_names_the_file_and_the_field(
    call: Call, runs: Path, tmp_path: Path, name: str, change: dict[str, Any], message: str
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(runs / "numbers", folder)
    file = folder / name
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    called = call("report", folder)
    assert called.status == 2
    assert message in called.err
    assert "Give another, or train again." in called.err


def test_evaluation_says_that_the_scores_of_a_damaged_run_are_not_shown(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(runs / "numbers", folder)
    (folder / "test.json").write_text("{")
    called = call("evaluate", folder, runs / "priced.csv", "--resamples", "40")
    assert called.status == 0
    assert "the test scores of the run can't be shown: test.json is not valid JSON" in called.out


def test_settings_of_operations_have_their_types(runs: Path, tmp_path: Path) -> None:
    from chainrule.training.model.model_file import load

    file = tmp_path / "model.safetensors"
    with safe_open(runs / "numbers" / "model.safetensors", framework="pt") as stored:
        content = json.loads(stored.metadata()[KEY])
        weights = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    (node, setting) = next(
        (node, setting) for node in content["graph"]["nodes"] for setting in node["settings"]
    )
    node["settings"][setting] = {"a": 1}
    save_file(weights, file, {KEY: json.dumps(content)})
    with pytest.raises(InputError, match=rf"model.safetensors: .*got {{'a': 1}} as {setting} of"):
        load(file)
