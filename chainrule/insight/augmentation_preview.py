"""Preview of augmentation: the images that the network will see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from chainrule.data.augmentation import Augmentation
from chainrule.insight.figure_file import write_figure

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
    """Write the figure of `draw_preview` to a file, whose suffix gives the format."""
    figure = draw_preview(
        pictures, rows, augmentation, seed=seed, epochs=epochs, low=low, high=high
    )
    write_figure(figure, path)


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
    """Draw a row of images for each sample: the original, then epochs 1, 2, 3, ...

    Args:
        pictures: (samples, height, width) or (samples, height, width, channels), with one channel
            (grey) or three (red, green and blue).
        rows: row numbers of the samples in the data; with these and the seed of a run, the images
            are exactly those of the run.
        augmentation: augmentation to show.
        seed: seed of the run.
        epochs: number of epochs to show.
        low: value of black, one for all channels or one for each.
        high: value of white, one for all channels or one for each.
    Raises:
        InputError: the augmentation does not fit the images.
    """
    from matplotlib.figure import Figure  # imported here because it takes half a second

    versions = [pictures] + [
        augmentation.apply(pictures, rows, seed=seed, epoch=epoch, low=low, high=high)
        for epoch in range(1, epochs + 1)
    ]
    tiles = torch.stack(versions, 1)
    if pictures.dim() == 3:
        tiles = tiles.unsqueeze(-1)
    brightness = ((tiles - low) / (torch.as_tensor(high) - low)).clamp(0, 1)
    samples, columns, height, width = brightness.shape[:4]
    gap = max(1, width // 16)
    size = (TILE * columns, TILE * samples * (height + gap) / (width + gap) + 0.3)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.imshow(
        _mosaic(brightness, gap).numpy(), cmap="gray", vmin=0, vmax=1, interpolation="nearest"
    )
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
    """Return tiles (samples, columns, height, width, channels) as one image with white gaps."""
    samples, columns, height, width, channels = tiles.shape
    mosaic = tiles.new_ones(samples, height + gap, columns, width + gap, channels)
    mosaic[:, :height, :, :width] = tiles.transpose(1, 2)
    return mosaic.reshape(samples * (height + gap), columns * (width + gap), channels)[:-gap, :-gap]
