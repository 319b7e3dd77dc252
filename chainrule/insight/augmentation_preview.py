"""Augmented samples as a picture, so that a person sees what the network will see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from chainrule.data.augmentation import Augmentation
from chainrule.insight.picture import write_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TILE = 0.95  # width of one picture in inches


def write_preview(
    pictures: Tensor,
    rows: Tensor,
    augmentation: Augmentation,
    path: Path,
    *,
    seed: int,
    epochs: int = 7,
    low: float | Tensor = 0.0,
    high: float | Tensor = 1.0,
) -> None:
    """Draw some samples into a file, as `draw_preview` does; its suffix says which kind."""
    figure = draw_preview(
        pictures, rows, augmentation, seed=seed, epochs=epochs, low=low, high=high
    )
    write_picture(figure, path)


def draw_preview(
    pictures: Tensor,
    rows: Tensor,
    augmentation: Augmentation,
    *,
    seed: int,
    epochs: int = 7,
    low: float | Tensor = 0.0,
    high: float | Tensor = 1.0,
) -> Figure:
    """A line for each sample: the original, then what it is in epochs 1, 2, 3, ...

    Args:
        pictures: (samples, height, width) or (samples, height, width, channels), of one channel,
            grey, or of three, red, green and blue.
        rows: of the samples in the data; with those, and the seed of a run, the pictures are the
            very ones of that run.
        augmentation: that is shown.
        seed: of the run.
        epochs: how many are shown.
        low: the value of black, for all channels or each.
        high: the value of white, likewise.
    Raises:
        InputError: the augmentation doesn't fit the pictures.
    """
    from matplotlib.figure import Figure  # half a second, needed for pictures alone

    versions = [pictures] + [
        augmentation.apply(pictures, rows, seed=seed, epoch=epoch, low=low, high=high)
        for epoch in range(1, epochs + 1)
    ]
    tiles = torch.stack(versions, 1)
    if pictures.dim() == 3:
        tiles = tiles.unsqueeze(-1)
    lit = ((tiles - low) / (torch.as_tensor(high) - low)).clamp(0, 1)
    samples, columns, height, width = lit.shape[:4]
    gap = max(1, width // 16)
    size = (TILE * columns, TILE * samples * (height + gap) / (width + gap) + 0.3)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.imshow(_mosaic(lit, gap).numpy(), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.xaxis.tick_top()
    axes.set_xticks(
        [column * (width + gap) + (width - 1) / 2 for column in range(columns)],
        ["original", *(f"epoch {epoch}" for epoch in range(1, columns))],
        fontsize=8,
    )
    axes.set_yticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def _mosaic(tiles: Tensor, gap: int) -> Tensor:
    """One picture of (samples, columns, height, width, channels), with white gaps between."""
    samples, columns, height, width, channels = tiles.shape
    mosaic = tiles.new_ones(samples, height + gap, columns, width + gap, channels)
    mosaic[:, :height, :, :width] = tiles.transpose(1, 2)
    return mosaic.reshape(samples * (height + gap), columns * (width + gap), channels)[:-gap, :-gap]
