"""A preview shows samples as the network will see them."""

import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from chainrule.data.augmentation import Augmentation, Flip, Jitter, Shift
from chainrule.errors import InputError
from chainrule.insight.augmentation_preview import draw_preview, write_preview

ROWS = torch.tensor([40, 7, 12])
AUGMENTATION = Augmentation((Flip(), Shift(0.25)))


@pytest.fixture
def grey() -> Tensor:
    return torch.rand(3, 8, 6, generator=torch.Generator().manual_seed(0))


def tiles(figure: Figure, height: int, width: int) -> NDArray[np.float64]:
    """The pictures within the figure, (samples, columns, height, width, channels)."""
    mosaic = np.asarray(figure.axes[0].get_images()[0].get_array())
    mosaic = mosaic.reshape(*mosaic.shape[:2], -1)  # Matplotlib leaves out the axis of one channel
    # Between pictures there is a gap of one pixel.
    lines = [mosaic[top : top + height] for top in range(0, len(mosaic), height + 1)]
    places = range(0, mosaic.shape[1], width + 1)
    return np.array([[line[:, left : left + width] for left in places] for line in lines])


def test_the_first_column_is_the_original(grey: Tensor) -> None:
    shown = tiles(draw_preview(grey, ROWS, AUGMENTATION, seed=5), 8, 6)
    np.testing.assert_array_equal(shown[:, 0, ..., 0], grey)


def test_the_others_are_what_a_run_with_that_seed_sees(grey: Tensor) -> None:
    shown = tiles(draw_preview(grey, ROWS, AUGMENTATION, seed=5, epochs=3), 8, 6)
    assert shown.shape[:2] == (3, 4)
    for epoch in (1, 2, 3):
        seen = AUGMENTATION.apply(grey, ROWS, seed=5, epoch=epoch)
        np.testing.assert_array_equal(shown[:, epoch, ..., 0], seen)


def test_colours_are_shown_from_black_to_white() -> None:
    colours = torch.rand(3, 8, 6, 3, generator=torch.Generator().manual_seed(0))
    mean, deviation = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.3, 0.25])
    figure = draw_preview(
        (colours - mean) / deviation,
        ROWS,
        AUGMENTATION,
        seed=5,
        low=-mean / deviation,
        high=(1 - mean) / deviation,
    )
    shown = tiles(figure, 8, 6)
    np.testing.assert_allclose(shown[:, 0], colours, atol=1e-6)
    seen = AUGMENTATION.apply(colours, ROWS, seed=5, epoch=1)
    np.testing.assert_allclose(shown[:, 1], seen, atol=1e-6)


def test_columns_say_which_epoch_they_are(grey: Tensor) -> None:
    (axes,) = draw_preview(grey, ROWS, AUGMENTATION, seed=5, epochs=2).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "original",
        "epoch 1",
        "epoch 2",
    ]


def test_the_file_is_of_the_kind_that_its_suffix_says(grey: Tensor, tmp_path: Path) -> None:
    write_preview(grey, ROWS, AUGMENTATION, tmp_path / "preview.png", seed=5)
    content = (tmp_path / "preview.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    assert width > height > 100


def test_an_augmentation_that_does_not_fit_is_refused(grey: Tensor) -> None:
    with pytest.raises(InputError, match="jitter: got pictures of 1 channel"):
        draw_preview(grey, ROWS, Augmentation((Jitter(),)), seed=5)
