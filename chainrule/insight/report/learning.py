"""How the losses went, as curves and in figures."""

from __future__ import annotations

from chainrule.data.formatting import pluralised
from chainrule.insight.curves import draw_loss, draw_metric, metric_shown
from chainrule.insight.in_words import figure
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import plots, table
from chainrule.insight.report.svg import inline_svg
from chainrule.training.loop.progress import metric_words


def learning(evidence: Evidence) -> str:
    """The curves, and the first, the best and the last epoch in figures."""
    run = evidence.run
    history, best = run.history, int(run.best["epoch"])
    several = [member.history for member in run.members]
    loss = inline_svg(lambda: draw_loss(history, best, several), "loss", "Loss by epoch")
    drawn = [(loss, _said(evidence))]
    if name := metric_shown(history):
        title = f"{metric_words(name)} by epoch".capitalize()
        metric = inline_svg(lambda: draw_metric(history, best, several), "metric", title)
        drawn.append(
            (metric, f"The {metric_words(name)}, of samples that nothing is learned from.")
        )
    return plots(drawn) + _epochs(evidence)


def _said(evidence: Evidence) -> str:
    run = evidence.run
    first, last, best = run.history[0], run.history[-1], run.best
    went = f"from {figure(first['training_loss'])} to {figure(last['training_loss'])}"
    said = f"The training loss went {went} in {pluralised(len(run.history), 'epoch')}."
    if "validation_loss" not in best:
        return said
    lowest = figure(best["validation_loss"])
    return f"{said} The validation loss was lowest, {lowest}, in epoch {best['epoch']:.0f}."


def _epochs(evidence: Evidence) -> str:
    run = evidence.run
    names = [
        name for name in run.history[0] if name == "training_loss" or name.startswith("validation_")
    ]
    called: dict[float, list[str]] = {}
    for name, record in (("first", run.history[0]), ("best", run.best), ("last", run.history[-1])):
        called.setdefault(record["epoch"], []).append(name)
    rows = [
        (
            f"{' and '.join(called[record['epoch']])}: {record['epoch']:.0f}",
            *(figure(record[name]) for name in names),
        )
        for record in run.history
        if record["epoch"] in called
    ]
    return table("The losses in figures", ("epoch", *map(metric_words, names)), rows)
