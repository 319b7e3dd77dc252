"""chainrule trains neural networks on a person's own data, with a chain rule that can be read.

import chainrule as cr

network = cr.Network(cr.Dense(50, "relu"), cr.Dense(10))
run = cr.train(network, cr.read("digits.csv", target="digit"), epochs=20)
print(run.test)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chainrule.data import read
    from chainrule.errors import InputError
    from chainrule.layers import Dense, Flatten, Network
    from chainrule.layers.initialisers import Gaussian, He, Xavier, Zeros
    from chainrule.numeric import (
        descent_path,
        gradient_descent,
        numerical_diff,
        numerical_gradient,
    )
    from chainrule.training.check import check_gradients
    from chainrule.training.model import Model
    from chainrule.training.model_file import load, save
    from chainrule.training.optimizers import Adam, GradientDescent, Momentum
    from chainrule.training.train import Run, train

# Where each public name lives. Loaded when first asked for: the command line's help would
# otherwise wait for PyTorch.
_HOMES = {
    "Adam": "training.optimizers",
    "Dense": "layers",
    "Flatten": "layers",
    "Gaussian": "layers.initialisers",
    "GradientDescent": "training.optimizers",
    "He": "layers.initialisers",
    "InputError": "errors",
    "Model": "training.model",
    "Momentum": "training.optimizers",
    "Network": "layers",
    "Run": "training.train",
    "Xavier": "layers.initialisers",
    "Zeros": "layers.initialisers",
    "check_gradients": "training.check",
    "descent_path": "numeric",
    "gradient_descent": "numeric",
    "load": "training.model_file",
    "numerical_diff": "numeric",
    "numerical_gradient": "numeric",
    "read": "data",
    "save": "training.model_file",
    "train": "training.train",
}

__all__ = [
    "Adam",
    "Dense",
    "Flatten",
    "Gaussian",
    "GradientDescent",
    "He",
    "InputError",
    "Model",
    "Momentum",
    "Network",
    "Run",
    "Xavier",
    "Zeros",
    "check_gradients",
    "descent_path",
    "gradient_descent",
    "load",
    "numerical_diff",
    "numerical_gradient",
    "read",
    "save",
    "train",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'chainrule' has no attribute '{name}'")
    return getattr(import_module(f"chainrule.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
