"""Every check that scikit-learn has for estimators."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from chainrule import NeuralClassifier, NeuralRegressor

# They learn until it stands still, and are told when that was not reached.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@parametrize_with_checks([NeuralClassifier(), NeuralRegressor()])  # type: ignore[untyped-decorator]  # of scikit-learn
def test_scikit_learn_finds_nothing_wrong(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


def test_the_check_that_is_skipped_without_a_variable_of_the_environment_passes_with_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", __file__, "-k", "check_array_api_input"],
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
