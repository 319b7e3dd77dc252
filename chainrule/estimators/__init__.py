"""Estimators: chainrule's networks behind scikit-learn's interface."""

try:
    # The newest part of what they need: where it is, the rest is, too.
    import sklearn.callback  # noqa: F401
except ImportError as error:
    raise ImportError(
        "got no scikit-learn, or one older than 1.9, which NeuralClassifier and NeuralRegressor "
        "need. Install it: pip install 'chainrule[sklearn]'."
    ) from error

from chainrule.estimators.classifier import NeuralClassifier
from chainrule.estimators.regressor import NeuralRegressor

__all__ = ["NeuralClassifier", "NeuralRegressor"]
