"""Section on the errors of predicted numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import format_four_digits
from chainrule.insight.curves import BEST, TRAINING, plain
from chainrule.insight.predictions import NumberPredictions
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import plots, table
from chainrule.insight.report.svg import inline_svg
from chainrule.randomness import numpy_generator

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Each point is an element of the page; more would hide each other, and take a megabyte.
POINTS = 500
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


def errors(evidence: Evidence) -> str:
    """Return plots of predicted over true values and of the errors, and quantiles of the errors."""
    predictions = evidence.predictions
    if not isinstance(predictions, NumberPredictions):
        return ""
    drawn = _drawn(len(predictions.truth), evidence.seed)
    predicted, truth = predictions.predicted[drawn], predictions.truth[drawn]
    first_caption = "Predicted over true values; on the dotted line both are equal."
    second_caption = (
        "Errors, predicted minus true, over predicted values. Errors that are larger at one end, "
        "or mostly on one side of 0, can show a relation that the network did not learn."
    )
    if len(drawn) < len(predictions.truth):
        first_caption += (
            f" {len(drawn)} of the {len(predictions.truth):,} samples, drawn at random."
        )
    against_truth = partial(draw_points, truth, predicted, "true", "predicted", diagonal=True)
    of_errors = partial(draw_points, predicted, predicted - truth, "predicted", "error")
    pictures = [
        (inline_svg(against_truth, "predicted", "Predicted over true values"), first_caption),
        (inline_svg(of_errors, "errors", "Errors over predicted values"), second_caption),
    ]
    return plots(pictures) + _quantiles(predictions.errors)


def draw_points(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    x_label: str,
    y_label: str,
    *,
    diagonal: bool = False,
) -> Figure:
    """Draw a point for each sample, with the line of perfect predictions."""
    from matplotlib.figure import Figure  # imported here because it takes half a second

    figure = Figure(figsize=(4.4, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.plot(x, y, ".", color=TRAINING, alpha=0.5, markersize=5, markeredgewidth=0)
    middle = (x.mean(), x.mean()) if diagonal else (x.mean(), 0.0)
    axes.axline(middle, slope=float(diagonal), color=BEST, linestyle=":", linewidth=1)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    plain(axes)
    return figure


def _drawn(samples: int, seed: int) -> NDArray[np.int64]:
    return numpy_generator(seed, "points to draw").permutation(samples)[:POINTS]


def _quantiles(errors: NDArray[np.float64]) -> str:
    names = ("lowest", *(f"{share:.0%}" for share in QUANTILES[1:-1]), "highest")
    rows = [
        (name, *map(format_four_digits, np.quantile(values, QUANTILES).tolist()))
        for name, values in (("predicted - true", errors), ("absolute error", np.abs(errors)))
    ]
    caption = "Quantiles of the errors: the share of the samples whose error is at most this."
    return table(caption, ("error", *names), rows)
