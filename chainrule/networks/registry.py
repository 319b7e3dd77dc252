"""Ready networks by name, each a function that makes one from the settings that it knows."""

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

    Its first argument is the number of outputs; the others, named, are settings with defaults.
    """
    return NETWORKS.register(name)


def network_named(name: str, outputs: int, **settings: object) -> Network:
    """The ready network of that name.

    Args:
        name: in the registry.
        outputs: scores that its last layer gives.
        settings: of this network; those that are None are left at their defaults.
    Raises:
        InputError: there is no such network, or it has no such setting.
    """
    make = NETWORKS[name]
    known = list(inspect.signature(make).parameters)[1:]
    given = {setting: value for setting, value in settings.items() if value is not None}
    for setting in given:
        if setting not in known:
            has = f"its settings are {', '.join(known)}" if known else "it has no settings"
            raise InputError(
                f"{setting}: got {given[setting]}, but the network '{name}' does not have it; "
                f"{has}. Leave it out, or choose another network."
            )
    return make(outputs, **given)
