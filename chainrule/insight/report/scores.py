"""Scores of the test beside those of guessing, and of each member alone."""

from __future__ import annotations

from chainrule.insight.in_words import figure, of_which_class
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph, table, warning
from chainrule.training.loop.progress import metric_words


def scores(evidence: Evidence) -> str:
    """Every metric of the test, below what is known to make them too good."""
    run = evidence.run
    if not run.test:
        return ""
    rows = [
        (
            metric_words(name),
            figure(score),
            figure(run.baseline[name]) if name in run.baseline else "",
        )
        for name, score in run.test.items()
    ]
    guess = "the most frequent class" if run.model.preparation.class_names else "the mean"
    said = [f"Guessing is always answering {guess} of the training samples.", of_which_class(run)]
    below = paragraph(" ".join(filter(None, said)))
    leaks = "".join(map(warning, run.leaks))
    return leaks + table("Beside those of guessing", ("score", "test", "guessing"), rows) + below


def members(evidence: Evidence) -> str:
    """The first test score of each member alone, which the whole has to beat."""
    run = evidence.run
    if not run.test:
        return ""
    name = next(iter(run.test))
    rows = [
        (str(number), f"{member.best['epoch']:.0f}", figure(member.test[name]))
        for number, member in enumerate(run.members, start=1)
    ]
    head = ("member", "best epoch", f"test {metric_words(name)}")
    return table("Each member alone", head, rows)
