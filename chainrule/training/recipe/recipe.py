"""Recipe: what a training does, resolved from what a user gave, a preset and the data.

`resolve` is the only place where these meet.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chainrule.data.augmentation import PRESETS as AUGMENTATIONS
from chainrule.data.augmentation import Augmentation
from chainrule.data.dataset import DataKind
from chainrule.data.formatting import pluralised
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.layers import Network
from chainrule.layers.initialisers import INITIALISERS
from chainrule.networks import NETWORKS, network_named
from chainrule.options import validate
from chainrule.training.optimizers import OPTIMIZERS, FullBatchOptimizer, Optimizer
from chainrule.training.recipe.methods import make_augmentation, make_optimizer, make_schedule
from chainrule.training.recipe.presets import (
    DEFAULT_PRESETS,
    PRESETS,
    Preset,
    defaults_for,
    merge_preset,
    preset,
)
from chainrule.training.schedules import Schedule
from chainrule.training.settings.network_options import NetworkOptions
from chainrule.training.settings.settings import Settings


@dataclass(frozen=True)
class Request:
    """What a user gave for a training.

    Attributes:
        options: of `Settings` and `NetworkOptions`, by name; only those that were given.
        preset: its name; None for the one that suits the data and the options.
        network: in place of the network of a preset.
        optimizer, schedule, augmentation: objects in place of those that options name.
    """

    options: Mapping[str, object] = field(default_factory=dict)
    preset: str | None = None
    network: Network | None = None
    optimizer: Optimizer | None = None
    schedule: Schedule | None = None
    augmentation: Augmentation | None = None

    @classmethod
    def of(
        cls,
        network: Network | str,
        options: Mapping[str, object],
        optimizer: str | Optimizer | None,
        schedule: str | Schedule | None,
        augment: Sequence[str] | Augmentation | None,
    ) -> Request:
        """Make the request of a call in Python.

        Args:
            network: a network, or the name of a preset.
            options: keyword arguments.
            optimizer, schedule, augment: by name, as an object, or None.
        """
        texts: dict[str, object] = {**options}
        if isinstance(optimizer, str):
            texts["optimizer"] = optimizer
        if isinstance(schedule, str):
            texts["schedule"] = schedule
        if augment is not None and not isinstance(augment, Augmentation):
            texts["augment"] = tuple(augment)
        return cls(
            texts,
            network if isinstance(network, str) else None,
            None if isinstance(network, str) else network,
            None if isinstance(optimizer, str) else optimizer,
            None if isinstance(schedule, str) else schedule,
            augment if isinstance(augment, Augmentation) else None,
        )


@dataclass(frozen=True)
class Recipe:
    """What a training does.

    Attributes:
        request: from which it was resolved.
        preset: the name of the preset; None for a network of the user's own.
        settings: all of them.
        network: made already, or by name with its settings.
        optimizer: of the settings, or the user's.
        schedule: of the learning rate, the warm-up included.
        augmentation: of pictures; None for none.
        task: of the target.
        replaced: the values of the preset in place of which options were given, by name.
        notes: on what was chosen for the data.
    """

    request: Request
    preset: str | None
    settings: Settings
    network: Network | NetworkOptions
    optimizer: Optimizer
    schedule: Schedule
    augmentation: Augmentation | None
    task: Task
    replaced: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def build_network(self, outputs: int) -> Network:
        """Return the network, whose last layer has that many outputs if it is made here.

        Raises:
            InputError: it does not have a setting that was given.
        """
        if isinstance(self.network, Network):
            return self.network
        return build_network(self.network, outputs)

    def for_samples(self, samples: int) -> Recipe:
        """Return the recipe with no more samples in a batch of the preset than there are.

        Args:
            samples: training samples of each network.
        """
        size = self.settings.batch_size
        if "batch_size" in self.request.options or not isinstance(size, int) or size <= samples:
            return self
        settings = self.settings.model_copy(update={"batch_size": samples})
        return replace(self, settings=settings)

    def resolved(self) -> dict[str, object]:
        """All settings and network options that have a value, by name, and the preset."""
        network = {} if isinstance(self.network, Network) else self.network.model_dump()
        values = {"preset": self.preset, **network, **self.settings.model_dump()}
        return {name: value for name, value in values.items() if value is not None}

    def summary(self, *, validated: bool) -> str:
        """Describe what will run, and what the given options replace of the preset.

        Args:
            validated: whether there are validation samples.
        """
        parts = [self._network_in_words()]
        if self.settings.members > 1:
            parts.append(f"{self.settings.members} of them")
        parts.append(f"{self._length_in_words()}, {self._optimizer_in_words()}")
        lines = [f"{'; '.join(parts)}; {kept_epoch(self.settings, self.task, validated)} is kept"]
        changes = [
            f"{name} {_in_words(self.request.options[name])} ({_in_words(value)})"
            for name, value in self.replaced.items()
        ]
        if changes:
            lines.append(f"given in place of the preset's: {', '.join(changes)}")
        return "\n".join(lines)

    def _length_in_words(self) -> str:
        settings = self.settings
        length = pluralised(settings.epochs, "epoch")
        if settings.iterations is not None:
            length = pluralised(settings.iterations, "iteration")
        return f"at most {length}, patience {settings.patience}" if settings.patience else length

    def _optimizer_in_words(self) -> str:
        settings = self.settings
        optimizer = settings.optimizer if self.request.optimizer is None else repr(self.optimizer)
        if isinstance(self.optimizer, FullBatchOptimizer):
            return f"optimizer {optimizer}, of all samples in each step"
        schedule = settings.schedule if self.request.schedule is None else repr(self.schedule)
        rate = settings.learning_rate or self.optimizer.default_learning_rate
        return f"optimizer {optimizer} at a learning rate of {rate:g}, schedule {schedule}"

    def _network_in_words(self) -> str:
        if isinstance(self.network, Network):
            return "network of your own"
        options = self.network.explicit()
        name = options.pop("network")
        parts = [f"{option} {_in_words(value)}" for option, value in options.items()]
        return f"preset {self.preset}: network {', '.join([str(name), *parts])}"


def resolve(request: Request, task: Task, samples: int, kind: DataKind) -> Recipe:
    """Resolve what a user gave with a preset and the defaults for the data.

    Given options refine the preset. A setting of the preset gives way where it belongs to another
    one that was replaced, such as the learning rate to its optimizer (see `merge_preset`).
    Args:
        request: what was given.
        task: of the target.
        samples: of all parts together, of which a batch has no more.
        kind: of the data.
    Raises:
        InputError: an option can't be used, there is no such preset, or its network does not have
            an option that was given; then a preset is named whose network has it.
    """
    options = dict(request.options)
    if request.network is not None:
        name, replaced, chosen = None, {}, options
    else:
        name = request.preset or _suitable_preset(options, kind)
        if request.optimizer is not None:
            options["optimizer"] = _name_of(request.optimizer)
        of_preset = preset(name, task, samples)
        chosen = merge_preset({**defaults_for(kind), **of_preset}, options)
        replaced = {n: of_preset[n] for n in options if of_preset.get(n, options[n]) != options[n]}
    network = {n: chosen.pop(n) for n in NetworkOptions.model_fields if n in chosen}
    settings = validate(Settings, chosen)
    made = request.network or validate(NetworkOptions, network)
    if name is not None and isinstance(made, NetworkOptions):
        _check_network_options(made, request, name, task, kind)
    augmentation = request.augmentation or make_augmentation(settings)
    return Recipe(
        request,
        name,
        settings,
        made,
        request.optimizer or make_optimizer(settings),
        request.schedule or make_schedule(settings),
        augmentation,
        task,
        replaced,
        _notes(request, settings) if augmentation is not None else (),
    )


def build_network(options: NetworkOptions, outputs: int) -> Network:
    """Make a ready network, whose last layer has that many outputs.

    Raises:
        InputError: it does not have a setting that was given.
    """
    settings = options.subset(NetworkOptions).model_dump(exclude={"network"})
    if options.initialiser is not None:
        settings["initialiser"] = INITIALISERS[options.initialiser]
    return network_named(options.network or "mlp", outputs, **settings)


def kept_epoch(settings: Settings, task: Task, validated: bool) -> str:
    """Describe the epoch whose weights a run keeps."""
    if not validated:
        return "the last epoch"
    if settings.best_by == "accuracy" and task != "regression":
        return "the last epoch with the highest validation accuracy"
    return "the epoch with the lowest validation loss"


def _suitable_preset(options: Mapping[str, object], kind: DataKind) -> str:
    """The preset of a network that was named, or else the default for the data."""
    network = options.get("network")
    if network is None:
        return DEFAULT_PRESETS[kind]
    with_it = [n for n in ("strong", "fast") if PRESETS[n]("binary", 1).get("network") == network]
    return next(iter(with_it), "plain")


def _name_of(optimizer: Optimizer) -> str:
    """The name in the registry; nothing of an optimizer that is not registered."""
    return next((name for name, made in OPTIMIZERS.items() if type(optimizer) is made), "")


def _check_network_options(
    network: NetworkOptions, request: Request, name: str, task: Task, kind: DataKind
) -> None:
    """Refuse options that the network of the preset does not have, and name a preset that can."""
    given = [n for n in NetworkOptions.model_fields if n in request.options and n != "network"]
    lacking = [option for option in given if option not in _settings_of(str(network.network))]
    if not lacking or "network" in request.options:
        return  # a network that the user named says by itself what it lacks
    able = [
        other
        for other in ("plain", *PRESETS)
        if set(given) <= set(_settings_of(_network_of(other, task, kind)))
    ]
    option = lacking[0]
    remedy = "Leave it out, or choose another --network."
    if able:
        remedy = (
            f"Use --preset {able[0]}, whose network '{_network_of(able[0], task, kind)}' has it, "
            "or leave it out."
        )
    raise InputError(
        f"{option}: got {_in_words(request.options[option])}, but the network '{network.network}' "
        f"of the preset '{name}' does not have it; its settings are "
        f"{', '.join(_settings_of(str(network.network)))}. {remedy}"
    )


def _network_of(name: str, task: Task, kind: DataKind) -> str:
    return str({**defaults_for(kind), **preset(name, task, samples=1)}["network"])


def _settings_of(network: str) -> list[str]:
    """The names of the settings that a network has."""
    return list(inspect.signature(NETWORKS[network]).parameters)[1:]


def _notes(request: Request, settings: Settings) -> tuple[str, ...]:
    """A note on augmentation that nobody asked for."""
    if request.augmentation is not None or "augment" in request.options:
        return ()
    name = settings.augment[0]
    return (
        f"training pictures are changed at random as {name} may be "
        f"({', '.join(AUGMENTATIONS[name])}); turn that off with --augment none",
    )


def _in_words(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


__all__ = ["Preset", "Recipe", "Request", "build_network", "kept_epoch", "resolve"]
