"""Section on the calibration of the predicted probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chainrule.insight.curves import BEST, TRAINING, plain
from chainrule.insight.predictions import ClassPredictions
from chainrule.insight.reliability import Bin, expected_calibration_error, reliability
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph, plots, table
from chainrule.insight.report.svg import inline_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure


# Area of a point in square points (1/72 inch); it grows with the number of samples.
LEAST_AREA, MOST_AREA = 15, 120


def calibration(evidence: Evidence) -> str:
    """Return the reliability diagram, its figures, and the expected calibration error.

    They are of the probability of the positive class where there are two classes, and of the
    probability of the predicted class where there are more.
    """
    predictions = evidence.predictions
    if not isinstance(predictions, ClassPredictions):
        return ""
    if len(predictions.classes) == 2:
        bins = reliability(predictions.probabilities[:, 1], predictions.truth == 1)
        event = f"the class is '{predictions.classes[1]}'"
        below, above = "that class is rarer than predicted", "more frequent"
    else:
        bins = reliability(predictions.confidence, predictions.predicted == predictions.truth)
        event = "the predicted class is the true one"
        below, above = "the network is overconfident", "underconfident"
    caption = (
        f"Predicted probability that {event}, and the share of the samples for which it was true. "
        f"On the dotted line both are equal; below it {below}, above it {above}. The size of a "
        "point, and the bar below it, show the number of samples."
    )
    svg = inline_svg(lambda: draw_reliability(bins), "reliability", "Reliability diagram")
    return _error(bins) + plots([(svg, caption)]) + _figures(bins)


def draw_reliability(bins: Sequence[Bin]) -> Figure:
    """Draw the observed shares over the mean probabilities, with the number of samples."""
    from matplotlib.figure import Figure  # imported here because it takes half a second

    figure = Figure(figsize=(4.4, 4.4), layout="constrained")
    shares, counts = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    shares.plot([0, 1], [0, 1], color=BEST, linestyle=":", linewidth=1)
    most = max(one.count for one in bins)
    shares.scatter(
        [one.mean_probability for one in bins],
        [one.observed_share for one in bins],
        s=[LEAST_AREA + MOST_AREA * one.count / most for one in bins],
        color=TRAINING,
    )
    shares.set_ylabel("observed share")
    width = bins[0].high - bins[0].low
    counts.bar(
        [one.low for one in bins],
        [one.count for one in bins],
        width=0.9 * width,
        align="edge",
        color=TRAINING,
    )
    counts.set_xlabel("probability")
    counts.set_ylabel("samples")
    for axes in (shares, counts):
        plain(axes)
    return figure


def _error(bins: Sequence[Bin]) -> str:
    error = expected_calibration_error(bins)
    return paragraph(
        f"The expected calibration error is {100 * error:.1f} percentage points: the mean "
        "distance between probability and observed share, over ten ranges of equal width, each "
        "weighted by its samples. With few samples, chance alone causes a few points."
    )


def _figures(bins: Sequence[Bin]) -> str:
    rows = [
        (
            f"{one.low:.0%} to {one.high:.0%}",
            f"{one.mean_probability:.1%}",
            f"{one.observed_share:.1%}",
            f"{one.count:,}",
        )
        for one in bins
    ]
    return table(
        "The diagram in figures",
        ("probability", "mean probability", "observed share", "samples"),
        rows,
    )
