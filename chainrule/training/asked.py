"""What a person asked for in Python: settings, or objects in the place of what settings name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainrule.data.augmentation import Augmentation
from chainrule.layers import Network
from chainrule.training.member import Fit
from chainrule.training.optimizers import Optimizer
from chainrule.training.options import checked
from chainrule.training.prepare import Prepared
from chainrule.training.schedules import Schedule
from chainrule.training.settings import Settings


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
        optimizer: str | Optimizer,
        schedule: str | Schedule,
        augment: Sequence[str] | Augmentation,
    ) -> Asked:
        """What was asked for, names among the settings and objects beside them.

        Raises:
            InputError: a setting can't be used.
        """
        named: dict[str, object] = {**given}
        for name, chosen in (("optimizer", optimizer), ("schedule", schedule)):
            if isinstance(chosen, str):
                named[name] = chosen
        if not isinstance(augment, Augmentation):
            named["augment"] = augment
        return cls(
            checked(Settings, named),
            None if isinstance(optimizer, str) else optimizer,
            None if isinstance(schedule, str) else schedule,
            augment if isinstance(augment, Augmentation) else None,
        )

    def fit(self, network: Network, prepared: Prepared) -> Fit:
        """The training of a network on prepared samples."""
        return Fit(
            network, prepared, self.settings, self.optimizer, self.schedule, self.augmentation
        )
