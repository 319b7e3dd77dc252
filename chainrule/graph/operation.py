"""The contract of an operation, and the registry by which tests, plans and model files find it.

An operation is one primitive: a class with a shape rule, a forward kernel and a chain rule. The
names of its arguments are the contract, so that a plan needs to be told nothing twice:

    @op("tanh", in_place=OVER_X)
    class Tanh:
        def shape(self, x): ...             the inputs, by name
        def forward(self, x, y): ...        y is the output
        def backward(self, y, dy, dx): ...  dy comes in, d<input> goes out (None: not wanted)

What backward names is kept until then; what it does not name (here x) can be forgotten, or even
overwritten. forward and backward are called once, with the buffers that they will always use, and
return the kernels to run: calls without arguments that allocate nothing.

Rules that keep every operation ready for K networks in one plan (a leading axis of members), for
bfloat16 and for other devices without a change:

* axes are counted from the end, and nothing is assumed about axes in front of the batch;
* buffers may lie in memory in any order of axes (see Layout) and have any floating-point type;
* what a kernel needs beside its buffers is made from them when it is bound (`y.new_ones(...)`).

        def reference(self, x): ...         the definition in torch's own words, for tests

Tests find every operation here and hold it against its numerical derivative, its reference and
torch.autograd, on the inputs that `samples` describes: none can be forgotten.

Optional: `workspace={"log_p": "x"}` gives further buffers, each of the shape of the named one. One
that forward names is filled there and kept for backward; one that only backward names is scratch.
`updates=("mean",)` are inputs that forward changes, as running statistics are: states of the graph.
A method `value`, bound like forward, has the kernels that compute y alone, where forward computes
only what backward keeps: a loss whose chain rule needs no loss. A step that nobody asks for the
loss then leaves them out.
A method `for_evaluation()` returns the operation that replaces this one in evaluation, where that
differs from training: it reads the inputs of the same names.
What is drawn at random is a function of an input of domain "key", a whole number that each step
brings: the same key gives the same numbers.
A method `flops(name, **shapes)` counts the work of computing one buffer where it isn't one
floating-point operation an element.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeVar, dataclass_transform

from torch import Tensor

from chainrule.graph.shape import BATCH, Shape
from chainrule.registry import Registry

Call = Callable[[], object]
Calls = list[Call]

# How a buffer lies in memory. "rows": sample after sample. "columns": feature after feature, so
# that each sample is a column as in the textbooks' Z = W X + b. Both are seen as (batch, features).
Layout = Literal["rows", "columns"]

# "number" is what can be differentiated, "index" a whole number, such as the place of a class.
Type = Literal["number", "index"]

Domain = Literal["number", "weight", "share", "positive", "probability", "index", "code", "key"]

# The output may be written over the input, and the outgoing gradient over the incoming one:
# true of whatever reads each element just before it writes the same one.
OVER_X: Mapping[str, tuple[str, ...]] = {"y": ("x",), "dx": ("dy",)}


class Operation(Protocol):
    """What every registered class offers; argument names are free, as the module explains."""

    def shape(self, *args: Any, **kwargs: Any) -> Shape:
        """The output's shape from the inputs' shapes; InputError where they do not fit."""
        ...

    def forward(self, *args: Any, **kwargs: Any) -> Calls:
        """The kernels that compute y, bound to their buffers."""
        ...

    def backward(self, *args: Any, **kwargs: Any) -> Calls:
        """The chain rule: the kernels that compute each wanted d<input> from dy."""
        ...

    def reference(self, *args: Any, **kwargs: Any) -> Tensor:
        """y from the inputs by torch's own functions, for which torch.autograd has a derivative."""
        ...


@dataclasses.dataclass(frozen=True)
class Sample:
    """What an input looks like, for tests: its axes by name or length, and its domain.

    Attributes:
        axes: "batch" is the open axis; inputs with the same name are equally long there.
        domain: "number" is any, "weight" between -1 and 1, "share" from 0 to 1, "positive" from
            0.5 to 2, "probability" like share with the last axis summing to 1, "index" a whole
            number below the length of the last axis of input x, "code" a whole number, kept as a
            number, below that of the first axis of input w, "key" any whole number.
    """

    axes: tuple[int | str, ...] = (BATCH, "features")
    domain: Domain = "number"

    @property
    def type(self) -> Type:
        """How a graph and a plan keep it."""
        return "index" if self.domain in ("index", "key") else "number"


@dataclasses.dataclass(frozen=True)
class Workspace:
    """A further buffer of an operation.

    Attributes:
        like: the input, output or workspace whose shape and layout it has.
        times: the last axis is so many times as long.
        type: "index" for whole numbers, such as the places of maxima.
    """

    like: str
    times: int = 1
    type: Type = "number"

    def shape(self, like: Sequence[int]) -> tuple[int, ...]:
        """Its shape, from that of the buffer it is like."""
        return (*like[:-1], self.times * like[-1]) if self.times > 1 else tuple(like)


@dataclasses.dataclass(frozen=True)
class OperationKind:
    """What the registry knows of a kind of operation.

    Attributes:
        name: in the registry and in model files.
        operation: the class; its fields are the settings, such as an axis.
        inputs: names of the inputs, in order.
        forward: names of the buffers that forward is bound to.
        value: names of the buffers that value is bound to; empty where forward computes y.
        backward: names of the buffers that backward is bound to.
        in_place: for a buffer that is written, the buffers whose memory it may take over.
        workspace: further buffers.
        updates: inputs that forward changes.
        views: buffers that are another one seen with another shape, and need no kernel.
        layout: in which the output is written; None for the layout of the first input.
        samples: what the inputs look like, in tests.
        settings: with which to test it.
        allocates: why its kernels allocate memory; empty where they don't.
    """

    name: str
    operation: type[Operation]
    inputs: tuple[str, ...]
    forward: tuple[str, ...]
    value: tuple[str, ...]
    backward: tuple[str, ...]
    in_place: Mapping[str, tuple[str, ...]]
    workspace: Mapping[str, Workspace]
    updates: tuple[str, ...]
    views: Mapping[str, str]
    layout: Layout | None
    samples: Mapping[str, Sample]
    settings: Sequence[Mapping[str, Any]]
    allocates: str

    def has_gradient(self, name: str) -> bool:
        """Whether the chain rule of this kind reaches the input of that name."""
        return f"d{name}" in self.backward


OPERATIONS: Registry[OperationKind] = Registry("operation")

T = TypeVar("T", bound=Operation)


@dataclass_transform(frozen_default=True)
def op(
    name: str,
    *,
    in_place: Mapping[str, tuple[str, ...]] | None = None,
    workspace: Mapping[str, str | Workspace] | None = None,
    updates: tuple[str, ...] = (),
    views: Mapping[str, str] | None = None,
    layout: Layout | None = None,
    samples: Mapping[str, Sample] | None = None,
    settings: Sequence[Mapping[str, Any]] = ({},),
    allocates: str = "",
) -> Callable[[type[T]], type[T]]:
    """Register a class as the operation of that name, and make it a frozen dataclass.

    Raises:
        TypeError: the name is taken, or a method has an argument that the contract doesn't know.
    """

    def register(cls: type[T]) -> type[T]:
        if name in OPERATIONS:
            raise TypeError(f"operation '{name}' is registered already")
        frozen = dataclasses.dataclass(frozen=True)(cls)
        kind = OperationKind(
            name=name,
            operation=frozen,
            inputs=_arguments(frozen.shape),
            forward=_arguments(frozen.forward),
            value=_arguments(getattr(frozen, "value", _nothing)),
            backward=_arguments(frozen.backward),
            in_place=in_place or {},
            workspace={
                name: Workspace(like) if isinstance(like, str) else like
                for name, like in (workspace or {}).items()
            },
            updates=updates,
            views=views or {},
            layout=layout,
            samples={name: Sample() for name in _arguments(frozen.shape)} | dict(samples or {}),
            settings=settings,
            allocates=allocates,
        )
        _check_arguments(kind)
        OPERATIONS[name] = kind
        return frozen

    return register


def operation_kind(operation: Operation) -> OperationKind:
    """The registry's entry for an operation."""
    return next(kind for kind in OPERATIONS.values() if kind.operation is type(operation))


def operation_for_evaluation(operation: Operation) -> Operation:
    """The operation that takes its place in evaluation: itself, unless it says otherwise."""
    replaced: Callable[[], Operation] = getattr(operation, "for_evaluation", lambda: operation)
    return replaced()


def create(name: str, settings: Mapping[str, Any]) -> Operation:
    """The operation of that registered name with those settings.

    Raises:
        InputError: there is no such operation.
        TypeError: it has no such settings.
    """
    return OPERATIONS[name].operation(**settings)


def settings_of(operation: Operation) -> dict[str, Any]:
    """The settings that `create` needs to make the operation again."""
    return {field.name: getattr(operation, field.name) for field in dataclasses.fields(operation)}  # type: ignore[arg-type]  # op() made it a dataclass


def non_default_settings(operation: Operation) -> dict[str, Any]:
    """Those of its settings that were chosen: they differ from their usual values."""
    usual = {
        field.name: field.default_factory() if callable(field.default_factory) else field.default
        for field in dataclasses.fields(operation)  # type: ignore[arg-type]  # op() made it one
    }
    return {name: value for name, value in settings_of(operation).items() if value != usual[name]}


def _arguments(method: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(method).parameters)[1:]


def _nothing(operation: Operation) -> Calls:
    return []


def _check_arguments(kind: OperationKind) -> None:
    known = {*kind.inputs, *kind.workspace, "y"}
    gradients = {"dy", *(f"d{name}" for name in kind.inputs)}
    for names, allowed in (
        (kind.forward, known),
        (kind.value, known),
        (kind.backward, known | gradients),
    ):
        if strange := set(names) - allowed:
            raise TypeError(
                f"operation '{kind.name}': {', '.join(sorted(strange))} is neither an input, "
                f"'y', a workspace, nor the gradient of one of them"
            )
