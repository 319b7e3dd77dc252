"""chainrule methods: every method that has a name, as its own docstring tells of it.

Nothing is told here a second time: names come from the registries, words from the docstrings. The
reference page of the book is made of the same.
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
    """A method by name.

    Attributes:
        name: in its registry.
        text: its docstring: formula, shapes, settings in words, source.
        settings: with their defaults, such as ("beta1=0.9", "beta2=0.999").
    """

    name: str
    text: str
    settings: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The first one of its docstring, without the sign that ends it."""
        paragraph = " ".join(self.text.split("\n\n")[0].split())
        return re.split(r":$|(?<!\.)\.(?:\s|$)", paragraph)[0]


@dataclass(frozen=True)
class MethodKind:
    """Methods that can stand for each other.

    Attributes:
        use: how one of them is chosen.
        methods: by name.
    """

    use: str
    methods: Mapping[str, Method]


def method_kinds() -> dict[str, MethodKind]:
    """Every method, by its kind and its name."""
    metrics = {name: metric for of_task in METRICS.values() for name, metric in of_task.items()}
    return {
        "activations": _kind("--activation NAME, Dense(50, 'NAME')", ACTIVATIONS, _activation),
        "losses": _kind("--loss NAME", LOSSES, _loss),
        "optimizers": _kind("--optimizer NAME:setting=value", OPTIMIZERS, _optimizer),
        "schedules": _kind("--schedule NAME:setting=value", SCHEDULES, _made),
        "initialisers": _kind("--initialiser NAME", INITIALISERS, _initialiser),
        "layers": _kind("Network(LAYER, LAYER, ...)", _layers(), _made),
        "networks": _kind("--network NAME", NETWORKS, _network),
        "presets": _kind("--preset NAME", PRESETS, _learned),
        "scalings": _kind("--scaling NAME", SCALINGS, _learned),
        "encodings": _kind("--encoding NAME", ENCODINGS, _learned),
        "projections": _kind("--projection NAME", PROJECTIONS, _learned),
        "augmentations": _kind("--augment NAME:value", AUGMENTATIONS, _made),
        "metrics": _kind("measured in every test that they fit", metrics, _learned),
    }


def methods_command(kind: str | None = None, name: str | None = None) -> None:
    """Print all methods, those of one kind, or all about one of them.

    Raises:
        InputError: there is no such kind, or no such method of the kind.
    """
    known = method_kinds()
    if kind is not None and kind not in known:
        raise unknown_name("kind of methods", kind, known)
    if kind is None:
        print("\n\n".join(_listed(kind, known[kind]) for kind in known))
        print("\nAll about one: chainrule methods KIND NAME, as in chainrule methods losses huber")
    elif name is None:
        print(_listed(kind, known[kind]))
    elif name in known[kind].methods:
        print(_told(known[kind].methods[name], known[kind].use))
    else:
        raise unknown_name(f"method of {kind}", name, known[kind].methods)


def _listed(kind: str, of: MethodKind) -> str:
    lines = [f"{kind} ({of.use})"]
    column = max(map(len, of.methods)) + 4
    for method in of.methods.values():
        lines += textwrap.wrap(
            f"  {method.name:{column - 2}}{method.sentence}",
            max(shutil.get_terminal_size().columns, 60),
            subsequent_indent=" " * column,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _told(method: Method, use: str) -> str:
    lines = [f"{method.name} ({use})", "", method.text]
    if method.settings:
        lines += ["", f"Settings and defaults: {', '.join(method.settings)}"]
    return "\n".join(lines)


def _kind(use: str, registry: Mapping[str, Any], told: Callable[[str, Any], Method]) -> MethodKind:
    return MethodKind(use, {name: told(name, registry[name]) for name in sorted(registry)})


def _layers() -> dict[str, type]:
    """The layers that a network is made of; the network itself and the protocol are none."""
    exported = {name: getattr(layers, name) for name in layers.__all__}
    others = ("Layer", "Network")
    return {name: layer for name, layer in exported.items() if name not in others}


def _made(name: str, cls: type) -> Method:
    """Of a class whose arguments are the settings."""
    return Method(name, _doc(cls), _defaults(cls))


def _learned(name: str, thing: object) -> Method:
    """Of what has no settings: its arguments come from the data."""
    return Method(name, _doc(thing))


def _optimizer(name: str, cls: type[Optimizer]) -> Method:
    if issubclass(cls, FullBatchOptimizer):
        return Method(name, _doc(cls), _defaults(cls))
    rate = f"The learning rate is {cls.default_learning_rate:g} where none is given"
    decay = cls.default_weight_decay
    told = f"{rate}, the weight decay {decay:g}." if decay else f"{rate}."
    return Method(name, f"{_doc(cls)}\n\n{told}", _defaults(cls))


def _activation(name: str, registered: Any) -> Method:
    return _made(name, type(registered.operation))


def _initialiser(name: str, initialiser: Any) -> Method:
    """Of an object, whose settings may differ from the defaults of its class."""
    return Method(name, f"{initialiser!r}: {_doc(initialiser)}")


def _network(name: str, make: Callable[..., object]) -> Method:
    return Method(name, _doc(make), _defaults(make))


def _loss(name: str, registered: Any) -> Method:
    """Of up to two operations: on the prediction, and on the scores before it."""
    operations = [op for op in (registered.on_prediction, registered.on_scores) if op is not None]
    settings = dict.fromkeys(s for operation in operations for s in _defaults(operation))
    return Method(name, "\n\n".join(map(_doc, operations)), tuple(settings))


def _defaults(made: Callable[..., object]) -> tuple[str, ...]:
    """The arguments that have a default, as they would be written."""
    parameters = inspect.signature(made).parameters.values()
    return tuple(f"{p.name}={p.default!r}" for p in parameters if p.default is not p.empty)


def _doc(thing: object) -> str:
    return inspect.getdoc(thing) or ""
