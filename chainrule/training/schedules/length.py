"""The length of a schedule: a schedule planned for one run is never stretched to another."""

from typing import Literal

from chainrule.errors import InputError


def check_length(
    name: str, length: int, run: int, unit: Literal["epochs", "iterations"] = "epochs"
) -> None:
    """Check that a run is as long as the schedule planned for it.

    A shorter run would end at a rate that is still high; for a longer one no rate is defined after
    the end of the schedule.
    Args:
        name: name of the schedule.
        length: length that the user gave the schedule.
        run: length of the run, in the same unit.
        unit: unit of both lengths.
    Raises:
        InputError: the two lengths differ.
    """
    if length != run:
        raise InputError(
            f"schedule '{name}': got a length of {length:,} {unit}, but the run has {run:,}; "
            f"expected the same. Use --{unit} {length}, or give the schedule no length: it then "
            "takes the whole run."
        )
