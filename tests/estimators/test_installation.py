"""Without scikit-learn everything else works, and the estimators say what to install."""

from __future__ import annotations

import subprocess
import sys

# What an import finds where scikit-learn is not installed, or is too old.
WITHOUT = "import sys; sys.modules['sklearn.callback'] = None; import chainrule; "


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", WITHOUT + code], capture_output=True, text=True)


def test_an_estimator_says_what_to_install() -> None:
    done = run("chainrule.NeuralClassifier")
    assert "ImportError: got no scikit-learn, or one older than 1.9" in done.stderr
    assert "pip install 'chainrule[sklearn]'" in done.stderr


def test_everything_else_is_there() -> None:
    assert run("chainrule.Dense(3)").returncode == 0
