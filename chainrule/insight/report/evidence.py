"""Evidence: all that a report tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from chainrule.data.table import Table
from chainrule.insight.answers import Answers, answers
from chainrule.insight.findings import Finding
from chainrule.insight.permutation_importance import (
    PermutationImportance,
    permutation_importance,
)
from chainrule.insight.provenance import Provenance
from chainrule.randomness import numpy_generator
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared

# The importance of columns takes about so many multiplications, a second or less: on fewer rows
# where there are many columns or weights.
MULTIPLICATIONS = 10**10
FEWEST_ROWS = 100
MOST_COLUMNS = 200
PERMUTATIONS = 5


@dataclass(frozen=True, eq=False)
class Evidence:
    """A run, with what it learned from and where it lies.

    Attributes:
        run: that is told of.
        prepared: the samples, and the rows that were held out.
        found: what the run shows.
        config: of the run.
        folder: of the run.
        provenance: what it was made with.
    """

    run: Run
    prepared: Prepared
    found: Sequence[Finding]
    config: Mapping[str, Any]
    folder: Path
    provenance: Provenance

    @property
    def seed(self) -> int:
        """Of the run."""
        return int(self.config.get("seed", 0))

    @property
    def held_out_part(self) -> str:
        """What the held-out rows are: of the test, or, where there is none, of the validation."""
        return "test" if self.prepared.test else "validation"

    @cached_property
    def answers(self) -> Answers | None:
        """What the model says of the rows that were held out; None if none were."""
        rows = self.prepared.held_out
        return None if rows is None else answers(self.run.model, rows)

    @cached_property
    def rows_for_importance(self) -> Table | None:
        """Held-out rows, drawn at random where all would take long; None where none will do.

        A weight of a dense layer is multiplied once a row.
        """
        rows, model = self.prepared.held_out, self.run.model
        columns = len(model.preparation.columns)
        if not isinstance(rows, Table) or len(rows) < 2 or columns > MOST_COLUMNS:
            return None
        a_row = columns * PERMUTATIONS * model.parameters.count
        most = max(FEWEST_ROWS, MULTIPLICATIONS // a_row)
        if len(rows) <= most:
            return rows
        drawn = numpy_generator(self.seed, "rows for importance").permutation(len(rows))
        return rows.take(drawn[:most])

    @cached_property
    def importance(self) -> PermutationImportance | None:
        """What the model owes to each column; None where there are no rows for it."""
        rows, model = self.rows_for_importance, self.run.model
        if rows is None:
            return None
        return permutation_importance(model, rows, permutations=PERMUTATIONS, seed=self.seed)
