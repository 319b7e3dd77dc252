"""chainrule methods: every method by its name, described by its docstring.

Names come from the registries and descriptions from the docstrings. The reference page of the book
is generated from the same.
"""

from __future__ import annotations

import inspect
import re
import shutil
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chainrule import layers
from chainrule.data.augmentation import AUGMENTATIONS
from chainrule.data.preparation.encoding import ENCODINGS
from chainrule.data.preparation.projection import PROJECTIONS
from chainrule.data.preparation.scaling import SCALINGS
from chainrule.errors import unknown_name
from chainrule.layers.initialisers import INITIALISERS
from chainrule.networks import NETWORKS
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.ops.parts.loss import LOSSES
from chainrule.training.metrics import METRICS
from chainrule.training.optimizers import OPTIMIZERS, FullBatchOptimizer, Optimizer
from chainrule.training.recipe.presets import PRESETS
from chainrule.training.schedules import SCHEDULES


@dataclass(frozen=True)
class Method:
    """A named method.

    Attributes:
        name: its name in the registry.
        text: its docstring: formula, shapes, settings, source.
        settings: its settings with their defaults, such as ("beta1=0.9", "beta2=0.999").
    """

    name: str
    text: str
    settings: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """First sentence of the docstring, without the final period or colon."""
        paragraph = " ".join(self.text.split("\n\n")[0].split())
        return re.split(r":$|(?<!\.)\.(?:\s|$)", paragraph)[0]


@dataclass(frozen=True)
class MethodKind:
    """A kind of methods, such as optimizers.

    Attributes:
        use: how to choose one of them.
        methods: the methods by name.
    """

    use: str
    methods: Mapping[str, Method]


def method_kinds() -> dict[str, MethodKind]:
    """Return all methods by kind."""
    metrics = {name: metric for by_name in METRICS.values() for name, metric in by_name.items()}
    return {
        "activations": _kind("--activation NAME, Dense(50, 'NAME')", ACTIVATIONS, _activation),
        "losses": _kind("--loss NAME", LOSSES, _loss),
        "optimizers": _kind("--optimizer NAME:setting=value", OPTIMIZERS, _optimizer),
        "schedules": _kind("--schedule NAME:setting=value", SCHEDULES, _with_settings),
        "initialisers": _kind("--initialiser NAME", INITIALISERS, _initialiser),
        "layers": _kind("Network(LAYER, LAYER, ...)", _layers(), _with_settings),
        "networks": _kind("--network NAME", NETWORKS, _network),
        "presets": _kind("--preset NAME", PRESETS, _without_settings),
        "scalings": _kind("--scaling NAME", SCALINGS, _without_settings),
        "encodings": _kind("--encoding NAME", ENCODINGS, _without_settings),
        "projections": _kind("--projection NAME", PROJECTIONS, _without_settings),
        "augmentations": _kind("--augment NAME:value", AUGMENTATIONS, _with_settings),
        "metrics": _kind(
            "computed in every test of a task that has them", metrics, _without_settings
        ),
    }


def methods_command(kind: str | None = None, name: str | None = None) -> None:
    """Print a list of all methods or of one kind, or the description of one method.

    Raises:
        InputError: the kind, or the method of the kind, is unknown.
    """
    known = method_kinds()
    if kind is not None and kind not in known:
        raise unknown_name("kind of methods", kind, known)
    if kind is None:
        print("\n\n".join(_format_list(kind, known[kind]) for kind in known))
        print("\nDescribe one: chainrule methods KIND NAME, such as chainrule methods losses huber")
    elif name is None:
        print(_format_list(kind, known[kind]))
    elif name in known[kind].methods:
        print(_format_method(known[kind].methods[name], known[kind].use))
    else:
        raise unknown_name(f"method of {kind}", name, known[kind].methods)


def _format_list(name: str, kind: MethodKind) -> str:
    lines = [f"{name} ({kind.use})"]
    column = max(map(len, kind.methods)) + 4
    for method in kind.methods.values():
        lines += textwrap.wrap(
            f"  {method.name:{column - 2}}{method.sentence}",
            max(shutil.get_terminal_size().columns, 60),
            subsequent_indent=" " * column,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _format_method(method: Method, use: str) -> str:
    lines = [f"{method.name} ({use})", "", method.text]
    if method.settings:
        lines += ["", f"Settings and defaults: {', '.join(method.settings)}"]
    return "\n".join(lines)


def _kind(
    use: str, registry: Mapping[str, Any], describe: Callable[[str, Any], Method]
) -> MethodKind:
    return MethodKind(use, {name: describe(name, registry[name]) for name in sorted(registry)})


def _layers() -> dict[str, type]:
    """Return the layers by name, without `Network` and the protocol `Layer`."""
    exported = {name: getattr(layers, name) for name in layers.__all__}
    others = ("Layer", "Network")
    return {name: layer for name, layer in exported.items() if name not in others}


def _with_settings(name: str, cls: type) -> Method:
    """Describe a class whose arguments are the settings."""
    return Method(name, _doc(cls), _defaults(cls))


def _without_settings(name: str, method: object) -> Method:
    """Describe a method whose arguments come from the data."""
    return Method(name, _doc(method))


def _optimizer(name: str, cls: type[Optimizer]) -> Method:
    if issubclass(cls, FullBatchOptimizer):
        return Method(name, _doc(cls), _defaults(cls))
    defaults = f"The default learning rate is {cls.default_learning_rate:g}"
    if cls.default_weight_decay:
        defaults += f", the default weight decay {cls.default_weight_decay:g}"
    return Method(name, f"{_doc(cls)}\n\n{defaults}.", _defaults(cls))


def _activation(name: str, registered: Any) -> Method:
    return _with_settings(name, type(registered.operation))


def _initialiser(name: str, initialiser: Any) -> Method:
    """Describe an object, whose settings may differ from the defaults of its class."""
    return Method(name, f"{initialiser!r}: {_doc(initialiser)}")


def _network(name: str, make: Callable[..., object]) -> Method:
    return Method(name, _doc(make), _defaults(make))


def _loss(name: str, registered: Any) -> Method:
    """Describe up to two operations: on the prediction, and on the scores before it."""
    operations = [op for op in (registered.on_prediction, registered.on_scores) if op is not None]
    settings = dict.fromkeys(s for operation in operations for s in _defaults(operation))
    return Method(name, "\n\n".join(map(_doc, operations)), tuple(settings))


def _defaults(function: Callable[..., object]) -> tuple[str, ...]:
    """Return the arguments that have a default, as name=value."""
    parameters = inspect.signature(function).parameters.values()
    return tuple(f"{p.name}={p.default!r}" for p in parameters if p.default is not p.empty)


def _doc(method: object) -> str:
    return inspect.getdoc(method) or ""
