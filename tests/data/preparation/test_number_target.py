"""Numeric targets whose size leaves no room for errors."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.data.preparation.targets import NumberTarget
from chainrule.errors import InputError

NOISE = np.random.default_rng(0).uniform(-1, 1, size=100)


@pytest.mark.parametrize("scale", [1e300, 1.0, 1e-290])
def test_numbers_are_standardised_and_come_back(scale: float) -> None:
    target = NumberTarget.fit("y", NOISE * scale)
    z = target.transform(NOISE * scale, lambda _: "")
    assert (z.mean(), z.std()) == pytest.approx((0, 1), abs=1e-9)
    np.testing.assert_allclose(target.inverse_transform(z), NOISE * scale, rtol=1e-9)


@pytest.mark.parametrize("scale", [1e301, 1.7e308, -1.7e308])
def test_targets_near_the_largest_number_are_refused(scale: float) -> None:
    with pytest.raises(InputError, match=r"'y': got the target .*Divide the column"):
        NumberTarget.fit("y", np.append(NOISE, 1.0) * scale)


def test_targets_too_small_to_be_told_apart_are_refused_and_not_taken_for_a_constant() -> None:
    with pytest.raises(InputError, match=r"'y': got targets that differ by .*Multiply the column"):
        NumberTarget.fit("y", NOISE * 1e-308)
