"""What the tests of insight share: one run, trained once."""

import pytest

from chainrule.training.train import Run
from tests.insight.runs import attacked_run


@pytest.fixture(scope="session")
def run() -> Run:
    """Of four epochs, on numbers, with names that are an attack."""
    return attacked_run()
