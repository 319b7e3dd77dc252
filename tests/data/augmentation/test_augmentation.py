"""An augmentation: transforms one after the other, each with random numbers of its own."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from chainrule.data.augmentation import (
    Augmentation,
    Crop,
    Erase,
    Flip,
    Jitter,
    Rotate,
    Shift,
    Transform,
    Zoom,
)
from chainrule.errors import InputError

ROWS = torch.arange(12)


def augmented(pictures: Tensor, *transforms: Transform, rows: Tensor = ROWS) -> Tensor:
    return Augmentation(transforms).apply(pictures, rows, seed=0, epoch=1, low=-0.5, high=2.5)


def test_without_transforms_pictures_are_as_they_were(pictures: Tensor) -> None:
    assert augmented(pictures) is pictures


def test_all_of_them_together_are_the_same_whichever_batch_a_sample_is_in(
    pictures: Tensor,
) -> None:
    everything = (Jitter(), Flip(), Shift(), Crop(2), Zoom(), Rotate(), Erase())
    together = augmented(pictures, *everything)
    for row in range(12):
        alone = augmented(pictures[row : row + 1], *everything, rows=ROWS[row : row + 1])
        assert_close(alone, together[row : row + 1])


def test_one_transform_more_leaves_the_random_numbers_of_the_others(pictures: Tensor) -> None:
    flipped = augmented(pictures, Flip())
    assert augmented(pictures, Crop(0), Erase(0), Flip()).equal(flipped)


def test_the_same_transform_twice_draws_twice() -> None:
    pictures = torch.tensor([0.0, 1.0]).expand(100, 1, 2)
    twice = augmented(pictures, Flip(), Flip(), rows=torch.arange(100))
    assert 20 < (twice[:, 0, 0] == 1).sum() < 80


def test_transforms_come_in_their_order(pictures: Tensor) -> None:
    lit_before, lit_after = (
        augmented(pictures, *order) for order in [(Jitter(), Erase(1)), (Erase(1), Jitter())]
    )
    assert_close(lit_before, augmented(augmented(pictures, Jitter()), Erase(1)))
    assert_close(lit_after, augmented(augmented(pictures, Erase(1)), Jitter()))


@pytest.mark.parametrize("shape", [(4,), (2, 8, 8, 3)])
def test_samples_that_are_no_pictures_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError) as refusal:
        Augmentation((Flip(),)).check(shape)
    assert str(refusal.value) == (
        f"augmentation: got samples of shape {shape}, expected pictures, (height, width) or "
        "(height, width, channels). Leave the augmentation out."
    )


def test_a_margin_as_wide_as_the_picture_is_refused() -> None:
    with pytest.raises(
        InputError,
        match=r"^crop: got padding 16 for pictures of 24 x 16 pixels, expected less than 16, "
        r"or nothing of them might be left. Use crop:2.$",
    ):
        Augmentation((Flip(), Crop(16))).check((24, 16))


def test_what_does_not_fit_is_refused_when_it_is_applied_too(pictures: Tensor) -> None:
    with pytest.raises(InputError, match="padding 11"):
        augmented(pictures, Crop(11))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Flip(1.5), "Flip: got probability=1.5, expected a number from 0 to 1, "),
        (lambda: Shift(-0.1), "Shift: got share=-0.1, expected a number from 0 to 0.5, "),
        (lambda: Crop(-1), "Crop: got padding=-1, expected a whole number of at least 0, "),
        (lambda: Zoom(2), "Zoom: got strength=2, expected a number from 0 to 1, "),
        (lambda: Rotate(float("nan")), "Rotate: got degrees=nan, expected a number from 0 to 180"),
        (lambda: Jitter(hue=0.6), "Jitter: got hue=0.6, expected a number from 0 to 0.5, "),
        (lambda: Erase(aspect=0), "Erase: got aspect=0, expected a number from 0.1 to 1, "),
    ],
)
def test_a_setting_out_of_its_range_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as refusal:
        make()
    assert str(refusal.value).startswith(message)
