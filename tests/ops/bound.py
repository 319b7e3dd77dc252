"""One operation, bound to buffers that are made from what the registry says of its inputs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

import chainrule.ops  # noqa: F401  # registers every operation
from chainrule.graph import operation as registry
from chainrule.graph.operation import Calls, Operation, OperationKind, Sample, Workspace
from chainrule.graph.shape import BATCH, Shape, with_batch

STEP = torch.finfo(torch.float64).eps ** (1 / 3)  # 6e-6: truncation and rounding errors balance

# "gaps": every other element of a buffer of twice the size, as what a plan reads might be a part
# of more. What it writes is never that.
Memory = Literal["rows", "columns", "gaps"]

Sizes = Mapping[str, int]
SMALL: Sizes = {
    BATCH: 3,
    "features": 4,
    "inputs": 4,
    "outputs": 3,
    "categories": 5,
    "dimensions": 2,
}


@dataclass(frozen=True)
class Case:
    """A kind of operation with one of its settings."""

    kind: OperationKind
    settings: Mapping[str, Any]

    @property
    def operation(self) -> Operation:
        return registry.create(self.kind.name, self.settings)

    @property
    def differentiable(self) -> list[str]:
        """The inputs that the chain rule reaches."""
        return [name for name in self.kind.inputs if self.kind.has_gradient(name)]

    @property
    def batched(self) -> list[str]:
        """The inputs that may lie in memory by columns: samples with axes other than the batch."""
        return [
            name
            for name in self.kind.inputs
            if (axes := self.kind.samples[name].axes)[:1] == (BATCH,) and len(axes) > 1
        ]

    def __str__(self) -> str:
        settings = ",".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.kind.name}({settings})" if settings else self.kind.name


def cases_of_every_op() -> list[Case]:
    return [
        Case(kind, settings) for kind in registry.OPERATIONS.values() for settings in kind.settings
    ]


def axis_names() -> list[str]:
    """The named axes of all samples, the batch among them."""
    axes = {a for case in cases_of_every_op() for s in case.kind.samples.values() for a in s.axes}
    return sorted(axis for axis in axes if isinstance(axis, str))


def shapes_of(case: Case, sizes: Sizes) -> dict[str, Shape]:
    """The shapes of the inputs, their batch axis open."""

    def length(axis: int | str) -> Any:
        return axis if isinstance(axis, int) or axis == BATCH else sizes[axis]

    return {n: tuple(length(a) for a in case.kind.samples[n].axes) for n in case.kind.inputs}


def inputs_of(
    case: Case,
    sizes: Sizes = SMALL,
    *,
    seed: int = 0,
    dtype: torch.dtype = torch.float64,
    members: int | None = None,
) -> dict[str, Tensor]:
    """Inputs of each domain, in row order."""
    generator = torch.Generator().manual_seed(seed)
    shapes = {
        name: ((members,) if members else ()) + with_batch(shape, sizes[BATCH])
        for name, shape in shapes_of(case, sizes).items()
    }
    return {
        name: _drawn(case.kind.samples[name], shapes, name, generator).to(
            torch.int64 if case.kind.samples[name].type == "index" else dtype
        )
        for name in case.kind.inputs
    }


def _drawn(
    sample: Sample, shapes: Mapping[str, tuple[int, ...]], name: str, generator: torch.Generator
) -> Tensor:
    shape = shapes[name]
    if sample.domain == "number":
        # Far from kinks: no element is 0 or equals another one, of this or of any other input, and
        # no sum of products with those of the inputs before is 0. For each input is a grid of
        # eighths, moved by a fraction that is too small to come from sums and products of others.
        position = list(shapes).index(name)
        count = math.prod(shape)
        order = torch.randperm(count, generator=generator, dtype=torch.float64)
        moved: float = 0.5 ** (3 * 2**position + 1)
        return ((order - count // 2) / 8 + moved).view(shape)
    if sample.domain == "index":
        return torch.randint(shapes["x"][-1], shape, generator=generator)
    if sample.domain == "code":
        return torch.randint(shapes["w"][-2], shape, generator=generator)
    if sample.domain == "key":
        return torch.randint(2**62, shape, generator=generator)
    # Away from 0, where the slope of a logarithm is beyond any numerical derivative.
    share = 0.05 + 0.9 * torch.rand(shape, generator=generator, dtype=torch.float64)
    if sample.domain == "weight":
        return 2 * share - 1
    if sample.domain == "positive":
        return 0.5 + 1.5 * share
    return share if sample.domain == "share" else share / share.sum(-1, keepdim=True)


def laid_out(tensor: Tensor, memory: Memory, batch_axis: int) -> Tensor:
    """A copy of the tensor in that order of memory."""
    if memory == "rows" or tensor.dim() <= (1 if memory == "columns" else 0):
        return tensor.clone(memory_format=torch.contiguous_format)
    if memory == "columns":
        return tensor.movedim(batch_axis, -1).contiguous().movedim(-1, batch_axis)
    buffer = tensor.new_zeros(*tensor.shape[:-1], 2 * tensor.shape[-1])
    return buffer[..., ::2].copy_(tensor)


class Bound:
    """An operation whose kernels are bound to buffers of its own.

    Args:
        case: the operation.
        inputs: by name, as `inputs_of` gives them; copied into buffers.
        memory: how inputs and dy lie, each by name; where none is given, "rows" and for dy as y.
        wanted: inputs whose gradients are computed; all that have one where none are given.
        over: (written buffer, the one whose memory it takes over).
        dy_seed: of the incoming gradient, whose elements are large.
    """

    def __init__(
        self,
        case: Case,
        inputs: Mapping[str, Tensor],
        *,
        memory: Mapping[str, Memory] | None = None,
        members: int | None = None,
        wanted: Collection[str] | None = None,
        over: tuple[str, str] | None = None,
        dy_seed: int = 1,
    ) -> None:
        kind = case.kind
        self.case = case
        self.operation = case.operation
        self._batch_axis = 1 if members else 0
        self._over = dict([over] if over else [])
        self._memory: dict[str, Memory] = dict(memory or {})
        for name in kind.inputs:
            chosen = self._memory.setdefault(name, "rows")
            if chosen == "columns" and name not in case.batched:
                self._memory[name] = "rows"
        self.buffers: dict[str, Tensor | None] = {
            name: self._new(name, tensor) for name, tensor in inputs.items()
        }
        for name in kind.inputs:
            self._memory[f"d{name}"] = _without_gaps(self._memory[name])
        self._memory["y"] = kind.layout or self._memory[f"d{kind.inputs[0]}"]
        self._memory.setdefault("dy", self._memory["y"])
        self._add("y", like=self._empty_output(inputs))
        for name, workspace in kind.workspace.items():
            self._memory[name] = _without_gaps(self._memory[workspace.like])
            if name in (*kind.forward, *kind.value):
                self._add_workspace(name, workspace)
        generator = torch.Generator().manual_seed(dy_seed)
        dy = 1e3 * torch.randn(self["y"].shape, generator=generator, dtype=torch.float64)
        self.buffers["dy"] = self._new("dy", dy.to(self["y"].dtype))
        for name, workspace in kind.workspace.items():
            if name not in (*kind.forward, *kind.value):
                self._add_workspace(name, workspace)
        for name in case.differentiable:
            if wanted is None or name in wanted:
                self._add(f"d{name}", like=self[name])
            else:
                self.buffers[f"d{name}"] = None
        self.forward = self._bound("forward")
        if kind.value:
            self.forward += self._bound("value")
        self.backward = self._bound("backward")

    def run(self) -> dict[str, Tensor]:
        """Forward, then backward; y and the wanted gradients, copied."""
        self.run_forward()
        y = self["y"].clone()
        return {"y": y, **self.run_backward()}

    def run_forward(self) -> Tensor:
        _call(self.forward)
        return self["y"]

    def run_backward(self) -> dict[str, Tensor]:
        """The wanted gradients, by the names of their inputs."""
        _call(self.backward)
        return {
            name: gradient.clone()
            for name in self.case.differentiable
            if (gradient := self.buffers[f"d{name}"]) is not None
        }

    def __getitem__(self, name: str) -> Tensor:
        tensor = self.buffers[name]
        assert tensor is not None
        return tensor

    def _empty_output(self, inputs: Mapping[str, Tensor]) -> Tensor:
        first = inputs[self.case.kind.inputs[0]]
        members, batch_size = first.shape[: self._batch_axis], first.shape[self._batch_axis]
        names = self.case.kind.inputs
        # The shape rule never sees members; its inputs' batch axis stays open.
        shapes = [
            tuple(
                BATCH if axis == BATCH else length
                for axis, length in zip(
                    self.case.kind.samples[n].axes,
                    inputs[n].shape[self._batch_axis :],
                    strict=True,
                )
            )
            for n in names
        ]
        shape = with_batch(self.operation.shape(*shapes), batch_size)
        return first.new_full((*members, *shape), math.nan)

    def _add_workspace(self, name: str, workspace: Workspace) -> None:
        like = self[workspace.like]
        if workspace.type == "index":
            like = like.to(torch.int64)
        self._add(name, like=like.new_empty(workspace.shape(like.shape)))

    def _add(self, name: str, like: Tensor) -> None:
        """A buffer that is written: a view, memory taken over, or new and filled with nan."""
        views = self.case.kind.views
        if name in views:
            self.buffers[name] = _seen_as(self[views[name]], like.shape, self._batch_axis)
        elif name in self._over:
            self.buffers[name] = self[self._over[name]]
        else:
            unset = math.nan if like.is_floating_point() else -1
            self.buffers[name] = self._new(name, torch.full_like(like, unset))

    def _new(self, name: str, content: Tensor) -> Tensor:
        return laid_out(content, self._memory[name], self._batch_axis)

    def _bound(self, method: Literal["forward", "value", "backward"]) -> Calls:
        names: tuple[str, ...] = getattr(self.case.kind, method)
        calls: Calls = getattr(self.operation, method)(**{n: self.buffers[n] for n in names})
        return calls


def run(operation: Operation, **inputs: Tensor) -> dict[str, Tensor]:
    """y and the gradients for dy = 1."""
    case = Case(registry.operation_kind(operation), registry.settings_of(operation))
    bound = Bound(case, inputs)
    bound["dy"].fill_(1)
    return bound.run()


def reference_of(case: Case, inputs: Mapping[str, Tensor], dy: Tensor) -> dict[str, Tensor]:
    """y by the operation's reference, and the gradients by torch.autograd."""
    leaves = {
        n: t.detach().clone().requires_grad_(n in case.differentiable) for n, t in inputs.items()
    }
    y = case.operation.reference(*leaves.values())
    if not case.differentiable:
        return {"y": y}
    gradients = torch.autograd.grad(y, [leaves[n] for n in case.differentiable], dy)
    return {"y": y.detach(), **dict(zip(case.differentiable, gradients, strict=True))}


def check_against_reference(
    case: Case, inputs: Mapping[str, Tensor], tolerance: float, dy_seed: int = 1
) -> None:
    """Hold y and each gradient against the reference, computed in float64 from the same inputs.

    Raises:
        AssertionError: one differs by more than the tolerance, relative to its largest element.
    """
    bound = Bound(case, inputs, dy_seed=dy_seed)
    exact = {n: t.double() if t.is_floating_point() else t for n, t in inputs.items()}
    reference = reference_of(case, exact, bound["dy"].double())
    for name, result in bound.run().items():
        # A gradient is a sum of parts as large as dy. Where they cancel, rounding remains.
        least = 0.1 if name == "y" else float(bound["dy"].abs().max())
        assert_close(result, reference[name], tolerance, f"{case}: {name}", least)


def central_differences(bound: Bound, name: str) -> Tensor:
    """The gradient of the sum of dy y by one input, a coordinate at a time."""
    x = bound[name]
    gradient = torch.empty(x.shape, dtype=x.dtype)
    for index in torch.cartesian_prod(*map(torch.arange, x.shape)).view(-1, x.dim()).tolist():
        at = tuple(index)
        here = x[at].clone()
        outputs = []
        for moved in (here + STEP, here - STEP):
            x[at] = moved
            outputs.append(bound.run_forward().clone())
        x[at] = here
        # Subtracted before they are summed: a difference of two large sums is mostly rounding.
        gradient[at] = (bound["dy"] * (outputs[0] - outputs[1])).sum() / (2 * STEP)
    return gradient


def check_gradients(case: Case, inputs: Mapping[str, Tensor], dy_seed: int = 1) -> None:
    """Hold each gradient against the numerical one.

    Raises:
        AssertionError: one differs by more than a millionth of its largest element.
    """
    numerical = {
        n: central_differences(Bound(case, inputs, dy_seed=dy_seed), n) for n in case.differentiable
    }
    results = Bound(case, inputs, dy_seed=dy_seed).run()
    for name, expected in numerical.items():
        assert_close(results[name], expected, 1e-6, f"{case}: gradient of {name}")


def assert_close(
    actual: Tensor, expected: Tensor, tolerance: float, what: str = "", least: float = 0.1
) -> None:
    """That two tensors differ by at most the tolerance, relative to the largest element.

    No less than `least` counts as the largest, for where all are 0 but for rounding.
    """
    assert actual.shape == expected.shape, f"{what}: {actual.shape} instead of {expected.shape}"
    scale = max(float(expected.abs().max()), least)
    error = float((actual.to(torch.float64) - expected).abs().max()) / scale
    assert error <= tolerance, f"{what}: wrong by {error:.1e} of its largest element"


def _seen_as(tensor: Tensor, shape: torch.Size, batch_axis: int) -> Tensor:
    if tensor.is_contiguous():
        return tensor.view(shape)
    if tensor.shape == shape:
        return tensor
    features = shape[batch_axis + 1 :]
    inner = tensor.movedim(batch_axis, -1)
    return inner.view(*shape[:batch_axis], *features, shape[batch_axis]).movedim(-1, batch_axis)


def _without_gaps(memory: Memory) -> Memory:
    return "rows" if memory == "gaps" else memory


def _call(calls: Calls) -> None:
    for call in calls:
        call()
