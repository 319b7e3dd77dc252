"""Registry of ready networks: functions that make a network from settings."""

import inspect
from collections.abc import Callable
from typing import TypeVar

from chainrule.errors import InputError
from chainrule.layers import Network
from chainrule.registry import Registry

Make = Callable[..., Network]

NETWORKS: Registry[Make] = Registry("network")

T = TypeVar("T", bound=Make)


def network(name: str) -> Callable[[T], T]:
    """Register a function as the ready network of that name.

    Its first argument is the number of outputs; the others are keyword settings with defaults.
    """
    return NETWORKS.register(name)


def network_named(name: str, outputs: int, **settings: object) -> Network:
    """Make the ready network of that name.

    Args:
        name: in the registry.
        outputs: number of scores of its last layer.
        settings: of this network; None leaves one at its default.
    Raises:
        InputError: there is no network of that name, or it does not have a setting.
    """
    make = NETWORKS[name]
    known = list(inspect.signature(make).parameters)[1:]
    chosen = {setting: value for setting, value in settings.items() if value is not None}
    for setting in chosen:
        if setting not in known:
            has = f"its settings are {', '.join(known)}" if known else "it has no settings"
            raise InputError(
                f"{setting}: got {chosen[setting]}, but the network '{name}' does not have it; "
                f"{has}. Leave it out, or choose another network."
            )
    return make(outputs, **chosen)
