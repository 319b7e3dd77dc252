"""What a person asked for in Python: settings, or objects in the place of what settings name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chainrule.data.augmentation import Augmentation
from chainrule.data.columns.vocabulary import Task
from chainrule.layers import Network
from chainrule.training.members.trainer import Fit
from chainrule.training.optimizers import Optimizer
from chainrule.training.samples.prepare import Prepared
from chainrule.training.schedules import Schedule
from chainrule.training.settings.presets import OF_THE_NETWORK, Preset, merge_preset, preset
from chainrule.training.settings.settings import Settings
from chainrule.training.settings.validation import validate


@dataclass(frozen=True)
class Asked:
    """Settings that were checked.

    Attributes:
        settings: of the run.
        optimizer: in place of the one that the settings name.
        schedule: likewise.
        augmentation: likewise.
    """

    settings: Settings
    optimizer: Optimizer | None = None
    schedule: Schedule | None = None
    augmentation: Augmentation | None = None

    @classmethod
    def of(
        cls,
        given: Mapping[str, object],
        optimizer: str | Optimizer | None,
        schedule: str | Schedule | None,
        augment: Sequence[str] | Augmentation | None,
    ) -> Asked:
        """What was asked for, names among the settings and objects beside them; None: as usual.

        Raises:
            InputError: a setting can't be used.
        """
        named: dict[str, object] = {**given}
        for name, chosen in (("optimizer", optimizer), ("schedule", schedule)):
            if isinstance(chosen, str):
                named[name] = chosen
        if augment is not None and not isinstance(augment, Augmentation):
            named["augment"] = augment
        return cls(
            validate(Settings, named),
            None if isinstance(optimizer, str) else optimizer,
            None if isinstance(schedule, str) else schedule,
            augment if isinstance(augment, Augmentation) else None,
        )

    def with_preset(self, name: str, task: Task, samples: int) -> tuple[Asked, Preset]:
        """The same with the settings of a preset where none was asked for, and its network's.

        Args:
            name: of the preset.
            task: what is learned.
            samples: to learn from, or more.
        Raises:
            InputError: there is no such preset.
        """
        given = {field: getattr(self.settings, field) for field in self.settings.model_fields_set}
        chosen = merge_preset(preset(name, task, samples), given)
        of_network = {field: chosen.pop(field) for field in OF_THE_NETWORK & set(chosen)}
        return replace(self, settings=validate(Settings, chosen)), of_network

    def augmented(self, name: str) -> Asked:
        """The same with a preset of augmentations."""
        return replace(self, settings=self.settings.model_copy(update={"augment": (name,)}))

    def limited(self, samples: int) -> Asked:
        """The same with no more samples in a batch than there are."""
        size = self.settings.batch_size
        if not isinstance(size, int) or size <= samples:
            return self
        return replace(self, settings=self.settings.model_copy(update={"batch_size": samples}))

    def fit(self, network: Network, prepared: Prepared) -> Fit:
        """The training of a network on prepared samples."""
        return Fit(
            network, prepared, self.settings, self.optimizer, self.schedule, self.augmentation
        )
