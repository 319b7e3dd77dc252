"""Graphs as JSON for model files: a closed schema, checked by the shape rules when read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeGuard, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import Operation, Type, create, operation_kind, settings_of

# Key of the placeholder for a setting that JSON cannot hold; its value is the name of the output.
PLACEHOLDER = "given"


_SETTINGS = ConfigDict(strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Value(_Record):
    name: str
    shape: list[Annotated[int, Field(ge=0)] | Literal["batch"]]
    type: Type = "number"


class _Node(_Record):
    operation: str
    settings: dict[str, Any]
    inputs: list[str]
    output: str


class _Graph(_Record):
    inputs: list[_Value]
    parameters: list[_Value]
    states: list[_Value] = []
    nodes: list[_Node]
    outputs: dict[str, str]


def as_json(graph: Graph) -> dict[str, Any]:
    """Return the graph as dictionaries, lists, text and numbers, without initialisers and weights.

    A setting that is none of these, such as a module of torch, becomes {"given": name of the
    output}: the caller of `from_json` has to pass it again.
    """
    return _Graph(
        inputs=[_value(v) for v in graph.inputs.values()],
        parameters=[_value(v) for v in graph.parameters.values()],
        states=[_value(v) for v in graph.states.values()],
        nodes=[_node(node) for node in graph.nodes],
        outputs={name: value.name for name, value in graph.outputs.items()},
    ).model_dump()


def from_json(content: object, unstored: Mapping[str, object] | None = None) -> Graph:
    """Rebuild a graph from the result of `as_json`.

    Args:
        content: the result of `as_json`, read from a file.
        unstored: settings that `as_json` could not store, by the names of the outputs.
    Raises:
        InputError: a field, an operation or a value in the content is unknown, shapes do not fit,
            or a setting that could not be stored is missing.
    """
    try:
        record = _Graph.model_validate(content)
        return _build(record, unstored or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"The graph in the file is damaged: {where}: {first['msg']}.") from None
    except (KeyError, TypeError) as error:
        raise InputError(f"The graph in the file is damaged: {error}.") from None


def _build(record: _Graph, unstored: Mapping[str, object]) -> Graph:
    graph = Graph()
    values: dict[str, Value] = {}
    for value in record.inputs:
        values[value.name] = graph.input(value.name, tuple(value.shape), value.type)
    for value in record.parameters:
        values[value.name] = graph.parameter(value.name, _closed_shape(value))
    for value in record.states:
        values[value.name] = graph.state(value.name, _closed_shape(value))
    for node in record.nodes:
        settings = {k: _setting(v, unstored) for k, v in node.settings.items()}
        inputs = [values[name] for name in node.inputs]
        operation = create(node.operation, settings)
        _check_types(node, operation)
        values[node.output] = graph.apply(operation, *inputs, name=node.output)
    for name, value_name in record.outputs.items():
        graph.output(name, values[value_name])
    return graph


def _check_types(node: _Node, operation: Operation) -> None:
    """Check the types of an operation's settings, those that its class declares.

    Raises:
        InputError: a setting has another type.
    """
    types = get_type_hints(type(operation))
    for name, setting in settings_of(operation).items():
        if _is_placeholder(node.settings.get(name)):
            continue
        try:
            TypeAdapter(types[name], config=_SETTINGS).validate_python(setting)
        except ValidationError as error:
            raise InputError(
                f"The graph in the file is damaged: {node.output}: got {setting!r} as {name} of "
                f"{node.operation}; {error.errors()[0]['msg'].lower()}."
            ) from None


def _is_placeholder(stored: object) -> TypeGuard[dict[str, str]]:
    """Return whether a stored setting stands for one that no file can store."""
    return isinstance(stored, dict) and set(stored) == {PLACEHOLDER}


def _setting(stored: object, unstored: Mapping[str, object]) -> object:
    if isinstance(stored, list):
        return tuple(stored)
    if not _is_placeholder(stored):
        return stored
    name = stored[PLACEHOLDER]
    if name not in unstored:
        raise InputError(
            f"'{name}' has a setting that no file can store, such as a torch module; "
            f"expected it to be passed again, as in load(path, modules={{'{name}': module}})."
        )
    return unstored[name]


def _node(node: Node) -> _Node:
    kind, settings = operation_kind(node.operation).name, settings_of(node.operation)
    settings = {
        name: value if _can_be_stored(value) else {PLACEHOLDER: node.output.name}
        for name, value in settings.items()
    }
    return _Node(
        operation=kind,
        settings=settings,
        inputs=[value.name for value in node.inputs],
        output=node.output.name,
    )


def _can_be_stored(setting: object) -> bool:
    try:
        json.dumps(setting)
    except TypeError:
        return False
    return True


def _closed_shape(value: _Value) -> tuple[int, ...]:
    return tuple(length for length in value.shape if isinstance(length, int))


def _value(value: Value) -> _Value:
    return _Value(name=value.name, shape=list(value.shape), type=value.type)
