"""The length of a schedule: the run that it was planned for, and shares of a run as updates."""

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


def updates(share: float, steps: int) -> int:
    """Return a share of a run as the nearest whole number of updates, at least 1.

    Rounding comes before any comparison: 0.7 of 10 updates is 7.000000000000001 in floating point,
    so that a change due at update 7 would come at 8.

    >>> updates(0.7, 10), updates(0.001, 10)
    (7, 1)
    """
    return max(1, round(share * steps))
