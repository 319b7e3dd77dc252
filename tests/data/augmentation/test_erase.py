"""Random erasing: a rectangle becomes noise."""

import pytest
import torch
from torch import Tensor

from chainrule.data.augmentation import Augmentation, Erase
from chainrule.errors import InputError

SAMPLES = 1500


def erased(transform: Erase, height: int = 40, width: int = 40) -> Tensor:
    """Where the noise is, (SAMPLES, height, width). It is never exactly -1."""
    plain = torch.full((SAMPLES, height, width), -1.0)
    rows = torch.arange(SAMPLES)
    return Augmentation((transform,)).apply(plain, rows, seed=0, epoch=1) != -1


def extents(region: Tensor) -> tuple[Tensor, Tensor]:
    """Height and width of each region in pixels."""
    return region.any(2).sum(1), region.any(1).sum(1)


def test_what_is_erased_is_a_rectangle() -> None:
    region = erased(Erase(1))
    for picture in region[:100]:
        rows, columns = picture.any(1), picture.any(0)
        assert picture.equal(rows[:, None] & columns)
        for pixels in (rows, columns):
            assert (pixels.int().diff().abs().sum() + pixels[0] + pixels[-1]) == 2


@pytest.mark.parametrize(("height", "width"), [(40, 40), (24, 64)])
def test_its_area_is_uniform_in_its_range(height: int, width: int) -> None:
    shares = erased(Erase(1, 0.1, 0.3), height, width).float().mean((1, 2))
    # Half a pixel more or less at each side.
    slack = 0.5 / height + 0.5 / width
    assert 0.1 - slack <= shares.min() < 0.11
    assert 0.29 < shares.max() <= 0.3 + slack
    # A uniform share has the mean 0.2; that of 1500 draws strays by 0.2 / sqrt(12 * 1500).
    assert shares.mean().item() == pytest.approx(0.2, abs=5 * 0.0015)


def test_its_height_and_width_differ_up_to_the_aspect_to_both_sides_alike() -> None:
    height, width = extents(erased(Erase(1, 0.1, 0.1, aspect=0.5), 100, 100))
    ratio = height / width  # of some 22 to 45 pixels, rounded
    assert 0.47 < ratio.min() < 0.52
    assert 1.92 < ratio.max() < 2.13
    assert (ratio > 1).float().mean().item() == pytest.approx(0.5, abs=5 * 0.013)


def test_any_area_fits() -> None:
    height, width = extents(erased(Erase(1, 0.9, 1, aspect=0.3), 10, 30))
    assert height.max() == 10
    assert width.max() == 30
    assert height.min() >= 9
    assert width.min() >= 27


def test_it_is_erased_everywhere_up_to_the_corners() -> None:
    often = erased(Erase(1)).float().mean(0)
    assert often.min() > 0


def test_as_many_are_erased_as_the_probability_says() -> None:
    happened = erased(Erase(0.25)).flatten(1).any(1)
    assert happened.float().mean().item() == pytest.approx(0.25, abs=5 * 0.0112)


def test_the_noise_is_uniform_between_black_and_white_of_each_channel() -> None:
    low, high = torch.tensor([-1.0, 0.0, 4.0]), torch.tensor([1.0, 0.5, 6.0])
    whole = Augmentation((Erase(1, 1, 1),))
    rows = torch.arange(50)
    noise = whole.apply(torch.zeros(50, 20, 20, 3), rows, seed=0, epoch=1, low=low, high=high)
    shares = ((noise - low) / (high - low)).flatten(0, 2)
    # Ten bins of 20,000 values: chi-square of 9 degrees has the mean 9 and the deviation 4.2.
    for channel in shares.unbind(1):
        counts = channel.histc(10, 0, 1)
        assert counts.sum() == 20_000
        assert ((counts - 2000).square() / 2000).sum() < 9 + 5 * 4.2
    correlations = torch.corrcoef(torch.stack([shares[:-1, 0], shares[1:, 0], shares[:-1, 1]]))
    assert (correlations - torch.eye(3)).abs().max() < 5 / 20_000**0.5


def test_the_smallest_area_is_at_most_the_largest() -> None:
    with pytest.raises(
        InputError,
        match=r"^Erase: got smallest=0.5 and largest=0.4, expected smallest to be at most "
        r"largest, such as smallest=0.02 and largest=0.4.$",
    ):
        Erase(smallest=0.5)
