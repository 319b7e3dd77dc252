"""Notebook: the section on a fitted estimator, below its parameters."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 320, 120
COLOURS = {"training": "#2a6fbb", "validation": "#d1602a"}


def fitted_section(estimator: Any) -> str:
    """Return self-contained HTML of the networks, the best epoch and the loss curves.

    Args:
        estimator: that is fitted.
    """
    members = estimator._model.members
    shapes = [
        f"{html.escape(name)} {' x '.join(map(str, value.shape))}"
        for name, value in members[0].parameters.values.items()
    ]
    several = f"{len(members)} networks, each with" if len(members) > 1 else ""
    curves = {"training": estimator.loss_curve_, "validation": estimator.val_loss_curve_}
    return (
        '<details class="chainrule-fitted" open><summary>What it learned</summary>'
        f"<p>Epoch {estimator.best_epoch_} of {len(estimator.loss_curve_)}, "
        f"training loss {estimator.loss_curve_[estimator.best_epoch_ - 1]:.4g}</p>"
        f"{_drawn({name: curve for name, curve in curves.items() if curve})}"
        f"<p>{several}</p><ul>{''.join(f'<li>{shape}</li>' for shape in shapes)}</ul></details>"
    )


def _drawn(curves: dict[str, Sequence[float]]) -> str:
    """Return the curves as an SVG, on one axis of epochs and one of losses."""
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
    across = WIDTH / max(1, epochs - 1)
    down = HEIGHT / ((highest - lowest) or 1)
    return " ".join(
        f"{place * across:.1f},{(highest - loss) * down:.1f}" for place, loss in enumerate(curve)
    )
