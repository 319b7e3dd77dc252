"""The network realmlp: the formulas of RealMLP-TD, and how its groups of parameters learn."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from chainrule.data.vocabulary import Task
from chainrule.networks import network_named
from chainrule.plan import Parameters, Plan, compile_plan
from chainrule.training.optimizers import AdamW
from chainrule.training.update import Update
from tests.networks.small_tables import (
    BATCH_SIZE,
    STEPS,
    WIDTHS,
    Values,
    batch_for,
    beginning,
    every_task,
    smoothed_loss,
)

DECAY = 0.02

RATES: dict[Task, float] = {"regression": 0.2, "binary": 0.04, "classification": 0.04}


def compiled(task: Task) -> tuple[Plan, Parameters]:
    """With weights away from where they begin, so that no gradient is 0."""
    graph, parameters = beginning("realmlp", task)
    draw = torch.Generator().manual_seed(1)
    for value in parameters.values.values():
        value.add_(0.1 * torch.randn(value.shape, generator=draw, dtype=torch.float64))
    return compile_plan(graph, parameters, batch_size=BATCH_SIZE, mode="train"), parameters


def rate_factor(name: str) -> float:
    """By how much a parameter's learning rate is larger, in the paper."""
    layer, part = name.split(".")
    if layer.startswith("periodicembedding") or part in ("bias", "share"):
        return 0.1
    return 6.0 if part == "scale" else 1.0


def decay_factor(name: str) -> float:
    """By how much weight decay is stronger: in the authors' code the rate's factor counts twice.

    The shares of the activations decay there, too, by a hundredth, which is left out here.
    """
    layer, part = name.split(".")
    decays = layer.startswith("periodicembedding") or part in ("weights", "scale")
    return rate_factor(name) ** 2 if decays else 0.0


def in_the_paper(stored: Values) -> Values:
    """The weights of the formulas, from those that are kept here over their factor."""
    return {name: rate_factor(name) * value for name, value in stored.items()}


def loss_by_the_formulas(task: Task, values: Values, x: Tensor, t: Tensor) -> Tensor:
    """z_0 = s [x, W cos(2 pi w x + b) + c], z_l = z + a (f(z) - z), z = W z_(l-1) / sqrt(n) + b."""
    parts = iter(values.values())
    w, b, sums, c, scale = (next(parts) for _ in range(5))
    waves = torch.cos(2 * math.pi * w * x[:, :, None] + b)
    embedded = torch.einsum("nfw,fdw->nfd", waves, sums) + c
    z = scale * torch.cat([x, embedded.flatten(1)], 1)
    for _ in WIDTHS:
        z = dense(z, next(parts), next(parts))
        f = functional.mish(z) if task == "regression" else functional.selu(z)
        z = z + next(parts) * (f - z)
    z = dense(z, next(parts), next(parts))
    return smoothed_loss(task, z, t)


def dense(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x @ w.T / math.sqrt(w.shape[1]) + b


@every_task
def test_loss_and_gradients_are_those_of_the_papers_formulas(task: Task) -> None:
    plan, parameters = compiled(task)
    x, t = batch_for(task, seed=0)
    plan.inputs["x"].copy_(x)
    plan.inputs["t"].copy_(t)
    plan.step()
    stored = {n: v.clone().requires_grad_() for n, v in parameters.values.items()}
    loss = loss_by_the_formulas(task, in_the_paper(stored), x, t)
    torch.testing.assert_close(plan.outputs["loss"], loss.detach(), rtol=1e-12, atol=0)
    gradients = torch.autograd.grad(loss, list(stored.values()))
    for (name, ours), theirs in zip(parameters.gradients.items(), gradients, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12, msg=name)


@every_task
def test_it_learns_as_in_torch_with_rates_and_decays_by_group(task: Task) -> None:
    plan, parameters = compiled(task)
    begun = {name: value.clone() for name, value in parameters.values.items()}
    theirs = {n: v.clone().requires_grad_() for n, v in in_the_paper(begun).items()}
    # A small epsilon, of which a factor k makes epsilon / k: the first gradients are small.
    optimizer = torch.optim.Adam(
        [
            {"params": [value], "lr": RATES[task] * rate_factor(name)}
            for name, value in theirs.items()
        ],
        betas=(0.9, 0.95),
        eps=1e-14,
    )
    update = Update(AdamW(beta2=0.95, epsilon=1e-14), weight_decay=DECAY).bind(parameters)
    for step in range(STEPS):
        x, t = batch_for(task, seed=step)
        plan.inputs["x"].copy_(x)
        plan.inputs["t"].copy_(t)
        plan.step()
        update(RATES[task])
        optimizer.zero_grad()
        loss_by_the_formulas(task, theirs, x, t).backward()
        with torch.no_grad():
            for name, value in theirs.items():
                value.mul_(1 - RATES[task] * DECAY * decay_factor(name))
        optimizer.step()
    for name, value in in_the_paper(dict(parameters.values)).items():
        torch.testing.assert_close(value, theirs[name].detach(), rtol=1e-6, atol=1e-6, msg=name)
        assert not torch.equal(parameters.values[name], begun[name])


def test_dropout_stands_behind_each_hidden_layer() -> None:
    written = repr(network_named("realmlp", 1, layers=(5, 5), dropout=0.15))
    assert written.count("ParametricActivation('selu'), Dropout(0.15)") == 2


def test_without_settings_it_has_three_hidden_layers_of_256_units() -> None:
    fitted = "initialiser=DataDependent()"
    hidden = 3 * f"NTKDense(256, {fitted}), ParametricActivation('selu'), "
    assert repr(network_named("realmlp", 1)) == (
        f"Network(PeriodicEmbedding(), Scale(), {hidden}NTKDense(1, {fitted}))"
    )
