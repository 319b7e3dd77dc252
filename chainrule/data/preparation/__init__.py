"""Preparation of features and targets as tensors, fitted on the training rows."""

from chainrule.data.preparation.preparation import Preparation

__all__ = ["Preparation"]
