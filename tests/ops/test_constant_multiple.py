"""Constant multiple: what it refuses."""

import pytest

from chainrule.errors import InputError
from chainrule.ops import ConstantMultiple


def test_a_factor_of_0_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"^constant_multiple got factor 0; expected a number other than 0\.$"
    ):
        ConstantMultiple(0)
