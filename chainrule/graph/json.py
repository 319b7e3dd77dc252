"""The graph as JSON, for model files: a closed schema, checked by the shape rules on the way in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import Type, create, operation_kind, settings_of

# In place of a setting that no file can hold stands the name under which it has to be given.
GIVEN = "given"


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
    """The graph as dictionaries, lists, text and numbers; without initialisers and weights.

    A setting that is none of these, such as a module of torch, becomes {"given": name of the
    output}: whoever reads the graph has to give it again.
    """
    return _Graph(
        inputs=[_value(v) for v in graph.inputs.values()],
        parameters=[_value(v) for v in graph.parameters.values()],
        states=[_value(v) for v in graph.states.values()],
        nodes=[_node(node) for node in graph.nodes],
        outputs={name: value.name for name, value in graph.outputs.items()},
    ).model_dump()


def from_json(content: object, given: Mapping[str, object] | None = None) -> Graph:
    """The graph that `as_json` wrote.

    Args:
        content: that it gave.
        given: settings that it could not store, by the names of the outputs.
    Raises:
        InputError: the content is no such graph: a field, an operation or a value is unknown, or
            shapes do not fit; or a setting has to be given and is not.
    """
    try:
        record = _Graph.model_validate(content)
        return _built(record, given or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"The graph in the file is damaged: {where}: {first['msg']}.") from None
    except (KeyError, TypeError) as error:
        raise InputError(f"The graph in the file is damaged: {error}.") from None


def _built(record: _Graph, given_settings: Mapping[str, object]) -> Graph:
    graph = Graph()
    values: dict[str, Value] = {}
    for given in record.inputs:
        values[given.name] = graph.input(given.name, tuple(given.shape), given.type)
    for given in record.parameters:
        values[given.name] = graph.parameter(given.name, _closed(given))
    for given in record.states:
        values[given.name] = graph.state(given.name, _closed(given))
    for node in record.nodes:
        settings = {k: _setting(v, given_settings) for k, v in node.settings.items()}
        inputs = [values[name] for name in node.inputs]
        values[node.output] = graph.apply(
            create(node.operation, settings), *inputs, name=node.output
        )
    for name, value in record.outputs.items():
        graph.output(name, values[value])
    return graph


def _setting(stored: object, given: Mapping[str, object]) -> object:
    if isinstance(stored, list):
        return tuple(stored)
    if not (isinstance(stored, dict) and set(stored) == {GIVEN}):
        return stored
    name = stored[GIVEN]
    if name not in given:
        raise InputError(
            f"'{name}' is made of something that no file holds, such as a module of torch; "
            f"expected it to be given again, as in load(path, modules={{'{name}': module}})."
        )
    return given[name]


def _node(node: Node) -> _Node:
    kind, settings = operation_kind(node.operation).name, settings_of(node.operation)
    settings = {
        name: value if _can_be_stored(value) else {GIVEN: node.output.name}
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


def _closed(value: _Value) -> tuple[int, ...]:
    return tuple(length for length in value.shape if isinstance(length, int))


def _value(value: Value) -> _Value:
    return _Value(name=value.name, shape=list(value.shape), type=value.type)
