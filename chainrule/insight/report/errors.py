"""How far predicted numbers are from the true ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.insight.answers import NumberAnswers
from chainrule.insight.curves import BEST, TRAINING, plain
from chainrule.insight.in_words import rounded
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import plots, table
from chainrule.insight.report.svg import inline_svg
from chainrule.randomness import numpy_generator

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Each is an element of the page; more hide each other, and take a megabyte.
POINTS = 500
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


def errors(evidence: Evidence) -> str:
    """Predicted numbers and errors over what they belong to, and the quantiles of the errors."""
    answers = evidence.answers
    if not isinstance(answers, NumberAnswers):
        return ""
    drawn = _drawn(len(answers.truth), evidence.seed)
    predicted, truth = answers.predicted[drawn], answers.truth[drawn]
    first = "Predicted over true values; on the dotted line both are the same."
    second = (
        "Errors, predicted minus true, over predicted values. Were they larger at one end, or on "
        "one side of 0, the network would have missed something."
    )
    if len(drawn) < len(answers.truth):
        first += f" {len(drawn)} of the {len(answers.truth):,} samples, drawn at random."
    against_truth = partial(draw_points, truth, predicted, "true", "predicted", diagonal=True)
    of_errors = partial(draw_points, predicted, predicted - truth, "predicted", "error")
    pictures = [
        (inline_svg(against_truth, "predicted", "Predicted over true values"), first),
        (inline_svg(of_errors, "errors", "Errors over predicted values"), second),
    ]
    return plots(pictures) + _quantiles(answers.errors)


def draw_points(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    of_x: str,
    of_y: str,
    *,
    diagonal: bool = False,
) -> Figure:
    """Points of samples, with the line on which they should be."""
    from matplotlib.figure import Figure  # half a second, needed for pictures alone

    figure = Figure(figsize=(4.4, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.plot(x, y, ".", color=TRAINING, alpha=0.5, markersize=5, markeredgewidth=0)
    middle = (x.mean(), x.mean()) if diagonal else (x.mean(), 0.0)
    axes.axline(middle, slope=float(diagonal), color=BEST, linestyle=":", linewidth=1)
    axes.set_xlabel(of_x)
    axes.set_ylabel(of_y)
    plain(axes)
    return figure


def _drawn(samples: int, seed: int) -> NDArray[np.int64]:
    return numpy_generator(seed, "points to draw").permutation(samples)[:POINTS]


def _quantiles(errors: NDArray[np.float64]) -> str:
    names = ("lowest", *(f"{share:.0%}" for share in QUANTILES[1:-1]), "highest")
    rows = [
        (what, *map(rounded, np.quantile(values, QUANTILES).tolist()))
        for what, values in (("predicted - true", errors), ("without its sign", np.abs(errors)))
    ]
    caption = "Quantiles of the errors: such a share of the samples has at most this error."
    return table(caption, ("error", *names), rows)
