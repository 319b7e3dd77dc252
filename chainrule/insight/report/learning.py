"""Section on the learning curves, as plots and in figures."""

from __future__ import annotations

from chainrule.data.formatting import pluralised
from chainrule.insight.curves import draw_loss, draw_metric, metric_shown
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import plots, table
from chainrule.insight.report.svg import inline_svg
from chainrule.insight.summary import format_score
from chainrule.training.loop.progress import metric_label


def learning(evidence: Evidence) -> str:
    """Return the curves, and the first, the best and the last epoch in figures."""
    run = evidence.run
    history, best = run.history, int(run.best["epoch"])
    several = [member.history for member in run.members]
    loss = inline_svg(lambda: draw_loss(history, best, several), "loss", "Loss by epoch")
    drawn = [(loss, _loss_caption(evidence))]
    if name := metric_shown(history):
        title = f"{metric_label(name)} by epoch".capitalize()
        metric = inline_svg(lambda: draw_metric(history, best, several), "metric", title)
        use = "which selected the best epoch" if name == run.selected_by else "for information only"
        drawn.append((metric, f"The {metric_label(name)}, {use}."))
    return plots(drawn) + _epochs(evidence)


def _loss_caption(evidence: Evidence) -> str:
    run = evidence.run
    first, last, best = run.history[0], run.history[-1], run.best
    change = f"from {format_score(first['training_loss'])} to {format_score(last['training_loss'])}"
    caption = f"The training loss went {change} in {pluralised(len(run.history), 'epoch')}."
    if "validation_loss" not in best:
        return caption
    lowest = min(run.history, key=lambda record: record["validation_loss"])
    loss = format_score(lowest["validation_loss"])
    return f"{caption} The validation loss was lowest, {loss}, in epoch {lowest['epoch']:.0f}."


def _epochs(evidence: Evidence) -> str:
    run = evidence.run
    names = [
        name for name in run.history[0] if name == "training_loss" or name.startswith("validation_")
    ]
    labels: dict[float, list[str]] = {}
    for name, record in (("first", run.history[0]), ("best", run.best), ("last", run.history[-1])):
        labels.setdefault(record["epoch"], []).append(name)
    rows = [
        (
            f"{' and '.join(labels[record['epoch']])}: {record['epoch']:.0f}",
            *(format_score(record[name]) for name in names),
        )
        for record in run.history
        if record["epoch"] in labels
    ]
    return table("The losses in figures", ("epoch", *map(metric_label, names)), rows)
