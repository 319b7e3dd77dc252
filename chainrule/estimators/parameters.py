"""Parameters of an estimator, translated to the settings of training.

Parameters of MLPClassifier and MLPRegressor have the same names, defaults and meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from sklearn.utils._param_validation import (
    Interval,
    Options,
    StrOptions,
)

from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.layers import Network
from chainrule.training.optimizers import OPTIMIZERS, FullBatchOptimizer
from chainrule.training.recipe.recipe import Recipe, Request, resolve
from chainrule.training.settings.settings import Settings

LARGEST_DEFAULT_BATCH = 200
LARGEST_ALPHA = 1e30  # float32 has no number above 3.4e38

# Activations with another name in scikit-learn.
ACTIVATIONS = {"logistic": "sigmoid"}
# scikit-learn's squared error is half the squared error, summed over the outputs.
LOSSES = {"squared_error": "half_sum_of_squares"}


def _at_least(least: float, kind: type = Real) -> Interval:
    return Interval(kind, least, None, closed="left")


_SHARE_BELOW_1 = Interval(Real, 0, 1, closed="left")
_ABOVE_0 = Interval(Real, 0, None, closed="neither")

# Constraints that scikit-learn checks in `fit`. Names of methods are checked by their registries.
CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", _at_least(1, Integral)],
    "activation": [str, list, tuple],
    "solver": [StrOptions({"adam", "sgd", "lbfgs"})],
    "alpha": [Interval(Real, 0, LARGEST_ALPHA, closed="both"), None],
    "batch_size": [StrOptions({"auto"}), _at_least(1, Integral)],
    "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
    "learning_rate_init": [_ABOVE_0, None],
    "power_t": [_at_least(0)],
    "max_iter": [_at_least(1, Integral)],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [_at_least(0)],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [_SHARE_BELOW_1],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "beta_1": [_SHARE_BELOW_1],
    "beta_2": [_SHARE_BELOW_1],
    "epsilon": [_ABOVE_0],
    "n_iter_no_change": [_at_least(1, Integral), Options(Real, {np.inf})],
    "max_fun": [_at_least(1, Integral)],
    "loss": [str, None],
    "dropout": [_SHARE_BELOW_1],
    "batch_norm": ["boolean"],
    "optimizer": [str, None],
    "schedule": [str, None],
    "scaling": [str, None],
    "encoding": [str],
    "members": [_at_least(1, Integral)],
    "preset": [str, None],
}

# What shapes the network and the preparation; the others can change from one fit to the next.
PARAMETERS_OF_NETWORK = (
    *("hidden_layer_sizes", "activation", "dropout", "batch_norm", "loss", "members", "preset"),
    *("scaling", "encoding"),
)


@dataclass(frozen=True)
class EstimatorRecipe:
    """The recipe of a training, from the parameters of an estimator.

    Attributes:
        recipe: recipe resolved from the parameters and their preset.
        settings: settings of the recipe, with the batch size for the samples.
        alpha: strength of the L2 penalty, alpha / 2 |w|^2 / (samples of a batch); None for the
            weight decay of the settings.
    """

    recipe: Recipe
    settings: Settings
    alpha: float | None

    @classmethod
    def of(
        cls,
        parameters: Mapping[str, Any],
        defaults: Mapping[str, Any],
        task: Task,
        samples: int,
    ) -> EstimatorRecipe:
        """Translate parameters; those that differ from their default override a preset.

        Args:
            parameters: parameters of the estimator, by name.
            defaults: their defaults, by name.
            task: task of the target.
            samples: number of training samples.
        Raises:
            InputError: the name of a method is unknown, or its settings are invalid.
        """
        if parameters["solver"] == "lbfgs":
            _check_lbfgs(parameters)
        explicit = {name for name, value in parameters.items() if _differ(value, defaults[name])}
        options: dict[str, Any] = {}
        if parameters["preset"] is None:
            explicit = set(parameters)
            options["initialiser"] = "xavier_uniform"  # Glorot's, as in MLPClassifier
        for setting, (sources, translate) in TRANSLATIONS.items():
            if explicit.intersection(sources):
                options[setting] = translate(parameters)
        request = Request(options, parameters["preset"] or "plain")
        recipe = resolve(request, task, samples, "table").for_samples(samples)
        size = recipe.settings.batch_size
        if not isinstance(size, int) or size > samples:
            size = min(LARGEST_DEFAULT_BATCH, samples) if size is None else samples
        return cls(
            recipe,
            recipe.settings.model_copy(update={"batch_size": size}),
            parameters["alpha"] if "alpha" in explicit else None,
        )

    @property
    def batch_size(self) -> int:
        """Number of samples in each batch but the last."""
        assert isinstance(self.settings.batch_size, int)
        return self.settings.batch_size

    def build_network(self, outputs: int) -> Network:
        """Return the network with that number of outputs.

        Raises:
            InputError: the network does not support an option.
        """
        return self.recipe.build_network(outputs)

    def weight_decay(self, batch_weight: float) -> float | None:
        """Return the strength of the penalty; None for the optimizer's default.

        Args:
            batch_weight: mean total sample weight of a batch.
        """
        return self.settings.weight_decay if self.alpha is None else self.alpha / batch_weight

    @property
    def learning_rate(self) -> float:
        """Learning rate before any schedule."""
        return self.settings.learning_rate or self.recipe.optimizer.default_learning_rate


def full_batch_parameter(p: Mapping[str, Any]) -> str | None:
    """Return the parameter that selects a full-batch optimizer, solver or optimizer; None if none.

    Args:
        p: parameters of an estimator, by name.
    """
    if p["solver"] == "lbfgs":
        return "solver"
    name = str(p["optimizer"]).partition(":")[0]
    is_full_batch = name in OPTIMIZERS and issubclass(OPTIMIZERS[name], FullBatchOptimizer)
    return "optimizer" if is_full_batch else None


def _check_lbfgs(p: Mapping[str, Any]) -> None:
    """Refuse parameters that the solver lbfgs does not support.

    Raises:
        InputError: one of them is set.
    """
    for name in ("optimizer", "schedule", "preset", "dropout"):
        if p[name]:
            raise InputError(
                f"{name}: got {p[name]!r} with solver='lbfgs', whose steps use all samples and a "
                "line search; expected the default. Leave it out, or use solver='adam'."
            )


def _optimizer(p: Mapping[str, Any]) -> str:
    if p["optimizer"] is not None:
        return str(p["optimizer"])
    if p["solver"] == "lbfgs":
        return f"lbfgs:tolerance={float(p['tol'])},evaluations={int(p['max_fun'])}"
    if p["solver"] == "adam":
        return f"adam:beta1={p['beta_1']},beta2={p['beta_2']},epsilon={p['epsilon']}"
    if not p["momentum"]:
        return "gradient_descent"
    rule = "nesterov" if p["nesterovs_momentum"] else "momentum"
    return f"{rule}:momentum={p['momentum']}"


def _learning_rate(p: Mapping[str, Any]) -> float | None:
    return None if full_batch_parameter(p) else p["learning_rate_init"]


def _layers(p: Mapping[str, Any]) -> tuple[int, ...]:
    sizes = p["hidden_layer_sizes"]
    sizes = tuple(sizes) if isinstance(sizes, Iterable) else (sizes,)
    if not all(isinstance(size, Integral) for size in sizes):
        raise InputError(
            f"hidden_layer_sizes: got {p['hidden_layer_sizes']!r}, expected whole numbers of at "
            "least 1, such as (100, 50)."
        )
    return tuple(map(int, sizes))


def _activation(p: Mapping[str, Any]) -> str | tuple[str, ...]:
    names = p["activation"]
    if isinstance(names, str):
        return ACTIVATIONS.get(names, names)
    return tuple(ACTIVATIONS.get(name, name) for name in names)


def _patience(p: Mapping[str, Any]) -> int:
    return 0 if p["n_iter_no_change"] == np.inf else int(p["n_iter_no_change"])


def _batch_size(p: Mapping[str, Any]) -> int | Literal["all"] | None:
    if full_batch_parameter(p):
        return "all"
    return None if p["batch_size"] == "auto" else int(p["batch_size"])


_OPTIMIZER_PARAMETERS = (
    *("optimizer", "solver", "momentum", "nesterovs_momentum"),
    *("beta_1", "beta_2", "epsilon"),
)

# For each setting the parameters that determine it, and its translation.
TRANSLATIONS: Mapping[str, tuple[tuple[str, ...], Callable[[Mapping[str, Any]], Any]]] = {
    "layers": (("hidden_layer_sizes",), _layers),
    "activation": (("activation",), _activation),
    "dropout": (("dropout",), lambda p: p["dropout"] or None),
    "normalisation": (("batch_norm",), lambda p: "batch" if p["batch_norm"] else None),
    "loss": (("loss",), lambda p: LOSSES.get(p["loss"], p["loss"])),
    "scaling": (("scaling",), lambda p: p["scaling"]),
    "encoding": (("encoding",), lambda p: p["encoding"]),
    "optimizer": (_OPTIMIZER_PARAMETERS, _optimizer),
    "learning_rate": (("learning_rate_init",), _learning_rate),
    "schedule": (("schedule",), lambda p: p["schedule"] or "constant"),
    "batch_size": (("batch_size",), _batch_size),
    "sampling": (("shuffle",), lambda p: "shuffled" if p["shuffle"] else "in_order"),
    "epochs": (("max_iter",), lambda p: int(p["max_iter"])),
    "patience": (("n_iter_no_change",), _patience),
    "members": (("members",), lambda p: int(p["members"])),
}


def _differ(value: object, default: object) -> bool:
    return not np.array_equal(value, default)  # type: ignore[arg-type]  # it takes any two objects
