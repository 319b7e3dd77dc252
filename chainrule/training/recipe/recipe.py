"""Recipe: the settings, network and methods of a training, resolved from options, preset and data.

`resolve` is the only place where these are combined.
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
from chainrule.errors import InputError, check_type
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
from chainrule.training.settings.selection import selected_epoch
from chainrule.training.settings.settings import Settings


@dataclass(frozen=True)
class Request:
    """The options and objects that a user gave for a training.

    Attributes:
        options: options of `Settings` and `NetworkOptions` that were set explicitly, by name.
        preset: name of a preset; None for the default of the data and the options.
        network: replaces the network of a preset.
        optimizer, schedule, augmentation: objects that replace those that options name.
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
        """Make the request of a call from Python.

        Args:
            network: a network, or the name of a preset.
            options: keyword arguments.
            optimizer, schedule, augment: a name, an object, or None.
        """
        check_type("train", "network", network, (str, Network), "a Network, or a name of a preset")
        methods = {"optimizer": "default_learning_rate", "schedule": "bind"}
        for name, value in (("optimizer", optimizer), ("schedule", schedule)):
            if isinstance(value, type) or not hasattr(value, methods[name]):
                check_type("train", name, value, str | None, "a name, an object or None")
        several = (Augmentation, list, tuple, type(None))
        check_type("train", "augment", augment, several, "names, an Augmentation or None")
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
    """The settings, network and methods of a training.

    Attributes:
        request: the request that it was resolved from.
        preset: name of the preset; None if the user passed a network.
        settings: all settings.
        network: a network, or the options of a ready network.
        optimizer: the optimizer.
        schedule: the schedule of the learning rate, with its warm-up.
        augmentation: the augmentation of pictures; None for none.
        task: task of the target.
        replaced: values of the preset that options override, by name.
        notes: notes on defaults that were chosen for the data.
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
        """Return the network; a ready network has that number of outputs.

        Raises:
            InputError: the network does not support an option.
        """
        if isinstance(self.network, Network):
            return self.network
        return build_network(self.network, outputs)

    def for_samples(self, samples: int) -> Recipe:
        """Return the recipe with the batch size of the preset limited to the number of samples.

        Args:
            samples: number of training samples of each network.
        """
        size = self.settings.batch_size
        if "batch_size" in self.request.options or not isinstance(size, int) or size <= samples:
            return self
        settings = self.settings.model_copy(update={"batch_size": samples})
        return replace(self, settings=settings)

    def resolved(self) -> dict[str, object]:
        """Return all settings and network options that have a value, by name, and the preset."""
        network = {} if isinstance(self.network, Network) else self.network.model_dump()
        values = {"preset": self.preset, **network, **self.settings.model_dump()}
        return {name: value for name, value in values.items() if value is not None}

    def summary(self, *, validated: bool) -> str:
        """Describe the training, and the values of the preset that options override.

        Args:
            validated: whether there are validation samples.
        """
        parts = [self._describe_network()]
        if self.settings.members > 1:
            parts.append(f"{self.settings.members} of them")
        parts.append(f"{self._describe_length(validated)}, {self._describe_optimizer()}")
        lines = [f"{'; '.join(parts)}; {kept_epoch(self.settings, validated)} is kept"]
        changes = [
            f"{name} {_format_value(self.request.options[name])} ({_format_value(value)})"
            for name, value in self.replaced.items()
        ]
        if changes:
            lines.append(f"given in place of the preset's: {', '.join(changes)}")
        return "\n".join(lines)

    def _describe_length(self, validated: bool) -> str:
        settings = self.settings
        length = pluralised(settings.epochs, "epoch")
        if settings.iterations is not None:
            length = pluralised(settings.iterations, "iteration")
        if not settings.patience or not validated:  # without validation nothing ends it early
            return length
        return f"at most {length}, patience {settings.patience}"

    def _describe_optimizer(self) -> str:
        settings = self.settings
        optimizer = settings.optimizer if self.request.optimizer is None else repr(self.optimizer)
        if isinstance(self.optimizer, FullBatchOptimizer):
            return f"optimizer {optimizer}, of all samples in each step"
        schedule = settings.schedule if self.request.schedule is None else repr(self.schedule)
        rate = settings.learning_rate or self.optimizer.default_learning_rate
        return f"optimizer {optimizer} at a learning rate of {rate:g}, schedule {schedule}"

    def _describe_network(self) -> str:
        if isinstance(self.network, Network):
            return "network of your own"
        options = self.network.explicit()
        name = options.pop("network")
        parts = [f"{option} {_format_value(value)}" for option, value in options.items()]
        return f"preset {self.preset}: network {', '.join([str(name), *parts])}"


def resolve(request: Request, task: Task, samples: int, kind: DataKind) -> Recipe:
    """Resolve a request with a preset and the defaults for the data.

    Options override the preset. Settings of the preset that belong to an overridden one are
    dropped, such as the learning rate of an optimizer (see `merge_preset`).
    Args:
        request: the options and objects of the user.
        task: task of the target.
        samples: total number of samples, which limits the batch size.
        kind: kind of the data.
    Raises:
        InputError: an option or a preset is invalid, or the network of the preset does not support
            an option; the message then names a preset whose network does.
    """
    options = dict(request.options)
    if request.network is not None:
        name, replaced, values = None, {}, options
    else:
        name = request.preset or _suitable_preset(options, kind)
        if request.optimizer is not None:
            options["optimizer"] = _registered_name(request.optimizer)
        settings_of_preset = preset(name, task, samples)
        values = merge_preset({**defaults_for(kind), **settings_of_preset}, options)
        replaced = {
            n: settings_of_preset[n]
            for n in options
            if settings_of_preset.get(n, options[n]) != options[n]
        }
        values |= _metric_for_class_weights(values, options)
    network_values = {n: values.pop(n) for n in NetworkOptions.model_fields if n in values}
    settings = validate(Settings, values)
    network = request.network or validate(NetworkOptions, network_values)
    if name is not None and isinstance(network, NetworkOptions):
        _check_network_options(network, request, name, task, kind)
    augmentation = request.augmentation or make_augmentation(settings)
    return Recipe(
        request,
        name,
        settings,
        network,
        request.optimizer or make_optimizer(settings),
        request.schedule or make_schedule(settings),
        augmentation,
        task,
        replaced,
        _notes(request, settings) if augmentation is not None else (),
    )


def _metric_for_class_weights(
    values: Mapping[str, object], options: Mapping[str, object]
) -> dict[str, object]:
    """Return the metric that selects the epoch, where class weights change that of the preset.

    The accuracy hardly counts rare classes, so the epoch that it selects would undo their weights.
    """
    is_undone = values.get("class_weight") is not None and values.get("metric") == "accuracy"
    return {"metric": "balanced_accuracy"} if is_undone and "metric" not in options else {}


def build_network(options: NetworkOptions, outputs: int) -> Network:
    """Make a ready network with that number of outputs.

    Raises:
        InputError: the network does not support an option.
    """
    settings = options.subset(NetworkOptions).model_dump(exclude={"network"})
    if options.initialiser is not None:
        settings["initialiser"] = INITIALISERS[options.initialiser]
    return network_named(options.network or "mlp", outputs, **settings)


def kept_epoch(settings: Settings, validated: bool) -> str:
    """Describe the epoch whose weights a run keeps."""
    kept = selected_epoch(settings.metric) if validated else "last epoch"
    return f"of each the {kept}" if settings.members > 1 else f"the {kept}"


def _suitable_preset(options: Mapping[str, object], kind: DataKind) -> str:
    """Return the preset of the network in the options, or the default preset of the data."""
    network = options.get("network")
    if network is None:
        return DEFAULT_PRESETS[kind]
    presets = [n for n in ("strong", "fast") if PRESETS[n]("binary", 1).get("network") == network]
    return next(iter(presets), "plain")


def _registered_name(optimizer: Optimizer) -> str:
    """Return the name of an optimizer in the registry; empty if it is not registered."""
    return next((name for name, cls in OPTIMIZERS.items() if type(optimizer) is cls), "")


def _check_network_options(
    network: NetworkOptions, request: Request, name: str, task: Task, kind: DataKind
) -> None:
    """Refuse options that the network of the preset does not support; name a preset that does."""
    explicit = [n for n in NetworkOptions.model_fields if n in request.options and n != "network"]
    unsupported = [
        option for option in explicit if option not in _settings_of(str(network.network))
    ]
    if not unsupported or "network" in request.options:
        return  # for a network that the user named, building it raises the error
    presets = [
        other
        for other in ("plain", *PRESETS)
        if set(explicit) <= set(_settings_of(_network_of(other, task, kind)))
    ]
    option = unsupported[0]
    remedy = "Leave it out, or choose another --network."
    if presets:
        other = _network_of(presets[0], task, kind)
        remedy = f"Use --preset {presets[0]}, whose network '{other}' has it, or leave it out."
    value = _format_value(request.options[option])
    raise InputError(
        f"{option}: got {value}, but the network '{network.network}' of the preset '{name}' does "
        f"not have it; its settings are {', '.join(_settings_of(str(network.network)))}. {remedy}"
    )


def _network_of(name: str, task: Task, kind: DataKind) -> str:
    return str({**defaults_for(kind), **preset(name, task, samples=1)}["network"])


def _settings_of(network: str) -> list[str]:
    """Return the names of the settings of a network."""
    return list(inspect.signature(NETWORKS[network]).parameters)[1:]


def _notes(request: Request, settings: Settings) -> tuple[str, ...]:
    """Return a note on augmentation that is on by default."""
    if request.augmentation is not None or "augment" in request.options:
        return ()
    name = settings.augment[0]
    return (
        f"training pictures are augmented with the set {name} "
        f"({', '.join(AUGMENTATIONS[name])}); turn that off with --augment none",
    )


def _format_value(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


__all__ = ["Preset", "Recipe", "Request", "build_network", "kept_epoch", "resolve"]
