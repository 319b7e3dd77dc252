"""Section on the learning curves, as plots and in figures."""

from __future__ import annotations

from chainrule.data.formatting import format_score, metric_label, pluralised
from chainrule.insight.curves import draw_loss, draw_metric, metric_shown
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import plots, table
from chainrule.insight.report.svg import inline_svg
from chainrule.training.run import Run

FOR_INFORMATION = "for information only"


def learning(evidence: Evidence) -> str:
    """Return the curves, and the first, the best and the last epoch in figures."""
    run = evidence.run
    history, best = run.history, run.best_epochs
    several = [member.history for member in run.members]
    loss = inline_svg(lambda: draw_loss(history, best, several), "loss", "Loss by epoch")
    drawn = [(loss, _loss_caption(run))]
    if name := metric_shown(history):
        title = f"{metric_label(name)} by epoch".capitalize()
        metric = inline_svg(lambda: draw_metric(history, best, several), "metric", title)
        drawn.append((metric, f"The {metric_label(name)}, {_use(run, name)}."))
    return plots(drawn) + _epochs(run)


def _use(run: Run, name: str) -> str:
    """Return what a figure of the history was used for."""
    if name != (run.members[0] if run.members else run).selected_by:
        return FOR_INFORMATION
    if run.members:
        return "which selected the best epoch of each member"
    return "which selected the best epoch"


def _loss_caption(run: Run) -> str:
    first, last = run.history[0], run.history[-1]
    of_members = f", in the mean over the {len(run.members)} members" if run.members else ""
    change = f"from {format_score(first['training_loss'])} to {format_score(last['training_loss'])}"
    epochs = pluralised(len(run.history), "epoch")
    caption = f"The training loss went {change} in {epochs}{of_members}."
    if "validation_loss" not in first:
        return caption
    lowest = min(run.history, key=lambda record: record["validation_loss"])
    loss = format_score(lowest["validation_loss"])
    use = _use(run, "validation_loss")
    validation = "validation loss" if use == FOR_INFORMATION else f"validation loss, {use},"
    epoch = f"{lowest['epoch']:.0f}"
    return f"{caption} The {validation} was lowest, {loss}, in epoch {epoch}{of_members}."


def _epochs(run: Run) -> str:
    """Return a table of losses and metrics; no best epoch of members, as each has its own."""
    names = [
        name for name in run.history[0] if name == "training_loss" or name.startswith("validation_")
    ]
    shown = [("first", run.history[0]), ("last", run.history[-1])]
    if not run.members:
        shown.insert(1, ("best", run.best))
    labels: dict[float, list[str]] = {}
    for name, record in shown:
        labels.setdefault(record["epoch"], []).append(name)
    rows = [
        (
            f"{' and '.join(labels[record['epoch']])}: {record['epoch']:.0f}",
            *(format_score(record[name]) for name in names),
        )
        for record in run.history
        if record["epoch"] in labels
    ]
    title = "The mean of the members in figures" if run.members else "The losses in figures"
    return table(title, ("epoch", *map(metric_label, names)), rows)
