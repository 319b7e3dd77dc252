"""Flip, shift, crop, zoom and rotate: pixels move, and black comes in from outside."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.ndimage
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.testing import assert_close

from chainrule.data.augmentation import Augmentation, Crop, Flip, Rotate, Shift, Zoom
from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.resample import resample
from chainrule.data.augmentation.transform import Geometric

Fixed = Callable[[float, int], Draws]
LOW = torch.tensor([-0.5, -0.3, 0.2])


def moved(pictures: Tensor, draws: Draws, *transforms: Geometric) -> Tensor:
    height, width = pictures.shape[1:3]
    motions = [transform.motion(draws, height, width) for transform in transforms]
    return resample(pictures, motions, LOW)


def rolled(pictures: Tensor, down: int, right: int) -> NDArray[np.float32]:
    """By whole pixels, by NumPy: what comes in at the other end is painted over with LOW."""
    result = np.roll(pictures.numpy(), (down, right), axis=(1, 2))
    height, width = pictures.shape[1:3]
    rows, columns = np.arange(height) - down, np.arange(width) - right
    result[:, (rows < 0) | (rows >= height)] = LOW
    result[:, :, (columns < 0) | (columns >= width)] = LOW
    return result


def by_scipy(pictures: Tensor, matrix: NDArray[np.float64]) -> NDArray[np.float32]:
    """Each picture with (row, column) taken from matrix @ (row, column), both from the centre."""
    centre = (np.array(pictures.shape[1:3]) - 1) / 2
    result = np.empty(pictures.shape, np.float32)
    for channel, low in enumerate(LOW.tolist()):
        for number, picture in enumerate(pictures[..., channel].numpy()):
            result[number, ..., channel] = scipy.ndimage.affine_transform(
                picture,
                matrix,
                centre - matrix @ centre,
                order=1,
                mode="grid-constant",
                cval=low,
            )
    return result


def test_a_flip_mirrors_left_and_right(pictures: Tensor, fixed: Fixed) -> None:
    assert moved(pictures, fixed(0, 12), Flip(1)).equal(pictures.flip(2))


def test_flipped_twice_is_as_before(pictures: Tensor, fixed: Fixed) -> None:
    once = moved(pictures, fixed(0, 12), Flip(1))
    assert moved(once, fixed(0, 12), Flip(1)).equal(pictures)
    assert moved(pictures, fixed(0, 12), Flip(1), Flip(1)).equal(pictures)


def test_as_many_are_flipped_as_the_probability_says() -> None:
    pictures = torch.tensor([0.0, 1.0]).expand(4000, 1, 2)
    flipped = Augmentation((Flip(0.3),)).apply(pictures, torch.arange(4000), seed=0, epoch=1)
    # The standard deviation of the share is sqrt(0.3 * 0.7 / 4000) = 0.007.
    assert flipped[:, 0, 0].mean().item() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(("draw", "sign"), [(0, -1), (0.5, 0), (1 - 1e-9, 1)])
def test_a_shift_moves_by_whole_pixels_and_fills_with_black(
    draw: float, sign: int, pictures: Tensor, fixed: Fixed
) -> None:
    # 0.2 of 15 rows are 3, of 11 columns 2.
    expected = rolled(pictures, 3 * sign, 2 * sign)
    assert np.array_equal(moved(pictures, fixed(draw, 12), Shift(0.2)), expected)


@pytest.mark.parametrize(("draw", "sign"), [(0, -1), (0.5, 0), (1 - 1e-9, 1)])
def test_a_crop_is_a_part_of_the_picture_with_a_black_margin(
    draw: float, sign: int, pictures: Tensor, fixed: Fixed
) -> None:
    margin = LOW.expand(12, 15 + 8, 11 + 8, 3).clone()
    margin[:, 4:-4, 4:-4] = pictures
    start = 4 - 4 * sign
    expected = margin[:, start : start + 15, start : start + 11]
    assert moved(pictures, fixed(draw, 12), Crop(4)).equal(expected)


@pytest.mark.parametrize("transform", [Shift(0.25), Crop(2)], ids=str)
def test_every_place_is_equally_likely(transform: Geometric) -> None:
    points = torch.zeros(5000, 8, 8)
    points[:, 4, 4] = 1
    result = Augmentation((transform,)).apply(points, torch.arange(5000), seed=0, epoch=1)
    counts = result.sum(0)[2:7, 2:7]
    assert counts.sum() == 5000
    # Expected are 200 in each of 25 places; chi-square of 24 degrees: mean 24, deviation 7.
    assert ((counts - 200).square() / 200).sum() < 24 + 5 * 7


def test_a_quarter_turn_of_a_square_picture_is_that_of_torch(
    pictures: Tensor, fixed: Fixed
) -> None:
    square = pictures[:, :11]
    turned = moved(square, fixed(1, 12), Rotate(90))
    assert_close(turned, torch.rot90(square, 1, (1, 2)), atol=1e-5, rtol=0)


@pytest.mark.parametrize("degrees", [-140.0, -20.0, 7.0, 33.0])
def test_a_rotation_is_that_of_scipy(degrees: float, pictures: Tensor, fixed: Fixed) -> None:
    turned = moved(pictures, fixed((1 + degrees / 180) / 2, 12), Rotate(180))
    for channel, low in enumerate(LOW.tolist()):
        expected = scipy.ndimage.rotate(
            pictures[..., channel].numpy(),
            degrees,
            axes=(1, 2),
            reshape=False,
            order=1,
            mode="grid-constant",
            cval=low,
        )
        np.testing.assert_allclose(turned[..., channel], expected, atol=2e-5)


@pytest.mark.parametrize(("draw", "factor"), [(0, 1 / 1.5), (0.5, 1), (1, 1.5)])
def test_a_zoom_scales_around_the_centre(
    draw: float, factor: float, pictures: Tensor, fixed: Fixed
) -> None:
    zoomed = moved(pictures, fixed(draw, 12), Zoom(0.5))
    np.testing.assert_allclose(zoomed, by_scipy(pictures, np.eye(2) / factor), atol=2e-5)


def test_transforms_that_follow_each_other_are_one_interpolation(
    pictures: Tensor, fixed: Fixed
) -> None:
    together = moved(pictures, fixed(0.9, 12), Flip(1), Zoom(0.5), Rotate(30))
    angle, factor = np.deg2rad(0.8 * 30), 1.5**0.8
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    mirror = np.diag([1, -1])
    np.testing.assert_allclose(together, by_scipy(pictures, mirror / factor @ turn), atol=2e-5)


def test_the_first_transform_comes_first(pictures: Tensor, fixed: Fixed) -> None:
    most = fixed(1 - 1e-9, 12)
    flipped_before = moved(pictures, fixed(0, 12), Flip(1))
    assert moved(flipped_before, most, Shift(0.2)).equal(
        resample(
            pictures,
            [Flip(1).motion(fixed(0, 12), 15, 11), Shift(0.2).motion(most, 15, 11)],
            LOW,
        )
    )


def test_what_one_transform_moves_out_of_sight_the_next_can_bring_back(
    pictures: Tensor, fixed: Fixed
) -> None:
    there = Crop(5).motion(fixed(0, 12), 15, 11)
    back = Crop(5).motion(fixed(1 - 1e-9, 12), 15, 11)
    assert resample(pictures, [there, back], LOW).equal(pictures)


def test_whole_pixels_are_copied_to_the_last_bit_in_large_pictures(fixed: Fixed) -> None:
    large = torch.rand(1, 700, 1100, 1, generator=torch.Generator().manual_seed(1))
    most = fixed(1 - 1e-9, 1)
    result = resample(large, [Crop(9).motion(most, 700, 1100)], torch.zeros(1))
    assert result[:, 9:, 9:].equal(large[:, :-9, :-9])


def test_far_outside_it_is_black(pictures: Tensor, fixed: Fixed) -> None:
    away = [Crop(14).motion(fixed(0, 12), 15, 11)] * 9
    assert resample(pictures, away, LOW).equal(LOW.expand(12, 15, 11, 3))
