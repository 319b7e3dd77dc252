"""Learning curves: plots of the loss and of a metric by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule.data.formatting import metric_label
from chainrule.insight.figure_file import write_figure
from chainrule.training.loop.record import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Their contrast is at least 3 to 1, both on white and on the near-black of dark pages.
TRAINING, VALIDATION, BEST = "#6b8299", "#d1495b", "#8f6bb0"

SIZE = (4.8, 3.6)  # width and height of one plot in inches

Histories = Sequence[Sequence[Record]]


def write_curves(
    history: Sequence[Record], best_epochs: Sequence[int], path: Path, members: Histories = ()
) -> None:
    """Write the figure of `draw_curves` to a file, whose suffix gives the format."""
    write_figure(draw_curves(history, best_epochs, members), path)


def draw_curves(
    history: Sequence[Record], best_epochs: Sequence[int], members: Histories = ()
) -> Figure:
    """Draw the losses and, with validation samples, their first metric.

    Args:
        history: record of each epoch.
        best_epochs: epoch whose weights the model has, or that of each member; they are marked.
        members: histories of the members of an ensemble, drawn pale behind their mean.
    """
    name = metric_shown(history)
    figure = _figure(1 if name is None else 2)
    loss, *others = figure.subplots(1, 1 if name is None else 2, squeeze=False)[0]
    _draw_loss(loss, history, best_epochs, members)
    for axes in others:
        _draw_metric(axes, history, best_epochs, members)
    return figure


def draw_loss(
    history: Sequence[Record], best_epochs: Sequence[int], members: Histories = ()
) -> Figure:
    """Draw the losses; arguments as for `draw_curves`."""
    figure = _figure(1)
    _draw_loss(figure.subplots(), history, best_epochs, members)
    return figure


def draw_metric(
    history: Sequence[Record], best_epochs: Sequence[int], members: Histories = ()
) -> Figure:
    """Draw the first validation metric, which the history must have."""
    figure = _figure(1)
    _draw_metric(figure.subplots(), history, best_epochs, members)
    return figure


def metric_shown(history: Sequence[Record]) -> str | None:
    """Return the name of the first validation metric; None without validation samples."""
    metrics = [name for name in history[0] if name.startswith("validation_")]
    return next((name for name in metrics if name != "validation_loss"), None)


def plain(axes: Axes) -> None:
    """Draw a pale grid, and remove the frame where there are no ticks."""
    axes.grid(alpha=0.2)
    axes.spines[["top", "right"]].set_visible(False)


def _figure(plots: int) -> Figure:
    from matplotlib.figure import Figure  # imported here because it takes half a second

    return Figure(figsize=(plots * SIZE[0], SIZE[1]), layout="constrained")


def _draw_loss(
    axes: Axes, history: Sequence[Record], best_epochs: Sequence[int], members: Histories
) -> None:
    for name, colour in (("training_loss", TRAINING), ("validation_loss", VALIDATION)):
        if name in history[0]:
            _lines(axes, history, name, colour, members)
    axes.set_title("Loss")
    _mark(axes, best_epochs)
    epochs = ", ".join(map(str, sorted(set(best_epochs))))
    label = f"best epoch {epochs}" if len(best_epochs) == 1 else f"best epochs {epochs}"
    axes.plot([], [], color=BEST, linestyle=":", linewidth=1, label=label)
    axes.legend(frameon=False)


def _draw_metric(
    axes: Axes, history: Sequence[Record], best_epochs: Sequence[int], members: Histories
) -> None:
    name = metric_shown(history)
    assert name is not None
    _lines(axes, history, name, VALIDATION, members)
    axes.set_title(metric_label(name).capitalize())
    _mark(axes, best_epochs)


def _mark(axes: Axes, best_epochs: Sequence[int]) -> None:
    for epoch in best_epochs:
        axes.axvline(epoch, color=BEST, linestyle=":", linewidth=1)
    axes.set_xlabel("epoch")
    axes.locator_params(axis="x", integer=True)
    plain(axes)


def _lines(
    axes: Axes, history: Sequence[Record], name: str, colour: str, members: Histories
) -> None:
    """Draw the curve of a history, and pale curves of the members behind it."""
    for member in members:
        _line(axes, member, name, colour, pale=True)
    _line(axes, history, name, colour)


def _line(
    axes: Axes, history: Sequence[Record], name: str, colour: str, *, pale: bool = False
) -> None:
    epochs = [record["epoch"] for record in history]
    values = [record[name] for record in history]
    mark = "o" if len(epochs) == 1 else None
    alpha, width = (0.35, 0.8) if pale else (1.0, 1.6)
    label = None if pale else metric_label(name)
    axes.plot(epochs, values, color=colour, label=label, linewidth=width, alpha=alpha, marker=mark)
