"""Parts: samples that come one part after the other, by partial_fit or a warm start."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.sample_weights import row_counts
from chainrule.data.formatting import quoted_list
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.preparation.scaling import Standardisation
from chainrule.data.table import Table
from chainrule.errors import InputError

# Units that differ by less than this are not told from other samples.
FACTOR = 10.0


def check_first_part(preparation: Preparation, table: Table) -> None:
    """Refuse a first part of the samples from which the later ones cannot be prepared.

    Args:
        preparation: fitted on the part.
        table: the part.
    Raises:
        InputError: a column cannot be used, or the scaling cannot follow the later parts.
    """
    left_out = [c.name for c in table.columns if c.name not in preparation.columns]
    if left_out:
        raise InputError(
            f"X: got the columns {quoted_list(left_out)} in the first call of partial_fit, which "
            "decides which columns are used: they have no value or one, or texts that hardly "
            "repeat. Begin with samples in which they differ as in all others, or leave them out "
            "of X."
        )
    for column in _numbers(preparation):
        scaling = column.scaling
        if scaling.merged(scaling, 0.5) is None:
            raise InputError(
                f"scaling: got '{scaling.kind}' for partial_fit, which has to know all samples; "
                "expected one that follows them, as smooth_clip or standardise. Use it, or none."
            )


def _numbers(preparation: Preparation) -> list[Numbers]:
    assert not isinstance(preparation.inputs, Pixels)
    return [column for column in preparation.inputs if isinstance(column, Numbers)]


def spreads(
    preparation: Preparation, table: Table, weights: NDArray[np.float64]
) -> dict[str, Standardisation]:
    """Return mean and deviation of each column of numbers that has a value, by name."""
    columns = {c.name: table.numbers(table.column(c.name)) for c in _numbers(preparation)}
    return {
        name: Standardisation.fit(values[known], row_counts(weights[known]))
        for name, values in columns.items()
        if (known := ~np.isnan(values)).any()
    }


def notes_on_units(
    before: Mapping[str, Standardisation], now: Mapping[str, Standardisation]
) -> list[str]:
    """Return notes on columns that look as if their numbers had another unit than before.

    Args:
        before: mean and deviation of each column in the first fit.
        now: those in a further fit, which keeps the scaling of the first.
    """
    return [
        f"column '{name}': its values have mean {new.mean:.4g} and deviation {new.deviation:.4g}, "
        f"those of the first fit mean {old.mean:.4g} and deviation {old.deviation:.4g}, by which "
        "they are scaled. If the unit has changed, convert them, or fit with warm_start=False"
        for name, new in now.items()
        if (old := before.get(name)) is not None and _differ(old, new)
    ]


def _differ(old: Standardisation, new: Standardisation) -> bool:
    """Return whether the means or the deviations differ by a factor of deviations."""
    if not old.deviation:
        return new != old
    far = abs(new.mean / 2 - old.mean / 2) > FACTOR * old.deviation / 2
    wide = new.deviation > FACTOR * old.deviation
    narrow = 0 < new.deviation < old.deviation / FACTOR
    return far or wide or narrow
