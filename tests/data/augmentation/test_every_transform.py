"""What holds for every transform, found through the registry, so that none can be forgotten."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from chainrule.data.augmentation import AUGMENTATIONS, Augmentation, Jitter
from chainrule.ranges import ranges_of

ROWS = torch.arange(100, 112)
LOW, HIGH = -0.5, 2.5

each = pytest.mark.parametrize("name", AUGMENTATIONS)


def augmented(
    name: str, pictures: Tensor, rows: Tensor = ROWS, *, seed: int = 3, epoch: int = 1
) -> Tensor:
    transform = AUGMENTATIONS[name]()
    if isinstance(transform, Jitter) and (pictures.dim() == 3 or pictures.shape[-1] == 1):
        transform = replace(transform, saturation=0, hue=0)
    augmentation = Augmentation((transform,))
    return augmentation.apply(pictures, rows, seed=seed, epoch=epoch, low=LOW, high=HIGH)


@each
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_it_keeps_shape_and_type(name: str, dtype: torch.dtype, pictures: Tensor) -> None:
    colours = pictures.to(dtype)
    for given in (colours, colours[..., :1], colours[..., 0]):
        result = augmented(name, given)
        assert result.shape == given.shape
        assert result.dtype == dtype


@each
def test_it_changes_something(name: str, pictures: Tensor) -> None:
    assert not augmented(name, pictures).equal(pictures)


@each
def test_it_leaves_what_it_was_given_as_it_was(name: str, pictures: Tensor) -> None:
    before = pictures.clone()
    augmented(name, pictures)
    assert pictures.equal(before)


@each
def test_with_all_settings_at_their_lowest_it_changes_nothing(name: str, pictures: Tensor) -> None:
    kind = AUGMENTATIONS[name]
    lowest = {setting: numbers.lowest for setting, numbers in ranges_of(kind).items()}
    nothing = Augmentation((kind(**lowest),))
    result = nothing.apply(pictures, ROWS, seed=3, epoch=1, low=LOW, high=HIGH)
    assert_close(result, pictures)


@each
def test_the_same_seed_epoch_and_sample_give_the_same(name: str, pictures: Tensor) -> None:
    assert augmented(name, pictures).equal(augmented(name, pictures))


@each
def test_another_seed_or_epoch_gives_another(name: str, pictures: Tensor) -> None:
    first = augmented(name, pictures)
    assert not augmented(name, pictures, seed=4).equal(first)
    assert not augmented(name, pictures, epoch=2).equal(first)


@each
def test_equal_pictures_of_different_samples_become_different(name: str, pictures: Tensor) -> None:
    copies = pictures[:1].expand(12, -1, -1, -1)
    result = augmented(name, copies)
    assert not result.equal(result[:1].expand_as(result))


@each
def test_a_sample_becomes_the_same_whichever_batch_it_is_in(name: str, pictures: Tensor) -> None:
    together = augmented(name, pictures)
    order = torch.tensor([7, 2, 11])
    assert_close(augmented(name, pictures[order], ROWS[order]), together[order])
    assert_close(augmented(name, pictures[5:6], ROWS[5:6]), together[5:6])


@each
def test_the_order_in_memory_does_not_matter(name: str, pictures: Tensor) -> None:
    expected = augmented(name, pictures)
    for axes in ((3, 2, 1, 0), (1, 3, 0, 2)):
        back = torch.tensor(axes).argsort().tolist()
        strided = pictures.permute(axes).contiguous().permute(back)
        assert strided.stride() != pictures.stride()
        assert_close(augmented(name, strided), expected)


@each
def test_values_stay_between_black_and_white(name: str, pictures: Tensor) -> None:
    result = augmented(name, pictures)
    assert result.min() >= LOW - 1e-6
    assert result.max() <= HIGH + 1e-6


@each
def test_a_grey_picture_is_one_of_one_channel(name: str, pictures: Tensor) -> None:
    grey = pictures[..., 0]
    assert augmented(name, grey).equal(augmented(name, grey.unsqueeze(-1)).squeeze(-1))


@each
def test_black_and_white_may_be_others_for_each_channel(name: str, pictures: Tensor) -> None:
    # Standardising the pictures and augmenting them can change places.
    mean, deviation = torch.tensor([0.5, 1.0, 0.8]), torch.tensor([0.7, 1.3, 2.0])
    standardised = Augmentation((AUGMENTATIONS[name](),)).apply(
        (pictures - mean) / deviation,
        ROWS,
        seed=3,
        epoch=1,
        low=(LOW - mean) / deviation,
        high=(HIGH - mean) / deviation,
    )
    assert_close(standardised * deviation + mean, augmented(name, pictures), atol=1e-5, rtol=0)


@each
def test_its_name_is_the_one_it_is_registered_under(name: str) -> None:
    assert AUGMENTATIONS[name].name == name
