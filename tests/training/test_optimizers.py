"""Optimizers: each is its formula, and what torch.optim computes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.reading.read import read
from chainrule.errors import InputError
from chainrule.layers import Dense, Network
from chainrule.plan import Parameters
from chainrule.training.optimizers import (
    LBFGS,
    OPTIMIZERS,
    AdaGrad,
    Adam,
    AdamW,
    GradientDescent,
    GradientOptimizer,
    Lion,
    Momentum,
    Muon,
    NAdam,
    Nesterov,
    RMSprop,
)
from chainrule.training.train import train
from tests.allocations import allocations
from tests.training.optimizers.counterparts import (
    COUNTERPARTS,
    GRADIENT_OPTIMIZERS,
    Counterpart,
    counterpart,
)
from tests.training.optimizers.counterparts import (
    Lion as TheirLion,
)
from tests.training.optimizers.paths import (
    RATE,
    SHAPES,
    Values,
    assert_same_path,
    gradients,
    path_of,
    path_of_torch,
    stacked,
    start,
)

Numbers = NDArray[np.float64]

# Settings other than the usual ones, alone and together.
WITH_SETTINGS: list[tuple[GradientOptimizer, Counterpart]] = [
    (Momentum(0.5), counterpart(torch.optim.SGD, momentum=0.5)),
    (Nesterov(0.5), counterpart(torch.optim.SGD, momentum=0.5, nesterov=True)),
    (AdaGrad(epsilon=1e-2), counterpart(torch.optim.Adagrad, eps=1e-2)),
    (RMSprop(rho=0.99), counterpart(torch.optim.RMSprop, alpha=0.99)),
    (RMSprop(epsilon=1e-2), counterpart(torch.optim.RMSprop, alpha=0.9, eps=1e-2)),
    (Adam(beta1=0.8), counterpart(torch.optim.Adam, betas=(0.8, 0.999))),
    (Adam(beta2=0.9), counterpart(torch.optim.Adam, betas=(0.9, 0.9))),
    (Adam(epsilon=1e-2), counterpart(torch.optim.Adam, eps=1e-2)),
    (Adam(0.5, 0.9, 0.1), counterpart(torch.optim.Adam, betas=(0.5, 0.9), eps=0.1)),
    (AdamW(0.5, 0.9, 0.1), counterpart(torch.optim.AdamW, betas=(0.5, 0.9), eps=0.1)),
    (NAdam(0.5, 0.9, 0.1), counterpart(torch.optim.NAdam, betas=(0.5, 0.9), eps=0.1)),
    (NAdam(momentum_decay=0.5), counterpart(torch.optim.NAdam, momentum_decay=0.5)),
    (Lion(0.5, 0.8), counterpart(TheirLion, betas=(0.5, 0.8))),
    (
        Muon(momentum=0.5, vector_rate=1.0),
        lambda matrices, vectors, rate, decay: [
            torch.optim.Muon(matrices, lr=rate, momentum=0.5, weight_decay=decay),
            torch.optim.AdamW(vectors, lr=rate, weight_decay=0.0),
        ],
    ),
]


def test_every_registered_optimizer_has_a_counterpart() -> None:
    assert COUNTERPARTS.keys() == GRADIENT_OPTIMIZERS.keys()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_two_hundred_steps_are_those_of_torch(name: str, dtype: torch.dtype) -> None:
    ours = path_of(GRADIENT_OPTIMIZERS[name]().bind, dtype=dtype)
    assert_same_path(ours, path_of_torch(COUNTERPARTS[name], dtype=dtype))


@pytest.mark.parametrize(("ours", "theirs"), WITH_SETTINGS, ids=[str(o) for o, _ in WITH_SETTINGS])
def test_two_hundred_steps_with_settings_are_those_of_torch(
    ours: GradientOptimizer, theirs: Counterpart
) -> None:
    assert_same_path(path_of(ours.bind), path_of_torch(theirs))


def path_of_formula(step: Callable[[int, Numbers, Numbers], Numbers]) -> Values:
    """The path of one matrix alone, by a step from t, weights and gradient."""
    weights, path = start().values["wide.weights"].numpy(), []
    for t, dw in enumerate(gradients(), start=1):
        weights = step(t, weights, dw["wide.weights"].numpy())
        path.append({"wide.weights": torch.from_numpy(weights)})
    return stacked(path)


def wide(path: Values) -> Values:
    return {"wide.weights": path["wide.weights"]}


def test_gradient_descent_is_its_formula() -> None:
    expected = path_of_formula(lambda t, w, dw: w - RATE * dw)
    assert_same_path(wide(path_of(GradientDescent().bind)), expected)


def test_momentum_is_its_formula() -> None:
    v = np.zeros(SHAPES["wide.weights"])

    def step(t: int, w: Numbers, dw: Numbers) -> Numbers:
        v[:] = 0.9 * v + dw
        return w - RATE * v

    assert_same_path(wide(path_of(Momentum().bind)), path_of_formula(step))


def test_nesterov_is_the_method_of_sutskever_seen_from_its_look_ahead_points() -> None:
    # Sutskever et al. (2013), equations 3 and 4: v' = mu v - rate * gradient(w + mu v), w' = w + v'
    v, momentum = np.zeros(SHAPES["wide.weights"]), 0.9

    def step(t: int, ahead: Numbers, gradient_ahead: Numbers) -> Numbers:
        w = ahead - momentum * v
        v[:] = momentum * v - RATE * gradient_ahead
        return w + v + momentum * v

    assert_same_path(wide(path_of(Nesterov().bind)), path_of_formula(step))


def test_adagrad_is_its_formula() -> None:
    total = np.zeros(SHAPES["wide.weights"])

    def step(t: int, w: Numbers, dw: Numbers) -> Numbers:
        total[:] += dw**2
        return np.asarray(w - RATE * dw / (np.sqrt(total) + 1e-10))

    assert_same_path(wide(path_of(AdaGrad().bind)), path_of_formula(step))


def test_rmsprop_is_its_formula() -> None:
    v = np.zeros(SHAPES["wide.weights"])

    def step(t: int, w: Numbers, dw: Numbers) -> Numbers:
        v[:] = 0.9 * v + 0.1 * dw**2
        return np.asarray(w - RATE * dw / (np.sqrt(v) + 1e-8))

    assert_same_path(wide(path_of(RMSprop().bind)), path_of_formula(step))


@pytest.mark.parametrize("optimizer", [Adam(), AdamW()], ids=str)
def test_adam_and_the_rule_of_adamw_are_one_formula(optimizer: GradientOptimizer) -> None:
    m, v = np.zeros((2, *SHAPES["wide.weights"]))

    def step(t: int, w: Numbers, dw: Numbers) -> Numbers:
        m[:] = 0.9 * m + 0.1 * dw
        v[:] = 0.999 * v + 0.001 * dw**2
        mean, mean_square = m / (1 - 0.9**t), v / (1 - 0.999**t)
        return np.asarray(w - RATE * mean / (np.sqrt(mean_square) + 1e-8))

    assert_same_path(wide(path_of(optimizer.bind)), path_of_formula(step))


def test_nadam_is_its_formula() -> None:
    m, v = np.zeros((2, *SHAPES["wide.weights"]))
    mu = 0.9 * (1 - 0.5 * 0.96 ** (0.004 * np.arange(1000)))

    def step(t: int, w: Numbers, dw: Numbers) -> Numbers:
        m[:] = 0.9 * m + 0.1 * dw
        v[:] = 0.999 * v + 0.001 * dw**2
        mean = mu[t + 1] * m / (1 - np.prod(mu[1 : t + 2]))
        mean += (1 - mu[t]) * dw / (1 - np.prod(mu[1 : t + 1]))
        return np.asarray(w - RATE * mean / (np.sqrt(v / (1 - 0.999**t)) + 1e-8))

    assert_same_path(wide(path_of(NAdam().bind)), path_of_formula(step))


def test_lion_is_its_formula() -> None:
    m = np.zeros(SHAPES["wide.weights"])

    def step(t: int, w: Numbers, dw: Numbers) -> Numbers:
        direction = np.sign(0.9 * m + 0.1 * dw)
        m[:] = 0.99 * m + 0.01 * dw
        return np.asarray(w - RATE * direction)

    assert_same_path(wide(path_of(Lion().bind)), path_of_formula(step))


@pytest.mark.parametrize("name", ["adam", "adamw", "adagrad", "lion"])
def test_the_first_step_is_as_long_as_the_learning_rate(name: str) -> None:
    first = path_of(GRADIENT_OPTIMIZERS[name]().bind)["wide.weights"][0]
    moved = first - start().values["wide.weights"]
    expected = -RATE * gradients()[0]["wide.weights"].sign()
    torch.testing.assert_close(moved, expected, rtol=1e-3, atol=0)


@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_a_change_of_the_learning_rate_acts_at_once(name: str) -> None:
    path = path_of(GRADIENT_OPTIMIZERS[name]().bind, rate=lambda t: RATE if t < 10 else 0)
    assert all(steps[-1].equal(steps[8]) for steps in path.values())


@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_weights_without_a_gradient_stay(name: str) -> None:
    parameters = start()
    update = GRADIENT_OPTIMIZERS[name]().bind(parameters)
    for _ in range(3):
        update(RATE)
    assert parameters.weights.equal(start().weights)


@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_what_lies_between_parameters_stays_zero(name: str) -> None:
    parameters = start()
    update = GRADIENT_OPTIMIZERS[name]().bind(parameters)
    for dw in gradients()[:10]:
        for parameter, gradient in parameters.gradients.items():
            gradient.copy_(dw[parameter])
        update(RATE)
    for value in parameters.values.values():
        value.zero_()
    assert parameters.weights.count_nonzero() == 0
    assert parameters.weights.numel() > parameters.count


@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_each_binding_has_a_state_of_its_own(name: str) -> None:
    optimizer = GRADIENT_OPTIMIZERS[name]()
    first, second = path_of(optimizer.bind), path_of(optimizer.bind)
    assert all(first[parameter].equal(second[parameter]) for parameter in SHAPES)


@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_a_step_allocates_nothing(name: str) -> None:
    parameters = start(torch.float32)
    update = GRADIENT_OPTIMIZERS[name]().bind(parameters)
    parameters.gradient.copy_(parameters.weights)
    assert allocations([partial(update, RATE)]) == []


@pytest.mark.parametrize("shapes", [{"w": (3, 2)}, {"b": (3,)}, {"w": (2, 3), "b": (3,)}], ids=str)
@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_a_step_goes_down_whatever_parameters_there_are(
    name: str, shapes: dict[str, tuple[int, ...]]
) -> None:
    parameters = Parameters(shapes)
    update = GRADIENT_OPTIMIZERS[name]().bind(parameters)
    for gradient in parameters.gradients.values():
        gradient.fill_(1.0)
    update(RATE)
    assert all(bool((value < 0).all()) for value in parameters.values.values())


@pytest.fixture(scope="module")
def digits(demo: Path) -> Dataset:
    return read(demo / "digits.csv", target="digit")


@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_the_default_learning_rate_learns_digits(name: str, digits: Dataset) -> None:
    network = Network(Dense(32, "relu"), Dense(10))
    run = train(network, digits, epochs=10, optimizer=name, progress=False)
    # Guessing has an accuracy of about 0.1.
    assert run.test["accuracy"] > 0.8


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("adagrad", AdaGrad()),
        ("adam", Adam()),
        ("adamw", AdamW()),
        ("gradient_descent", GradientDescent()),
        ("lbfgs", LBFGS()),
        ("lion", Lion()),
        ("momentum", Momentum()),
        ("muon", Muon()),
        ("nadam", NAdam()),
        ("nesterov", Nesterov()),
        ("rmsprop", RMSprop()),
    ],
)
def test_an_optimizer_is_found_by_its_name(name: str, expected: GradientOptimizer) -> None:
    assert OPTIMIZERS[name]() == expected


def test_an_unknown_optimizer_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError) as error:
        OPTIMIZERS["adma"]
    assert str(error.value) == (
        "optimizer 'adma' is not known. Did you mean 'adam'? Known are: adagrad, adam, adamw, "
        "gradient_descent, lbfgs, lion, momentum, muon, nadam, nesterov, rmsprop."
    )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            partial(Momentum, 1.0),
            "Momentum: got momentum=1.0, expected a number from 0 to below 1, "
            "such as momentum=0.9.",
        ),
        (
            partial(Adam, beta2=float("nan")),
            "Adam: got beta2=nan, expected a number from 0 to below 1, such as beta2=0.999.",
        ),
        (
            partial(AdamW, epsilon=0.0),
            "AdamW: got epsilon=0.0, expected a positive number, such as epsilon=1e-08.",
        ),
        (
            partial(NAdam, momentum_decay=-1.0),
            "NAdam: got momentum_decay=-1.0, expected a number of at least 0, "
            "such as momentum_decay=0.004.",
        ),
    ],
)
def test_a_setting_outside_its_range_is_refused_with_one_that_works(
    build: Callable[[], GradientOptimizer], message: str
) -> None:
    with pytest.raises(InputError) as error:
        build()
    assert str(error.value) == message


@pytest.mark.parametrize(
    "build",
    [
        partial(Nesterov, -0.1),
        partial(AdaGrad, epsilon=0.0),
        partial(RMSprop, rho=1.0),
        partial(RMSprop, epsilon=float("inf")),
        partial(Adam, beta1=1.5),
        partial(NAdam, beta1=1.0),
        partial(NAdam, beta2=-0.1),
        partial(NAdam, epsilon=-1.0),
        partial(Lion, beta1=1.0),
        partial(Lion, beta2=2.0),
        partial(Muon, momentum=1.0),
        partial(Muon, vector_rate=0.0),
    ],
    ids=lambda build: f"{build.func.__name__}{build.args}{build.keywords}",
)
def test_every_setting_is_checked(build: Callable[[], GradientOptimizer]) -> None:
    with pytest.raises(InputError, match="expected a"):
        build()
