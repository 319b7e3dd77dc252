"""Which columns matter, by permutation importance."""

from __future__ import annotations

from chainrule.insight.better import LOWER_IS_BETTER
from chainrule.insight.in_words import figure
from chainrule.insight.report.evidence import PERMUTATIONS, Evidence
from chainrule.insight.report.markup import bar, paragraph, table_of_markup
from chainrule.training.loop.progress import metric_words

COLUMNS_SHOWN = 30


def importance(evidence: Evidence) -> str:
    """By how much the score suffers where a column is shuffled."""
    found, measured = evidence.importance, evidence.rows_for_importance
    if found is None or measured is None:
        return ""
    shown = found.columns[:COLUMNS_SHOWN]
    largest = max((one.mean for one in shown), default=0.0)
    rows = [
        (
            one.column,
            figure(one.mean),
            f"± {figure(one.deviation)}",
            bar(max(one.mean, 0.0) / largest) if largest > 0 else "",
        )
        for one in shown
    ]
    change = "rises" if found.metric in LOWER_IS_BETTER else "falls"
    metric = metric_words(found.metric)
    caption = f"By how much the {metric} of {figure(found.score)} {change}"
    head = ("column", "mean", "deviation", "")
    below = len(found.columns) - len(shown)
    return (
        paragraph(
            f"Each column in turn is shuffled among {len(measured):,} rows of the "
            f"{evidence.held_out_part}, {PERMUTATIONS} times, so that it tells nothing, and the "
            f"{metric} measured again. "
            "About 0, or less, is what a column of noise has. Of columns that tell the same, each "
            "may seem to matter little, as the network still has the others."
        )
        + table_of_markup(caption, head, rows, ["number", "number", "bars"])
        + (paragraph(f"{below:,} more columns matter less than these.") if below else "")
    )
