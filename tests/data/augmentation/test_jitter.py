"""Colour jitter does what Pillow and colorsys do."""

import colorsys
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageEnhance
from torch import Tensor
from torch.testing import assert_close

from chainrule.data.augmentation import Augmentation, Jitter
from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.hue import turn_hue
from chainrule.errors import InputError

Fixed = Callable[[float, int], Draws]

NOTHING = {"brightness": 0, "contrast": 0, "saturation": 0, "hue": 0}
BLACK, WHITE = torch.zeros(3), torch.ones(3)
ENHANCERS = {
    "brightness": ImageEnhance.Brightness,
    "contrast": ImageEnhance.Contrast,
    "saturation": ImageEnhance.Color,
}


@pytest.fixture
def photograph() -> NDArray[np.uint8]:
    """Smooth colours with some noise, (20, 30, 3), uint8."""
    rows, columns = np.mgrid[0:20, 0:30]
    noise = np.random.default_rng(0).integers(0, 60, (20, 30, 3))
    smooth = np.stack([rows * 9, columns * 6, 180 - rows * 4 - columns * 3], -1)
    return np.clip(smooth + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("what", ENHANCERS)
@pytest.mark.parametrize("factor", [0.2, 0.7, 1.0, 1.3, 1.9])
def test_it_is_what_pillow_does(
    what: str,
    factor: float,
    photograph: NDArray[np.uint8],
    fixed: Fixed,
) -> None:
    expected = np.asarray(ENHANCERS[what](Image.fromarray(photograph)).enhance(factor))
    given = torch.tensor(photograph / 255)[None]
    jitter = Jitter(**NOTHING | {what: 1})
    result = jitter.apply(given, fixed(factor / 2, 1), BLACK, WHITE)[0] * 255
    # Pillow rounds the grey it mixes with, and then cuts the fraction off.
    np.testing.assert_allclose(result, expected, atol=2)


def test_a_turn_of_the_hue_is_that_of_colorsys() -> None:
    generator = torch.Generator().manual_seed(0)
    colours = torch.rand(500, 3, 1, 1, generator=generator, dtype=torch.float64)
    turns = torch.rand(500, 1, 1, 1, generator=generator, dtype=torch.float64) - 0.5
    expected = []
    for colour, turn in zip(colours.flatten(1).tolist(), turns.flatten().tolist(), strict=True):
        hue, saturation, value = colorsys.rgb_to_hsv(*colour)
        expected.append(colorsys.hsv_to_rgb((hue + turn) % 1, saturation, value))
    actual = turn_hue(colours, turns).flatten(1)
    assert_close(actual, torch.tensor(expected, dtype=torch.float64), atol=1e-12, rtol=0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((1, 0, 0), (0, 1, 0)),
        ((0, 1, 0), (0, 0, 1)),
        ((0, 0, 1), (1, 0, 0)),
        ((1, 1, 0), (0, 1, 1)),
        ((0, 1, 1), (1, 0, 1)),
        ((1, 0, 1), (1, 1, 0)),
        ((0.3, 0.3, 0.3), (0.3, 0.3, 0.3)),
        ((0, 0, 0), (0, 0, 0)),
        ((1, 1, 1), (1, 1, 1)),
    ],
)
def test_a_third_of_a_turn_makes_red_green(
    before: tuple[float, ...], after: tuple[float, ...]
) -> None:
    colour = torch.tensor(before, dtype=torch.float64).view(1, 3, 1, 1)
    turned = turn_hue(colour, torch.full((1, 1, 1, 1), 1 / 3, dtype=torch.float64))
    assert_close(turned.flatten(), torch.tensor(after, dtype=torch.float64))


@pytest.mark.parametrize("draw", [0.0, 0.25, 1.0])
def test_the_hue_is_turned_to_both_sides_up_to_the_setting(draw: float, fixed: Fixed) -> None:
    red = torch.tensor([1.0, 0.0, 0.0]).view(1, 1, 1, 3)
    result = Jitter(**NOTHING | {"hue": 0.1}).apply(red, fixed(draw, 1), BLACK, WHITE)
    hue = colorsys.rgb_to_hsv(*result.flatten().tolist())[0]
    assert (hue + 0.5) % 1 - 0.5 == pytest.approx(-0.1 + 0.2 * draw, abs=1e-6)


def test_what_brightness_drives_beyond_white_a_lower_contrast_brings_back(fixed: Fixed) -> None:
    # f = 2 and 2: v = 0.8 and 0.4 become 1.6 and 0.8, their mean 1.2 stays.
    given = torch.tensor([0.8, 0.4]).view(1, 1, 2, 1)
    one = torch.ones(1)
    bright = Jitter(brightness=1, contrast=0, saturation=0, hue=0)
    assert_close(bright.apply(given, fixed(1, 1), 0 * one, one).flatten(), torch.tensor([1.0, 0.8]))
    flat = Jitter(brightness=0.5, contrast=0.5, saturation=0, hue=0)
    # f = 0.5 and 0.5: 0.4 and 0.2 about their mean 0.3.
    assert_close(flat.apply(given, fixed(0, 1), 0 * one, one).flatten(), torch.tensor([0.35, 0.25]))


def test_the_contrast_of_a_grey_picture_changes_about_its_own_mean() -> None:
    pictures = torch.rand(6, 9, 9, generator=torch.Generator().manual_seed(0)) * 0.2 + 0.4
    contrast = Augmentation((Jitter(**NOTHING | {"contrast": 0.9}),))
    result = contrast.apply(pictures, torch.arange(6), seed=0, epoch=1)
    assert_close(result.mean((1, 2)), pictures.mean((1, 2)))
    factors = result.std((1, 2)) / pictures.std((1, 2))
    assert 0.1 <= factors.min() < factors.max() <= 1.9


def test_a_channel_that_is_the_same_everywhere_stays_so() -> None:
    # Where blue is 0 in all pictures, standardised black and white are both 0.
    pictures = torch.rand(4, 5, 5, 3, generator=torch.Generator().manual_seed(0))
    pictures[..., 2] = 0
    result = Augmentation((Jitter(),)).apply(
        pictures, torch.arange(4), seed=0, epoch=1, high=torch.tensor([1.0, 1.0, 0.0])
    )
    assert result[..., 2].equal(pictures[..., 2])
    assert result.isfinite().all()


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1)])
def test_grey_pictures_have_no_colours_to_change(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        InputError,
        match=r"^jitter: got pictures of 1 channel, expected 3, red, green and blue: without "
        r"colours there is no saturation and no hue. Use jitter:0.3:0.2:0:0.$",
    ):
        Augmentation((Jitter(0.3, saturation=0),)).check(shape)


def test_pictures_of_four_channels_have_no_hue() -> None:
    with pytest.raises(InputError, match="got pictures of 4 channels, expected 3"):
        Augmentation((Jitter(),)).check((8, 8, 4))


def test_brightness_and_contrast_need_no_colours() -> None:
    two = torch.rand(3, 8, 8, 2, generator=torch.Generator().manual_seed(0))
    light = Augmentation((Jitter(saturation=0, hue=0),))
    result: Tensor = light.apply(two, torch.arange(3), seed=0, epoch=1)
    assert not result.equal(two)
