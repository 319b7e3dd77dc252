"""Whether the probabilities can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chainrule.insight.answers import ClassAnswers
from chainrule.insight.curves import BEST, TRAINING, plain
from chainrule.insight.reliability import Bin, expected_calibration_error, reliability
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph, plots, table
from chainrule.insight.report.svg import inline_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure


# Of a point, in square points of print: where there are many samples it says more.
LEAST_AREA, MOST_AREA = 15, 120


def calibration(evidence: Evidence) -> str:
    """The reliability diagram, its figures, and the expected calibration error.

    Of two classes by the probability of the positive one, of more by that of what was said.
    """
    answers = evidence.answers
    if not isinstance(answers, ClassAnswers):
        return ""
    if len(answers.classes) == 2:
        bins = reliability(answers.probabilities[:, 1], answers.truth == 1)
        event = f"it is '{answers.classes[1]}'"
    else:
        bins = reliability(answers.confidence, answers.said == answers.truth)
        event = "the most probable class is the true one"
    said = (
        f"Where the network says with which probability {event}, and in which share of the "
        "samples it was so. On the dotted line both are the same. Below it too much was "
        "promised, above it too little. The larger a point, and the bar below it, the more samples."
    )
    svg = inline_svg(lambda: draw_reliability(bins), "reliability", "Reliability diagram")
    return _error(bins) + plots([(svg, said)]) + _figures(bins)


def draw_reliability(bins: Sequence[Bin]) -> Figure:
    """Shares over probabilities, and how many samples there are of each."""
    from matplotlib.figure import Figure  # half a second, needed for pictures alone

    figure = Figure(figsize=(4.4, 4.4), layout="constrained")
    shares, counts = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    shares.plot([0, 1], [0, 1], color=BEST, linestyle=":", linewidth=1)
    most = max(one.count for one in bins)
    shares.scatter(
        [one.said for one in bins],
        [one.happened for one in bins],
        s=[LEAST_AREA + MOST_AREA * one.count / most for one in bins],
        color=TRAINING,
    )
    shares.set_ylabel("it was so")
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
    off = expected_calibration_error(bins)
    return paragraph(
        f"On average a probability is off by {100 * off:.1f} percentage points (expected "
        "calibration error, ten ranges of equal width). Of few samples chance alone makes it "
        "some points."
    )


def _figures(bins: Sequence[Bin]) -> str:
    rows = [
        (f"{one.low:.0%} to {one.high:.0%}", f"{one.said:.1%}", f"{one.happened:.1%}", one.count)
        for one in bins
    ]
    return table(
        "The diagram in figures",
        ("probability", "said on average", "it was so", "samples"),
        [(*texts, f"{count:,}") for *texts, count in rows],
    )
