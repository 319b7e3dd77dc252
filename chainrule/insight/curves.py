"""Learning curves as a picture: how loss and metric went, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule.insight.picture import write_picture
from chainrule.training.loop import Record
from chainrule.training.progress import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRAINING, VALIDATION, BEST = "#5b7083", "#d1495b", "#2e4057"


def write_curves(
    history: Sequence[Record],
    best_epoch: int,
    path: Path,
    members: Sequence[Sequence[Record]] = (),
) -> None:
    """Draw the learning curves into a picture; the suffix of the path says which kind."""
    write_picture(draw_curves(history, best_epoch, members), path)


def draw_curves(
    history: Sequence[Record], best_epoch: int, members: Sequence[Sequence[Record]] = ()
) -> Figure:
    """The losses and, where there are validation samples, their first metric beside them.

    Args:
        history: the record of each epoch.
        best_epoch: whose weights the model has; marked.
        members: the history of each, where there are several: drawn pale behind their mean.
    """
    from matplotlib.figure import Figure  # half a second, needed for pictures alone

    metrics = [name for name in history[0] if name.startswith("validation_")]
    shown = [name for name in metrics if name != "validation_loss"][:1]
    figure = Figure(figsize=(4.8 * (1 + len(shown)), 3.6), layout="constrained")
    loss, *others = figure.subplots(1, 1 + len(shown), squeeze=False)[0]
    for member in members:
        _line(loss, member, "training_loss", TRAINING, pale=True)
        for axes, name in zip((loss, *others), ["validation_loss", *shown], strict=True):
            if name in member[0]:
                _line(axes, member, name, VALIDATION, pale=True)
    _line(loss, history, "training_loss", TRAINING)
    if metrics:
        _line(loss, history, "validation_loss", VALIDATION)
    loss.set_title("Loss")
    for axes, name in zip(others, shown, strict=True):
        _line(axes, history, name, VALIDATION)
        axes.set_title(words(name).capitalize())
    for axes in (loss, *others):
        axes.axvline(best_epoch, color=BEST, linestyle=":", linewidth=1)
        axes.set_xlabel("epoch")
        axes.grid(alpha=0.2)
        axes.spines[["top", "right"]].set_visible(False)
    loss.plot([], [], color=BEST, linestyle=":", linewidth=1, label=f"best epoch {best_epoch}")
    loss.legend(frameon=False)
    return figure


def _line(
    axes: Axes, history: Sequence[Record], name: str, colour: str, *, pale: bool = False
) -> None:
    epochs = [record["epoch"] for record in history]
    values = [record[name] for record in history]
    mark = "o" if len(epochs) == 1 else None
    alpha, width = (0.35, 0.8) if pale else (1.0, 1.6)
    label = None if pale else words(name)
    axes.plot(epochs, values, color=colour, label=label, linewidth=width, alpha=alpha, marker=mark)
