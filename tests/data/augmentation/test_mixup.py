"""Mixup: each sample is mixed with a partner, features and targets alike."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from chainrule.data.augmentation import Mixup
from chainrule.errors import InputError


def mixed(x: Tensor, t: Tensor, alpha: float = 1.0, **of: int) -> tuple[Tensor, Tensor]:
    return Mixup(alpha).apply(x, t, **{"seed": 0, "epoch": 1, "batch": 0} | of)


def weights(samples: int, alpha: float = 1.0, **of: int) -> Tensor:
    """How much of each sample is in each mixed one, (samples, samples)."""
    return mixed(torch.eye(samples, dtype=torch.float64), torch.zeros(samples, 1), alpha, **of)[0]


def share(alpha: float, batch: int) -> float:
    """The share of the sample itself: that of partners is the rest."""
    mixture = weights(7, alpha, batch=batch)
    # Of a sample that is its own partner the whole is one; the others tell.
    own = mixture.diagonal()
    return float(own[own < 1][0]) if (own < 1).any() else 1.0


def test_the_partners_are_a_permutation_and_one_share_is_for_all() -> None:
    mixture = weights(50)
    own = mixture.diagonal()
    alone = own == 1
    of_itself = own[~alone][0]
    rest = mixture - torch.diag(own)
    assert_close(own[~alone], of_itself.expand(int((~alone).sum())))
    assert_close(rest.sum(0)[~alone], (1 - own)[~alone])
    assert_close(rest.sum(1), 1 - own)
    assert ((rest > 0).sum(0) <= 1).all()
    assert ((rest > 0).sum(1) <= 1).all()


@pytest.mark.parametrize("shape", [(4,), (6, 5), (6, 5, 3)])
def test_features_of_any_shape_are_mixed_alike(shape: tuple[int, ...]) -> None:
    x = torch.rand(9, *shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    result, _ = mixed(x, torch.zeros(9, 1))
    assert_close(result, torch.einsum("ij,j...->i...", weights(9), x))


@pytest.mark.parametrize("outputs", [1, 10])
def test_targets_are_mixed_as_the_features(outputs: int) -> None:
    t = torch.rand(9, outputs, generator=torch.Generator().manual_seed(0))
    _, result = mixed(torch.zeros(9, 2), t)
    assert result.dtype == torch.float32
    assert_close(result, weights(9).float() @ t)


def test_mixed_classes_still_sum_to_one() -> None:
    _, t = mixed(torch.zeros(9, 2), torch.eye(3)[torch.arange(9) % 3])
    assert_close(t.sum(1), torch.ones(9))


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_the_share_has_the_mean_and_variance_of_the_beta_distribution(alpha: float) -> None:
    shares = torch.tensor([share(alpha, batch) for batch in range(600)])
    # Variance 1 / (4 (2 alpha + 1)); the estimates stray by 0.02 and 5 % at most.
    assert shares.mean().item() == pytest.approx(0.5, abs=0.05)
    assert shares.var().item() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.15)


def test_the_same_seed_epoch_and_batch_give_the_same() -> None:
    assert weights(20).equal(weights(20))


@pytest.mark.parametrize("other", [{"seed": 1}, {"epoch": 2}, {"batch": 1}], ids=str)
def test_another_seed_epoch_or_batch_gives_other_shares_and_partners(
    other: dict[str, int],
) -> None:
    here, there = weights(20), weights(20, **other)
    assert not torch.equal(here > 0, there > 0)
    assert here[here > 0].min() != there[there > 0].min()


def test_what_it_was_given_stays_as_it_was() -> None:
    x, t = torch.rand(5, 3), torch.rand(5, 1)
    before = x.clone(), t.clone()
    mixed(x, t)
    assert x.equal(before[0])
    assert t.equal(before[1])


def test_a_sample_alone_stays_as_it_is() -> None:
    x, t = torch.rand(1, 3), torch.rand(1, 1)
    assert_close(mixed(x, t), (x, t))


@pytest.mark.parametrize("alpha", [0.0, -1.0, float("nan"), float("inf")])
def test_alpha_is_above_zero(alpha: float) -> None:
    with pytest.raises(InputError, match=r"^Mixup: got alpha=.*, expected a positive number, such"):
        Mixup(alpha)
