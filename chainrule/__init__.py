"""chainrule trains neural networks on a person's own data, with a chain rule that can be read.

import chainrule as cr

network = cr.Network(cr.Dense(50, "relu"), cr.Dense(10))
run = cr.train(network, cr.read("digits.csv", target="digit"), epochs=20)
print(run.test)
"""

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from chainrule.version import __version__ as __version__

if TYPE_CHECKING:
    from chainrule.data.augmentation import Augmentation
    from chainrule.data.dataset import Images
    from chainrule.data.reading.read import read
    from chainrule.data.streaming.scan import scan
    from chainrule.data.table import Column, Table
    from chainrule.errors import DataWarning, InputError
    from chainrule.estimators import NeuralClassifier, NeuralRegressor
    from chainrule.insight.explain import report
    from chainrule.insight.permutation_importance import permutation_importance
    from chainrule.layers import (
        GRU,
        LSTM,
        RNN,
        Activation,
        AveragePool2D,
        BatchNorm,
        Conv2D,
        Dense,
        Dropout,
        EmbedCategories,
        Embedding,
        Flatten,
        GlobalAveragePool,
        GlobalMaxPool,
        LayerNorm,
        MaxPool2D,
        Network,
        Residual,
        TorchModule,
    )
    from chainrule.layers.initialisers import Gaussian, He, LeCun, Orthogonal, Xavier, Zeros
    from chainrule.networks import network_named
    from chainrule.numeric import (
        apply,
        descent_path,
        gradient_descent,
        numerical_diff,
        numerical_gradient,
    )
    from chainrule.training.cross_validation import cross_validate
    from chainrule.training.gradient_check import check_gradients
    from chainrule.training.model.evaluation import evaluate
    from chainrule.training.model.model import Model
    from chainrule.training.model.model_file import load, save
    from chainrule.training.optimizers import (
        LBFGS,
        AdaGrad,
        Adam,
        AdamW,
        GradientDescent,
        Lion,
        Momentum,
        Muon,
        NAdam,
        Nesterov,
        RMSprop,
    )
    from chainrule.training.run import Run
    from chainrule.training.sweep import sweep
    from chainrule.training.train import train

# Where each public name lives. Loaded when first asked for: the command line's help would
# otherwise wait for PyTorch. Methods that are seldom made by hand are reached by name, or in the
# packages training.schedules, data.augmentation and networks.
_HOMES = {
    "Activation": "layers",
    "AdaGrad": "training.optimizers",
    "Adam": "training.optimizers",
    "AdamW": "training.optimizers",
    "Augmentation": "data.augmentation",
    "AveragePool2D": "layers",
    "BatchNorm": "layers",
    "Column": "data.table",
    "Conv2D": "layers",
    "DataWarning": "errors",
    "Dense": "layers",
    "Dropout": "layers",
    "EmbedCategories": "layers",
    "Embedding": "layers",
    "Flatten": "layers",
    "GRU": "layers",
    "Gaussian": "layers.initialisers",
    "GlobalAveragePool": "layers",
    "GlobalMaxPool": "layers",
    "GradientDescent": "training.optimizers",
    "He": "layers.initialisers",
    "Images": "data.dataset",
    "InputError": "errors",
    "LBFGS": "training.optimizers",
    "LSTM": "layers",
    "LayerNorm": "layers",
    "LeCun": "layers.initialisers",
    "Lion": "training.optimizers",
    "MaxPool2D": "layers",
    "Model": "training.model.model",
    "Momentum": "training.optimizers",
    "Muon": "training.optimizers",
    "NAdam": "training.optimizers",
    "Nesterov": "training.optimizers",
    "Network": "layers",
    "NeuralClassifier": "estimators",
    "NeuralRegressor": "estimators",
    "Orthogonal": "layers.initialisers",
    "RMSprop": "training.optimizers",
    "RNN": "layers",
    "Residual": "layers",
    "Run": "training.run",
    "Table": "data.table",
    "TorchModule": "layers",
    "Xavier": "layers.initialisers",
    "Zeros": "layers.initialisers",
    "apply": "numeric",
    "check_gradients": "training.gradient_check",
    "cross_validate": "training.cross_validation",
    "descent_path": "numeric",
    "evaluate": "training.model.evaluation",
    "gradient_descent": "numeric",
    "load": "training.model.model_file",
    "network_named": "networks",
    "numerical_diff": "numeric",
    "numerical_gradient": "numeric",
    "permutation_importance": "insight.permutation_importance",
    "read": "data.reading.read",
    "report": "insight.explain",
    "save": "training.model.model_file",
    "scan": "data.streaming.scan",
    "sweep": "training.sweep",
    "train": "training.train",
}

__all__ = [
    "GRU",
    "LBFGS",
    "LSTM",
    "RNN",
    "Activation",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Augmentation",
    "AveragePool2D",
    "BatchNorm",
    "Column",
    "Conv2D",
    "DataWarning",
    "Dense",
    "Dropout",
    "EmbedCategories",
    "Embedding",
    "Flatten",
    "Gaussian",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "GradientDescent",
    "He",
    "Images",
    "InputError",
    "LayerNorm",
    "LeCun",
    "Lion",
    "MaxPool2D",
    "Model",
    "Momentum",
    "Muon",
    "NAdam",
    "Nesterov",
    "Network",
    "NeuralClassifier",
    "NeuralRegressor",
    "Orthogonal",
    "RMSprop",
    "Residual",
    "Run",
    "Table",
    "TorchModule",
    "Xavier",
    "Zeros",
    "apply",
    "check_gradients",
    "cross_validate",
    "descent_path",
    "evaluate",
    "gradient_descent",
    "load",
    "network_named",
    "numerical_diff",
    "numerical_gradient",
    "permutation_importance",
    "read",
    "report",
    "save",
    "scan",
    "sweep",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'chainrule' has no attribute '{name}'")
    with _nothing_collected():
        return getattr(import_module(f"chainrule.{_HOMES[name]}"), name)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep Python from looking for garbage while modules are loaded, PyTorch above all.

    They stay for good, and each look through them takes a tenth of a second. So where PyTorch was
    loaded now, what is there is put aside (gc.freeze) and not looked through until the end.
    """
    was_enabled, was_loaded = gc.isenabled(), "torch" in sys.modules
    gc.disable()
    try:
        yield
    finally:
        if "torch" in sys.modules and not was_loaded:
            gc.freeze()
            atexit.register(gc.unfreeze)  # so that what libraries look for at the end is found
        if was_enabled:
            gc.enable()


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
