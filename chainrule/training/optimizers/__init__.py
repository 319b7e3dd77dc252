"""Optimizers: how the weights follow the gradient, each a few lines on two flat vectors."""

from chainrule.training.optimizers.adam import Adam
from chainrule.training.optimizers.gradient_descent import GradientDescent
from chainrule.training.optimizers.momentum import Momentum
from chainrule.training.optimizers.optimizer import OPTIMIZERS, Optimizer, optimizer_named

__all__ = ["OPTIMIZERS", "Adam", "GradientDescent", "Momentum", "Optimizer", "optimizer_named"]
