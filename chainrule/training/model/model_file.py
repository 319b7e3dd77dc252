"""Model files: safetensors, with the graph and the preparation as JSON in the header.

Any reader of safetensors finds the weights by name; nothing is pickled, and loading runs no code
of the file's.
"""

import copy
import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from chainrule import durable
from chainrule.data.preparation import Preparation
from chainrule.errors import InputError, check_type
from chainrule.graph import json as graph_json
from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH, show
from chainrule.ops.torch_module import FlatModule
from chainrule.plan import Parameters
from chainrule.plan.parameters import shapes_of
from chainrule.training.model.model import HasModel, Model, model_of
from chainrule.training.objective.objective import outputs_for
from chainrule.version import __version__

# Under this key of the header is a description of the model, apart from its weights.
KEY = "chainrule.model"
VERSION = 5
# Files of version 4 have neither the column of sample weights, the transform of the target nor the
# forms of dates, but their order of day and month; those before version 4 do not have the read
# options of the training data, either. Those of one network have version 2, those of members, whose
# weights have an axis of them in front, version 3.
ONE_NETWORK, SEVERAL_MEMBERS, WITHOUT_SAMPLE_WEIGHT = 2, 3, 4
READABLE = (ONE_NETWORK, SEVERAL_MEMBERS, WITHOUT_SAMPLE_WEIGHT, VERSION)
ABSENT = {
    ONE_NETWORK: ("read_options", "sample_weight"),
    SEVERAL_MEMBERS: ("read_options", "sample_weight"),
    WITHOUT_SAMPLE_WEIGHT: ("sample_weight",),
    VERSION: (),
}


def save(model: Model | HasModel, path: str | Path) -> None:
    """Write a model, or that of a fitted estimator, into one file; `load` reads it.

    The file is written as a whole or not at all.
    Args:
        model: the model.
        path: path of the file.
    Raises:
        InputError: the estimator predicts several numbers or labels of a sample.
    """
    model = model_of(model)
    check_type("save", "path", path, (str, PathLike), "the path of a file")
    content = {
        "version": VERSION,
        "chainrule": __version__,
        "members": model.parameters.members,
        "graph": graph_json.as_json(model.graph),
        "preparation": model.preparation.as_json(),
    }
    weights = {name: value.clone() for name, value in model.parameters.values.items()}
    metadata = {KEY: json.dumps(content, allow_nan=False)}
    durable.write_with(Path(path), lambda file: save_file(weights, file, metadata))


def load(path: str | Path, *, modules: Mapping[str, nn.Module] | None = None) -> Model:
    """Load a model that `save` wrote.

    Args:
        path: path of the file.
        modules: for each TorchModule of the network, by the name of the layer, a module of the same
            architecture; the weights come from the file. A file contains no code.
    Raises:
        InputError: the file does not exist, is not a model or is damaged; or a module is missing.
    """
    check_type("load", "path", path, (str, PathLike), "the path of a file")
    check_type("load", "modules", modules, Mapping | None, "modules by the names of their layers")
    flat = {name: FlatModule(copy.deepcopy(module)) for name, module in (modules or {}).items()}
    content, weights = _content(Path(path))
    try:
        version = _version(content)
        members = _members(content, version)
        graph = graph_json.from_json(content.get("graph"), flat)
        preparation = Preparation.from_json(content.get("preparation"), without=ABSENT[version])
        _check_fit(graph, preparation)
        lead = () if members is None else (members,)
        shapes = {name: (*lead, *shape) for name, shape in shapes_of(graph).items()}
        stored = {name: tuple(weight.shape) for name, weight in weights.items()}
        if stored != shapes:  # checked before memory of these shapes is allocated
            raise InputError(
                f"These weights do not fit the network: it needs {shapes}, the file has {stored}."
            )
        parameters = Parameters.zeros(graph, members=members)
        parameters.load(weights)
    except InputError as error:
        raise InputError(f"{path}: this model can't be used: {error}") from None
    return Model(graph, parameters, preparation)


def _version(content: Mapping[str, Any]) -> int:
    """Return the version of a file. Raises InputError: this chainrule can't read it."""
    version, writer = content.get("version"), content.get("chainrule")
    if type(version) is int and version in READABLE:
        return version
    known = f"chainrule {writer}, which wrote it" if isinstance(writer, str) else ""
    raise InputError(
        f"it has version {version}, and chainrule {__version__} reads the versions "
        f"{', '.join(map(str, READABLE))}. Use {known or 'the chainrule that wrote it'}, or train "
        "the model again."
    )


def _members(content: Mapping[str, Any], version: int) -> int | None:
    """Return the number of members; None for one network."""
    members = content.get("members")
    if version == ONE_NETWORK or (version != SEVERAL_MEMBERS and members is None):
        return None
    if type(members) is not int or members < 1:
        raise InputError(f"it has {members} members, expected a whole number of at least 1.")
    return members


def _check_fit(graph: Graph, preparation: Preparation) -> None:
    outputs = outputs_for(preparation.task, len(preparation.class_names))
    actual = {n: show(v.shape) for n, v in [*graph.inputs.items(), *graph.outputs.items()]}
    per_output = show((BATCH, outputs))
    has_indices = preparation.task == "classification" and actual.get("t") != per_output
    expected = {
        "x": show((BATCH, *preparation.feature_shape)),
        "t": show((BATCH,)) if has_indices else per_output,
        "loss": show(()),
        "prediction": per_output,
    }
    # Inputs of training alone: the key of random numbers, and sample weights.
    optional = {"key": show(()), "weights": show((BATCH,))}
    expected |= {name: shape for name, shape in optional.items() if name in actual}
    if actual != expected:
        raise InputError(f"its graph has {actual}, but its preparation needs {expected}.")


def _content(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    if not path.is_file():
        raise InputError(
            f"{path}: got no such file, expected a model that `chainrule train` "
            "wrote. Give one, such as runs/.../model.safetensors."
        )
    try:
        with safe_open(path, framework="pt") as file:
            content = json.loads((file.metadata() or {})[KEY])
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if not isinstance(content, dict):
            raise ValueError("a record was expected")
    except (SafetensorError, KeyError, ValueError, RecursionError):
        raise InputError(
            f"{path}: got a file that is not a model of chainrule or is damaged, expected a "
            "model.safetensors that `chainrule train` wrote."
        ) from None
    return content, weights
