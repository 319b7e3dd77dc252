"""Constant multiple: what it refuses."""

import pytest

from chainrule.errors import InputError
from chainrule.ops import ConstantMultiple


def test_a_factor_of_0_is_refused() -> None:
    message = (
        r"^ConstantMultiple: got factor=0, expected a number other than 0, such as factor=0\.5\.$"
    )
    with pytest.raises(InputError, match=message):
        ConstantMultiple(0)
