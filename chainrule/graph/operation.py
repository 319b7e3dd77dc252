"""The contract of an operation, and the registry by which tests, plans and model files find it.

An operation is one primitive: a class with a shape rule, a forward kernel and a chain rule. The
names of the arguments are the contract, so nothing has to be declared twice:

    @op("tanh", in_place=OVER_X)
    class Tanh:
        def shape(self, x): ...             the inputs, by name
        def forward(self, x, y): ...        y is the output
        def backward(self, y, dy, dx): ...  reads dy, writes d<input> (None: not needed)
        def reference(self, x): ...         the definition in torch's functions, for tests

A plan keeps what backward names; what it does not name (here x) may be overwritten. forward and
backward are called once, with the buffers that they will always use, and return the kernels to
run: calls without arguments that allocate nothing.

Rules that keep every operation ready for K networks in one plan (a leading axis of members), for
bfloat16 and for other devices without a change:

* axes are counted from the end, and nothing is assumed about axes in front of the batch;
* buffers may lie in memory in any order of axes (see Layout) and have any floating-point type;
* further tensors that a kernel needs are made from its buffers when it is bound
  (`y.new_ones(...)`).

Tests find every operation here and compare it with its numerical derivative, its reference and
torch.autograd, on the inputs that `samples` describes: none can be forgotten.

Optional: `workspace={"log_p": "x"}` gives further buffers, each of the shape of the named one. One
that forward names is filled there and kept for backward; one that only backward names is scratch.
`updates=("mean",)` are inputs that forward changes, as running statistics are: states of the graph.
A method `value`, bound like forward, has the kernels that compute y alone, where forward computes
only what backward keeps: a loss whose chain rule does not need the loss. A training step that does
not report the loss leaves them out.
A method `for_evaluation()` returns the operation that replaces this one in evaluation, where that
differs from training: it reads the inputs of the same names.
Random numbers are a function of an input of domain "key", a whole number that is new in each step:
the same key gives the same numbers.
A method `flops(name, **shapes)` counts the floating-point operations that compute one buffer, where
they are not one per element.
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

# "number" can be differentiated, "index" is a whole number, such as the index of a class.
Type = Literal["number", "index"]

Domain = Literal["number", "weight", "share", "positive", "probability", "index", "code", "key"]

# The output may be written over the input, and the outgoing gradient over the incoming one: true of
# every operation that reads each element just before it writes the same one.
OVER_X: Mapping[str, tuple[str, ...]] = {"y": ("x",), "dx": ("dy",)}


class Operation(Protocol):
    """Interface of every registered class; argument names are free, as the module explains."""

    def shape(self, *args: Any, **kwargs: Any) -> Shape:
        """Return the shape of the output; raise InputError where the inputs' shapes do not fit."""
        ...

    def forward(self, *args: Any, **kwargs: Any) -> Calls:
        """Return the kernels that compute y, bound to their buffers."""
        ...

    def backward(self, *args: Any, **kwargs: Any) -> Calls:
        """Return the kernels of the chain rule, which compute each d<input> needed from dy."""
        ...

    def reference(self, *args: Any, **kwargs: Any) -> Tensor:
        """Compute y with torch's own functions, which torch.autograd can differentiate."""
        ...


@dataclasses.dataclass(frozen=True)
class Sample:
    """Description of an input, for tests: its axes by name or length, and its domain.

    Attributes:
        axes: "batch" is the open axis; inputs with the same name are equally long there.
        domain: "number" is any number, "weight" between -1 and 1, "share" from 0 to 1, "positive"
            from 0.5 to 2, "probability" like share with the last axis summing to 1, "index" a whole
            number below the length of the last axis of input x, "code" a whole number, stored as a
            float, below that of the first axis of input w, "key" any whole number.
    """

    axes: tuple[int | str, ...] = (BATCH, "features")
    domain: Domain = "number"

    @property
    def type(self) -> Type:
        """Type of the value in a graph and a plan."""
        return "index" if self.domain in ("index", "key") else "number"


@dataclasses.dataclass(frozen=True)
class Workspace:
    """A further buffer of an operation.

    Attributes:
        like: the input, output or workspace whose shape and layout it has.
        times: factor by which the last axis is longer.
        type: "index" for whole numbers, such as the indices of maxima.
    """

    like: str
    times: int = 1
    type: Type = "number"

    def shape(self, like: Sequence[int]) -> tuple[int, ...]:
        """Return its shape, from that of the buffer it is like."""
        return (*like[:-1], self.times * like[-1]) if self.times > 1 else tuple(like)


@dataclasses.dataclass(frozen=True)
class OperationKind:
    """Registry entry of a kind of operation.

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
        views: buffers that share the memory of another one and need no kernel, with the name of
            that one.
        layout: of the output; None for the layout of the first input.
        samples: descriptions of the inputs, for tests.
        settings: settings to test it with.
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
    """Return the registry entry of an operation."""
    return next(kind for kind in OPERATIONS.values() if kind.operation is type(operation))


def operation_for_evaluation(operation: Operation) -> Operation:
    """Return the operation that replaces this one in evaluation, by default itself."""
    replacement: Callable[[], Operation] = getattr(operation, "for_evaluation", lambda: operation)
    return replacement()


def create(name: str, settings: Mapping[str, Any]) -> Operation:
    """Create the operation of a registered name with the settings.

    Raises:
        InputError: no operation of that name is registered.
        TypeError: it does not have these settings.
    """
    return OPERATIONS[name].operation(**settings)


def settings_of(operation: Operation) -> dict[str, Any]:
    """Return the settings with which `create` makes the operation again."""
    return {field.name: getattr(operation, field.name) for field in dataclasses.fields(operation)}  # type: ignore[arg-type]  # op() made it a dataclass


def non_default_settings(operation: Operation) -> dict[str, Any]:
    """Return the settings that differ from their defaults."""
    defaults = {
        field.name: field.default_factory() if callable(field.default_factory) else field.default
        for field in dataclasses.fields(operation)  # type: ignore[arg-type]  # op() made it one
    }
    return {
        name: value for name, value in settings_of(operation).items() if value != defaults[name]
    }


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
