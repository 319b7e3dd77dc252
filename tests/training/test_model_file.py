"""Model files: a model comes back as it was, and what is damaged is refused."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

import chainrule as cr
from chainrule.data.dataset import Images
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.model.model import Model
from chainrule.training.model.model_file import KEY, VERSION, load, save
from tests.training import toys

Damage = Callable[[dict[str, Any]], object]

HOMES = "zip,size,kind\n" + "".join(f"{i % 5},{i},{'01' if i % 2 else '1'}\n" for i in range(40))


@pytest.fixture(scope="module")
def model() -> Model:
    return toys.run("classification", epochs=2).model


@pytest.fixture
def path(model: Model, tmp_path: Path) -> Path:
    """A model file."""
    path = tmp_path / "model.safetensors"
    save(model, path)
    return path


def content_of(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    with safe_open(path, framework="pt") as file:
        names = file.keys()
        return json.loads(file.metadata()[KEY]), {name: file.get_tensor(name) for name in names}


def rewrite(path: Path, content: object, weights: dict[str, Tensor]) -> None:
    save_file(weights, path, {KEY: json.dumps(content)})


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}: ")
    return str(error.value)


@pytest.mark.parametrize("task", toys.TASKS)
def test_a_loaded_model_predicts_the_same_bit_for_bit(task: Task, tmp_path: Path) -> None:
    model = toys.run(task, epochs=2).model
    save(model, tmp_path / "model.safetensors")
    loaded = load(tmp_path / "model.safetensors")
    data = toys.table(task, seed=7)
    assert loaded.predict(data).equal(model.predict(data))
    assert toys.scores(loaded, data) == toys.scores(model, data)
    assert loaded.preparation == model.preparation


def test_weights_are_found_by_name_by_any_reader_of_safetensors(model: Model, path: Path) -> None:
    _, weights = content_of(path)
    assert sorted(weights) == ["dense_1.bias", "dense_1.weights", "dense_2.bias", "dense_2.weights"]
    for name, value in weights.items():
        assert value.equal(model.parameters.values[name])


def test_the_file_is_a_header_of_json_and_then_numbers_alone(model: Model, path: Path) -> None:
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    assert header["__metadata__"].keys() == {KEY}
    assert len(raw) == 8 + length + 4 * model.parameters.count


def test_the_file_has_its_version_the_graph_and_the_preparation(path: Path) -> None:
    content, _ = content_of(path)
    assert content.keys() == {"version", "chainrule", "members", "graph", "preparation"}
    assert (content["version"], content["chainrule"]) == (VERSION, cr.__version__)
    assert content["members"] is None


def test_saving_again_replaces_the_file(model: Model, path: Path) -> None:
    other = toys.run("classification", epochs=1, seed=5).model
    save(other, path)
    assert load(path).parameters.weights.equal(other.parameters.weights)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path / "none.safetensors")
    assert "got no such file, expected a model that" in message


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    assert "got no such file" in refusal(tmp_path)


@pytest.mark.parametrize("share", [0, 0.001, 0.3, 0.7, 0.99])
def test_a_truncated_file_is_refused(path: Path, share: float) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: int(share * len(raw))])
    assert "got a file that is not a model of chainrule or is damaged, expected a" in refusal(path)


@pytest.mark.parametrize(
    "raw",
    [
        b"a,b,c\n1,2,3\n",
        b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00.",  # as a pickle begins
        b"PK\x03\x04" + bytes(60),  # as a file of torch.save begins
        struct.pack("<Q", 2**62) + b"{}",  # a header longer than the file
    ],
    ids=["text", "pickle", "zip", "oversized"],
)
def test_a_file_of_another_kind_is_refused(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    assert "a file that is not a model of chainrule" in refusal(path)


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {"format": "pt"},
        {KEY: "no json"},
        {KEY: "[1, 2]"},
        {KEY: "null"},
        {KEY: "[" * 100_000},
    ],
    ids=["none", "another's", "no json", "list", "null", "deep"],
)
def test_safetensors_of_another_program_are_refused(
    path: Path, metadata: dict[str, str] | None
) -> None:
    save_file({"w": torch.zeros(2)}, path, metadata)
    assert "a file that is not a model of chainrule" in refusal(path)


@pytest.mark.parametrize("version", [VERSION + 1, 1, None, "5", True])
def test_another_version_is_refused(path: Path, version: object) -> None:
    content, weights = content_of(path)
    del content["chainrule"]
    rewrite(path, content | {"version": version}, weights)
    message = refusal(path)
    assert (
        f"it has version {version}, and chainrule {cr.__version__} reads the versions 2, 3, 4, 5."
        in (message)
    )
    assert "Use the chainrule that wrote it, or train the model again." in message


def test_a_file_of_a_later_version_is_refused_with_the_chainrule_that_wrote_it(path: Path) -> None:
    content, weights = content_of(path)
    rewrite(path, content | {"version": VERSION + 1, "chainrule": "9.1.0"}, weights)
    assert "Use chainrule 9.1.0, which wrote it, or train the model again." in refusal(path)


def as_before_version_4(path: Path) -> None:
    """Rewrite a file as it was before there were read options in it."""
    content, weights = content_of(path)
    for name in ("read_options", "sample_weight"):
        del content["preparation"][name]
    members = {} if content["members"] is None else {"members": content["members"]}
    old = {name: content[name] for name in ("graph", "preparation")}
    rewrite(path, {"version": 3 if members else 2, **members, **old}, weights)


def test_a_file_of_version_4_has_no_column_of_sample_weights(path: Path) -> None:
    content, weights = content_of(path)
    del content["preparation"]["sample_weight"]
    rewrite(path, content | {"version": 4}, weights)
    assert load(path).preparation.sample_weight is None


def test_a_number_of_version_4_has_no_transform(tmp_path: Path) -> None:
    data = toys.table("regression")
    model = cr.train(cr.Network(cr.Dense(1)), data, epochs=1, progress=False).model
    path = tmp_path / "model.safetensors"
    save(model, path)
    content, weights = content_of(path)
    for name in ("transform", "mean"):
        del content["preparation"]["target"][name]
    del content["preparation"]["sample_weight"]
    rewrite(path, content | {"version": 4}, weights)
    loaded = load(path)
    assert loaded.preparation.target == model.preparation.target
    assert loaded.predict(data).equal(model.predict(data))


@pytest.mark.parametrize("members", [1, 2])
def test_an_old_file_is_read_and_its_read_options_follow_from_its_columns(
    tmp_path: Path, members: int
) -> None:
    (tmp_path / "homes.csv").write_text(HOMES)
    options: Any = {"target": "kind", "categorical": ["zip", "kind"], "missing": ["-9"]}
    data = cr.read(tmp_path / "homes.csv", **options)
    network = cr.Network(cr.Dense(1))
    model = cr.train(network, data, members=members, epochs=1, progress=False).model
    path = tmp_path / "model.safetensors"
    save(model, path)
    as_before_version_4(path)
    loaded = load(path)
    assert loaded.preparation.read_options == ReadOptions(
        target="kind", columns=("zip", "size"), categorical=("zip", "kind")
    )
    assert loaded.predict(data).equal(model.predict(data))


def test_the_shape_of_pictures_follows_from_the_pixels_of_an_old_file(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 4, 6), dtype=np.uint8)
    classes = np.array(["light", "dark"] * 20, np.object_)
    data = Images("pictures", pixels, Column("class", classes))
    network = cr.Network(cr.Flatten(), cr.Dense(1))
    path = tmp_path / "model.safetensors"
    save(cr.train(network, data, epochs=1, progress=False).model, path)
    as_before_version_4(path)
    assert load(path).preparation.read_options == ReadOptions(picture_shape=(4, 6))


TWO_CLASSES = {"classes": ["a", "b"], "counts": [35, 35]}


def read_by(content: dict[str, Any], option: str, value: object) -> None:
    content["preparation"]["read_options"][option] = value


DAMAGES: list[tuple[str, Damage]] = [
    ("graph", lambda content: content.pop("graph")),
    ("preparation", lambda content: content.pop("preparation")),
    ("exec", lambda content: content["graph"]["nodes"][0].update(operation="exec")),
    ("code", lambda content: content["graph"].update(code="import os")),
    ("linear got", lambda content: content["graph"]["parameters"][0].update(shape=[8, 4])),
    ("unknown extra", lambda content: content["preparation"].update(extra=1)),
    ("task", lambda content: content["preparation"].update(task="guess")),
    ("'x': '(batch, 2)'", lambda content: content["preparation"]["inputs"].pop()),
    ("prediction", lambda content: content["graph"]["outputs"].pop("prediction")),
    ("'loss': '()'", lambda content: content["graph"]["outputs"].update(loss="losses")),
    ("(batch, 2)", lambda content: content["preparation"]["target"].update(TWO_CLASSES)),
    ("no read_options", lambda content: content["preparation"].pop("read_options")),
    ("got [] as read_options", lambda content: content["preparation"].update(read_options=[])),
    *(
        (f"read_options: {message}", partial(read_by, option=option, value=value))
        for option, value, message in (
            ("exec", "import os", "exec: got an option that is not known."),
            ("decimal", ";", "decimal: got ';', expected a point or a comma"),
            ("missing", 3, "missing: got 3, expected texts"),
            ("columns", "a", "columns: got 'a', expected names of columns"),
            ("role", ["a=guess"], "role: the role of 'a', 'guess' is not known."),
            ("role", 3, "role: got '3', expected a column and its role"),
            ("picture_shape", [0.5], "picture_shape: got [0.5], expected a height, a width"),
        )
    ),
]


@pytest.mark.parametrize(("reason", "damage"), DAMAGES, ids=[reason for reason, _ in DAMAGES])
def test_a_damaged_description_is_refused(path: Path, reason: str, damage: Damage) -> None:
    content, weights = content_of(path)
    damage(content)
    rewrite(path, content, weights)
    message = refusal(path)
    assert "this model can't be used: " in message
    assert reason in message


@pytest.mark.parametrize(
    ("name", "weights"),
    [("dense_1.weights", torch.zeros(8, 4)), ("dense_1.bias", None), ("more", torch.zeros(1))],
    ids=["wrong shape", "missing", "too many"],
)
def test_weights_that_do_not_fit_the_graph_are_refused(
    path: Path, name: str, weights: Tensor | None
) -> None:
    content, stored = content_of(path)
    stored.pop(name, None)
    rewrite(path, content, stored if weights is None else stored | {name: weights})
    message = refusal(path)
    assert "These weights do not fit the network" in message
    assert name in message


def test_weights_that_the_file_only_pretends_to_have_cost_no_memory(path: Path) -> None:
    content, stored = content_of(path)
    huge = 10**12
    hidden, last = content["graph"]["parameters"][:2], content["graph"]["parameters"][2]
    hidden[0]["shape"][0] = hidden[1]["shape"][0] = last["shape"][1] = huge
    rewrite(path, content, stored)
    assert f"'dense_1.bias': ({huge},)" in refusal(path)


def test_a_model_can_be_pickled(tmp_path: Path) -> None:
    model = toys.run("classification", epochs=1, members=2).model
    again = pickle.loads(pickle.dumps(model))
    rows = toys.table("classification")
    assert again.predict(rows).equal(model.predict(rows))
    assert again.parameters.everything.data_ptr() != model.parameters.everything.data_ptr()
