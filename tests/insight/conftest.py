"""What the tests of insight share: one run, trained once, and what reports are made from."""

import pytest

from chainrule.insight.report import Evidence
from chainrule.training.samples.prepare import Prepared
from chainrule.training.train import Run
from tests.insight.runs import attacked_table, evidence_of, trained
from tests.training import toys


@pytest.fixture(scope="session")
def attacked() -> tuple[Run, Prepared]:
    """Of four epochs, on numbers, with names that are an attack."""
    return trained(attacked_table(), toys.network("regression"), epochs=4)


@pytest.fixture(scope="session")
def run(attacked: tuple[Run, Prepared]) -> Run:
    """The run alone."""
    return attacked[0]


@pytest.fixture(scope="session")
def prepared(attacked: tuple[Run, Prepared]) -> Prepared:
    """Its samples."""
    return attacked[1]


@pytest.fixture(scope="session")
def of_numbers() -> Evidence:
    """On a run that predicts numbers."""
    return evidence_of("regression")


@pytest.fixture(scope="session")
def of_two_classes() -> Evidence:
    """On a run that predicts yes or no."""
    return evidence_of("binary")


@pytest.fixture(scope="session")
def of_three_classes() -> Evidence:
    """On a run that predicts a, b or c."""
    return evidence_of("classification")
