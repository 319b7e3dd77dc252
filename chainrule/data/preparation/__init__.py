"""Preparation: from values as they stand in a file to the tensors that a network learns from."""

from chainrule.data.preparation.preparation import Preparation

__all__ = ["Preparation"]
