"""Section on the permutation importance of the columns."""

from __future__ import annotations

from chainrule.data.formatting import format_score, metric_label
from chainrule.insight.report.evidence import PERMUTATIONS, Evidence
from chainrule.insight.report.markup import bar, paragraph, table_of_markup
from chainrule.training.settings.selection import LOWER_IS_BETTER

COLUMNS_SHOWN = 30


def importance(evidence: Evidence) -> str:
    """Return a table of how much the score drops when a column is shuffled."""
    importances, measured = evidence.importance, evidence.rows_for_importance
    if importances is None or measured is None:
        return ""
    shown = importances.columns[:COLUMNS_SHOWN]
    largest = max((one.mean for one in shown), default=0.0)
    rows = [
        (
            one.column,
            format_score(one.mean),
            f"± {format_score(one.deviation)}",
            bar(max(one.mean, 0.0) / largest) if largest > 0 else "",
        )
        for one in shown
    ]
    change = "Rise" if importances.metric in LOWER_IS_BETTER else "Drop"
    metric = metric_label(importances.metric)
    caption = f"{change} of the {metric} of {format_score(importances.score)}"
    head = ("column", "mean", "deviation", "")
    below = len(importances.columns) - len(shown)
    return (
        paragraph(
            f"Each column in turn is shuffled among {len(measured):,} rows of the "
            f"{evidence.held_out_part}, {PERMUTATIONS} times, and the {metric} is measured again. "
            "A column without information has an importance of about 0 or less. Of correlated "
            "columns each may seem unimportant, as the network still has the others."
        )
        + table_of_markup(caption, head, rows, ["number", "number", "bars"])
        + (paragraph(f"{below:,} more columns are less important than these.") if below else "")
    )
