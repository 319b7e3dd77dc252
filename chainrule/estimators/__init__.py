"""Estimators: networks with the interface of scikit-learn."""

try:
    # The newest module that the estimators need, which implies the others.
    import sklearn.callback  # noqa: F401
except ImportError as error:
    raise ImportError(
        "got no scikit-learn, or one older than 1.9, which NeuralClassifier and NeuralRegressor "
        "need. Install it: pip install 'chainrule[sklearn]'."
    ) from error

from chainrule.estimators.classifier import NeuralClassifier
from chainrule.estimators.regressor import NeuralRegressor

__all__ = ["NeuralClassifier", "NeuralRegressor"]
