"""Evidence: all inputs of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from chainrule.data.table import Table
from chainrule.insight.findings import Finding
from chainrule.insight.permutation_importance import (
    PermutationImportance,
    permutation_importance,
)
from chainrule.insight.predictions import Predictions, predict_with_truth
from chainrule.insight.provenance import Provenance
from chainrule.randomness import numpy_generator
from chainrule.training.metrics import is_defined
from chainrule.training.run import Run
from chainrule.training.run_config import RunConfig
from chainrule.training.samples.prepare import Prepared

# Limit on the multiplications for the importance of columns, about a second: with many columns or
# weights it is measured on fewer rows.
MULTIPLICATIONS = 10**10
FEWEST_ROWS = 100
MOST_COLUMNS = 200
PERMUTATIONS = 5


@dataclass(frozen=True, eq=False)
class Evidence:
    """A run with its samples, findings and provenance.

    Attributes:
        run: run to report on.
        prepared: samples, and the held-out rows.
        findings: findings of the run.
        config: configuration of the run.
        folder: folder of the run.
        provenance: software and data of the run.
    """

    run: Run
    prepared: Prepared
    findings: Sequence[Finding]
    config: RunConfig
    folder: Path
    provenance: Provenance

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return int(self.config.values.get("seed", 0))

    @property
    def held_out_part(self) -> str:
        """The part that the held-out rows are of: "test" or, without test samples, "validation"."""
        return "test" if self.prepared.test else "validation"

    @cached_property
    def predictions(self) -> Predictions | None:
        """Predictions for the held-out rows; None if there are none."""
        rows = self.prepared.held_out
        return None if rows is None else predict_with_truth(self.run.model, rows)

    @cached_property
    def rows_for_importance(self) -> Table | None:
        """Held-out rows, drawn at random where all would take too long; None if unsuitable.

        The cost is estimated as one multiplication for each weight and row.
        """
        rows, model = self.prepared.held_out, self.run.model
        columns = len(model.preparation.columns)
        if not isinstance(rows, Table) or len(rows) < 2 or columns > MOST_COLUMNS:
            return None
        multiplications_a_row = columns * PERMUTATIONS * model.parameters.count
        most = max(FEWEST_ROWS, MULTIPLICATIONS // multiplications_a_row)
        if len(rows) <= most:
            return rows
        drawn = numpy_generator(self.seed, "rows for importance").permutation(len(rows))
        return rows.take(drawn[:most])

    @cached_property
    def importance(self) -> PermutationImportance | None:
        """Permutation importance of the columns; None without suitable rows.

        It is measured by the metric of the run, or by the first of the task, where that is the loss
        or is not defined for these rows.
        """
        rows, model = self.rows_for_importance, self.run.model
        if rows is None:
            return None
        metric = self.run.metric
        targets = model.inverse_transform(model.preparation.targets(rows))
        is_usable = metric != "loss" and is_defined(metric, model.task, targets)
        return permutation_importance(
            model,
            rows,
            metric=metric if is_usable else None,
            permutations=PERMUTATIONS,
            seed=self.seed,
        )
