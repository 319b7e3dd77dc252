"""How new rows have to be read for a model: as those were that it learned from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.data.formatting import format_number, parse_number
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.preparation.targets import ClassTarget


def rows_to_predict(preparation: Preparation, keep: Sequence[str] = ()) -> dict[str, Any]:
    """Arguments of `read` for rows whose target is not asked for.

    Args:
        preparation: of the model.
        keep: further columns to be read, as text, so that a code such as 007 stays as it is.
    """
    if isinstance(preparation.inputs, Pixels):
        return {"picture_shape": preparation.inputs.shape}
    further = [name for name in dict.fromkeys(keep) if name not in preparation.columns]
    return {
        "columns": (*preparation.columns, *further),
        "categorical": (*preparation.categorical, *further),
    }


def labelled_rows(preparation: Preparation, target: str | None = None) -> dict[str, Any]:
    """Arguments of `read` for rows with their target.

    Args:
        preparation: of the model.
        target: as of `read`; by default, of a table, the column that the model learned.
    """
    options = rows_to_predict(preparation)
    if isinstance(preparation.inputs, Pixels):
        return {**options, "target": target}
    name = target or preparation.target.name
    names = [name] if _are_names(preparation) else []
    return {**options, "target": name, "categorical": (*options["categorical"], *names)}


def _are_names(preparation: Preparation) -> bool:
    """Whether a class is no plain number, so that read as one it would be lost: '01' is not '1'."""
    target = preparation.target
    return isinstance(target, ClassTarget) and any(
        (number := parse_number(label)) is None or format_number(number) != label
        for label in target.classes
    )
