"""Notebook: HTML of a fitted estimator, shown below its parameters."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 320, 120
COLOURS = {"training": "#2a6fbb", "validation": "#d1602a"}


def fitted_section(estimator: Any) -> str:
    """Return self-contained HTML of the networks, the best epoch and the loss curves.

    Args:
        estimator: a fitted estimator.
    """
    members = estimator._model.members
    shapes = [
        f"{html.escape(name)} {' x '.join(map(str, value.shape))}"
        for name, value in members[0].parameters.values.items()
    ]
    heading = f"{len(members)} networks, each with" if len(members) > 1 else ""
    curves = {"training": estimator.loss_curve_, "validation": estimator.val_loss_curve_}
    return (
        '<details class="chainrule-fitted" open><summary>Trained network</summary>'
        f"<p>Epoch {estimator.best_epoch_} of {len(estimator.loss_curve_)}, "
        f"training loss {estimator.loss_curve_[estimator.best_epoch_ - 1]:.4g}</p>"
        f"{_plot({name: curve for name, curve in curves.items() if curve})}"
        f"<p>{heading}</p><ul>{''.join(f'<li>{shape}</li>' for shape in shapes)}</ul></details>"
    )


def _plot(curves: dict[str, Sequence[float]]) -> str:
    """Return an SVG of the loss curves."""
    epochs = max(map(len, curves.values()))
    highest = max(map(max, curves.values()))
    lowest = min(map(min, curves.values()))
    lines = [
        f'<polyline fill="none" stroke="{COLOURS[name]}" '
        f'points="{_points(curve, epochs, lowest, highest)}">'
        f"<title>{name} loss</title></polyline>"
        for name, curve in curves.items()
    ]
    legend = ", ".join(f'<span style="color:{COLOURS[name]}">{name}</span>' for name in curves)
    return (
        f'<svg role="img" aria-label="loss by epoch" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(lines)}</svg>'
        f"<p>loss from {highest:.4g} to {lowest:.4g}: {legend}</p>"
    )


def _points(curve: Sequence[float], epochs: int, lowest: float, highest: float) -> str:
    x_step = WIDTH / max(1, epochs - 1)
    y_scale = HEIGHT / ((highest - lowest) or 1)
    return " ".join(
        f"{epoch * x_step:.1f},{(highest - loss) * y_scale:.1f}" for epoch, loss in enumerate(curve)
    )
