"""The length of a schedule: what was planned for one run is not silently stretched to another."""

from typing import Literal

from chainrule.errors import InputError


def check_length(
    name: str, length: int, run: int, unit: Literal["epochs", "iterations"] = "epochs"
) -> None:
    """Refuse a run that is longer or shorter than the schedule that was planned for it.

    A shorter one would end at a rate that is still high, in a longer one nothing says which rate
    follows.
    Args:
        name: of the schedule.
        length: that the person gave the schedule.
        run: length of the run, in the same unit.
        unit: of both.
    Raises:
        InputError: the two differ.
    """
    if length != run:
        raise InputError(
            f"schedule '{name}': got a length of {length:,} {unit}, but the run has {run:,}; "
            f"expected the same. Use --{unit} {length}, or give the schedule no length: it then "
            "takes the whole run."
        )
