"""realmlp_simple: the formulas of RealMLP-TD-S, and its learning rates by group."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from chainrule.data.vocabulary import Task
from chainrule.networks import network_named
from chainrule.plan import Parameters, Plan, compile_plan
from chainrule.training.optimizers import Adam
from chainrule.training.schedules import Coslog4
from tests.networks.small_tables import (
    BATCH_SIZE,
    STEPS,
    Values,
    batch_for,
    beginning,
    every_task,
    smoothed_loss,
)

RATES: dict[Task, float] = {"regression": 0.07, "binary": 0.04, "classification": 0.04}


def compiled(task: Task) -> tuple[Plan, Parameters]:
    graph, parameters = beginning("realmlp_simple", task)
    return compile_plan(graph, parameters, batch_size=BATCH_SIZE, mode="train"), parameters


def in_the_paper(stored: Values) -> Values:
    """The weights of the formulas, from those that are kept here over their factor."""
    factors = {"scale": 6.0, "bias": 0.1, "weights": 1.0}
    return {name: factors[name.split(".")[1]] * value for name, value in stored.items()}


def loss_by_the_formulas(task: Task, values: Values, x: Tensor, t: Tensor) -> Tensor:
    """z_0 = s x, z_l = f(W_l z_(l-1) / sqrt(n) + b_l), and the smoothed loss of the last z."""
    scale, *others = values.values()
    layers = list(zip(others[::2], others[1::2], strict=True))
    z = scale * x
    for number, (w, b) in enumerate(layers, start=1):
        z = z @ w.T / math.sqrt(w.shape[1]) + b
        if number < len(layers):
            z = mish(z) if task == "regression" else functional.selu(z)
    return smoothed_loss(task, z, t)


def mish(z: Tensor) -> Tensor:
    return z * torch.tanh(torch.log1p(torch.exp(z)))


@every_task
def test_loss_and_gradients_are_those_of_the_papers_formulas(task: Task) -> None:
    plan, parameters = compiled(task)
    # Away from the beginning, where the last layer is 0 and all gradients before it are, too.
    draw = torch.Generator().manual_seed(1)
    for value in parameters.values.values():
        value.add_(torch.randn(value.shape, generator=draw, dtype=torch.float64))
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
def test_it_learns_as_in_torch_with_a_learning_rate_for_each_group_of_parameters(
    task: Task,
) -> None:
    plan, parameters = compiled(task)
    theirs = {
        n: v.clone().requires_grad_() for n, v in in_the_paper(dict(parameters.values)).items()
    }
    factors = [6.0 if "scale" in n else 0.1 if "bias" in n else 1.0 for n in theirs]
    # A small epsilon, of which a factor k makes epsilon / k: the first gradients are small.
    optimizer = torch.optim.Adam(
        [{"params": [v]} for v in theirs.values()], betas=(0.9, 0.95), eps=1e-14
    )
    update = Adam(beta2=0.95, epsilon=1e-14).bind(parameters)
    schedule = Coslog4().bind(STEPS)
    for step in range(STEPS):
        x, t = batch_for(task, seed=step)
        plan.inputs["x"].copy_(x)
        plan.inputs["t"].copy_(t)
        plan.step()
        update(RATES[task] * schedule.factor(step))
        rate = RATES[task] * (0.5 - 0.5 * math.cos(2 * math.pi * math.log2(1 + 15 * step / STEPS)))
        for group, factor in zip(optimizer.param_groups, factors, strict=True):
            group["lr"] = factor * rate
        optimizer.zero_grad()
        loss_by_the_formulas(task, theirs, x, t).backward()
        optimizer.step()
    begun = compiled(task)[1].values
    for name, value in in_the_paper(dict(parameters.values)).items():
        torch.testing.assert_close(value, theirs[name].detach(), rtol=1e-6, atol=1e-6, msg=name)
        assert not torch.equal(parameters.values[name], begun[name])


def test_before_it_has_learned_it_answers_0() -> None:
    graph, parameters = beginning("realmlp_simple", "regression")
    plan = compile_plan(
        graph, parameters, batch_size=BATCH_SIZE, mode="evaluate", outputs=["prediction"]
    )
    plan.inputs["x"].copy_(batch_for("regression", seed=0)[0])
    plan.forward()
    assert plan.outputs["prediction"].count_nonzero() == 0


def test_without_settings_it_has_three_hidden_layers_of_256_units() -> None:
    hidden = "NTKDense(256, activation='selu')"
    assert repr(network_named("realmlp_simple", 1)) == (
        f"Network(Scale(), {hidden}, {hidden}, {hidden}, NTKDense(1, initialiser=Zeros()))"
    )
