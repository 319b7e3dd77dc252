"""Options are declared once: what cannot be made from the declaration agrees with it."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

import chainrule as cr
from chainrule.cli.command_options import CheckOptions, EvaluateOptions, PredictOptions
from chainrule.cli.config import Config
from chainrule.data.read_options import ReadKwargs, ReadOptions
from chainrule.options import Options
from chainrule.training.settings.network_options import NetworkOptions
from chainrule.training.settings.settings import Settings, SettingsKwargs

PACKAGE = Path(cr.__file__).parent
# Keyword arguments of the functions that train; these options can be given as objects, too.
AS_OBJECTS = ("optimizer", "schedule", "augment")


def as_argument(annotation: Any) -> Any:
    """The type of a keyword argument: any sequence for a tuple, any mapping for a dictionary."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is None or origin is Literal:
        return annotation
    generic: Any = Union if origin is UnionType else origin
    if origin is tuple and Ellipsis in parts:
        generic, parts = Sequence, parts[:1]
    elif origin is dict:
        generic = Mapping
    return generic[tuple(as_argument(part) for part in parts)]


def arguments_of(record: type) -> dict[str, Any]:
    return {name: as_argument(hint) for name, hint in get_type_hints(record).items()}


@pytest.mark.parametrize(
    ("record", "keywords", "left_out"),
    [(Settings, SettingsKwargs, AS_OBJECTS), (ReadOptions, ReadKwargs, ())],
    ids=["settings", "read options"],
)
def test_the_keyword_arguments_are_the_options_with_their_types(
    record: type[Options], keywords: type, left_out: Sequence[str]
) -> None:
    hints = arguments_of(record)
    options = {name: hints[name] for name in record.model_fields if name not in left_out}
    assert arguments_of(keywords) == options, inspect.getsourcefile(keywords)


@pytest.mark.parametrize("function", [cr.train, cr.sweep, cr.cross_validate])
def test_every_function_that_trains_takes_them_as_objects(function: Callable[..., Any]) -> None:
    assert set(AS_OBJECTS) <= set(inspect.signature(function).parameters)


def names_used() -> set[str]:
    """All attributes that the package reads, and all texts in it, by which getattr reads some."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.glob("**/*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | {str(node.value) for node in nodes if isinstance(node, ast.Constant)}


@pytest.mark.parametrize(
    "record", [Config, CheckOptions, PredictOptions, EvaluateOptions], ids=lambda r: r.__name__
)
def test_no_option_was_forgotten_where_it_is_used(record: type[Options]) -> None:
    own = set(record.model_fields) - set(NetworkOptions.model_fields)  # those go to a network
    assert own - names_used() == set()


def test_samples_depend_on_no_option_that_trials_of_a_sweep_share_them_in() -> None:
    learning = {name for name, option in Settings.declarations().items() if option.only_learning}
    files = PACKAGE.glob("training/samples/*.py")
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    used = set(re.findall(r"\bsettings\.(\w+)", text))
    assert "split" in used
    assert used & learning == set()
