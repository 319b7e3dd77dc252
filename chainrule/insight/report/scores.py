"""Section on the test scores, with those of the baseline and of each member."""

from __future__ import annotations

from chainrule.data.formatting import format_score, metric_label
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph, table, warning
from chainrule.insight.summary import baseline_note, positive_class_note


def scores(evidence: Evidence) -> str:
    """Return all test scores with the baseline, below warnings about leaks."""
    run = evidence.run
    if not run.test:
        return ""
    rows = [
        (
            metric_label(name),
            format_score(score),
            format_score(run.baseline[name]) if name in run.baseline else "",
        )
        for name, score in run.test.items()
    ]
    preparation = run.model.preparation
    notes = [f"Baseline: {baseline_note(preparation)}.", positive_class_note(preparation)]
    below = paragraph(" ".join(filter(None, notes)))
    leaks = "".join(map(warning, run.leaks))
    head = ("score", "test", "baseline")
    return leaks + table("Test scores and baseline", head, rows) + below


def members(evidence: Evidence) -> str:
    """Return the first test score of each member of an ensemble."""
    run = evidence.run
    if not run.test:
        return ""
    name = next(iter(run.test))
    rows = [
        (str(number), f"{member.best['epoch']:.0f}", format_score(member.test[name]))
        for number, member in enumerate(run.members, start=1)
    ]
    head = ("member", "best epoch", f"test {metric_label(name)}")
    return table("Scores of the members", head, rows)
