"""TorchModule: a module of torch trains as our own layers do, and stays as it was given."""

from __future__ import annotations

import copy
import gc
import weakref
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import chainrule as cr
from chainrule import ops
from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.json import as_json, from_json
from chainrule.graph.shape import BATCH
from chainrule.layers import Dense, Dropout, Layer, Network, Residual, TorchModule
from chainrule.ops.torch_module import FlatModule
from chainrule.plan import Parameters, Plan
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run
from tests.layers.test_recurrent import digits

UPDATES = 20


class Doubled(nn.Module):
    """Two tensors where one is expected."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, x


class Summed(nn.Module):
    """One number for the whole batch."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sum(0)


class Constant(nn.Module):
    """Numbers that depend on nothing differentiably."""

    def forward(self, x: Tensor) -> Tensor:
        return x.detach().sign()


class Smoothing(nn.Module):
    """A module that changes a buffer after it used its weight."""

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.full((3,), 2.0))
        self.register_buffer("mean", torch.zeros(3))

    def forward(self, x: Tensor) -> Tensor:
        y = x * self.factor
        self.mean.mul_(0.5).add_(y.detach().mean(0), alpha=0.5)
        return y


class HalfUsed(nn.Module):
    """A module with a weight that nothing depends on."""

    def __init__(self) -> None:
        super().__init__()
        self.used, self.unused = nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.used


def trained(*layers: Layer, seed: int = 0) -> Parameters:
    """The parameters after a few updates by the public training."""
    model = cr.train(
        Network(*layers), digits(), iterations=UPDATES, seed=seed, progress=False
    ).model
    return model.parameters


def training_plan(*layers: Layer, features: tuple[int, ...]) -> tuple[Plan, Parameters]:
    graph = graph_of(*layers, features=features)
    parameters = parameters_of(graph)
    return plan_of(graph, parameters, 4, "train"), parameters


def perceptron() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh())


def flat(*tensors: Tensor) -> Tensor:
    return torch.cat([tensor.detach().flatten() for tensor in tensors])


def test_it_trains_as_the_same_layer_of_ours_does() -> None:
    drawn = Parameters.initialised(
        graph_of(Dense(16, "tanh"), Dense(10), features=(8, 8)), seed=0
    ).values
    module = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh())
    with torch.no_grad():
        for ours, theirs in zip(("weights", "bias"), module.parameters(), strict=True):
            theirs.copy_(drawn[f"dense_1.{ours}"])
    before = flat(*module.parameters())
    own = trained(Dense(16, "tanh"), Dense(10)).values
    wrapped = trained(TorchModule(module), Dense(10)).values
    expected = flat(own["dense_1.weights"], own["dense_1.bias"])
    assert (expected - before).abs().max() > 0.01  # it did learn
    torch.testing.assert_close(wrapped["torchmodule_1.weights"], expected, rtol=0, atol=1e-6)
    for name in ("dense_2.weights", "dense_2.bias"):
        torch.testing.assert_close(wrapped[name], own[name], rtol=0, atol=1e-6)


def test_the_module_that_was_given_stays_as_it_was() -> None:
    module = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16))
    module.eval()
    before = copy.deepcopy(module.state_dict())
    trained(TorchModule(module), Dense(10))
    assert not module.training
    for name, tensor in module.state_dict().items():
        assert tensor.equal(before[name]), name


def test_it_begins_with_the_weights_of_the_module() -> None:
    module = perceptron()
    _, parameters = training_plan(TorchModule(module), features=(8, 8))
    expected = flat(*module.parameters()).double()
    assert parameters.values["torchmodule_1.weights"].equal(expected)


def test_in_training_statistics_move_and_evaluation_uses_them() -> None:
    module = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5)).double()
    graph = graph_of(TorchModule(module), features=(3,))
    parameters = parameters_of(graph)
    plan = plan_of(graph, parameters, 4, "train")
    x = numbers(4, 3)
    for seed in range(3):
        y = run(plan, x=numbers(4, 3, seed=seed), t=numbers(4, 5), key=seed)
        assert y.equal(module(numbers(4, 3, seed=seed)).detach())
    statistics = flat(*(b for b in module.buffers() if b.is_floating_point()))
    assert parameters.values["torchmodule_1.state"].equal(statistics)
    evaluated = run(plan_of(graph, parameters, 4, "evaluate"), x=x)
    assert evaluated.equal(module.eval()(x).detach())
    assert parameters.values["torchmodule_1.state"].equal(statistics)


def test_a_module_may_change_a_buffer_after_it_used_a_weight() -> None:
    plan, parameters = training_plan(TorchModule(Smoothing()), features=(3,))
    x = numbers(4, 3)
    run(plan, x=x, t=torch.ones(4, 3), key=0)
    torch.testing.assert_close(parameters.values["torchmodule_1.state"], x.mean(0))
    gradient = parameters.gradients["torchmodule_1.weights"]
    torch.testing.assert_close(gradient, x.mean(0) / 3)


def test_all_gradients_are_those_of_the_module_also_behind_other_layers() -> None:
    module = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.LayerNorm(5)).double()
    plan, parameters = training_plan(Dense(6, "tanh"), TorchModule(module), features=(3,))
    x, t = numbers(4, 3), numbers(4, 5, seed=1)
    y = run(plan, x=x, t=t, key=0)
    w, b = (parameters.values[f"dense_1.{n}"].clone().requires_grad_() for n in ("weights", "bias"))
    expected = module(torch.tanh(x @ w.T + b))
    gradients = torch.autograd.grad((expected * t).mean(), [w, b, *module.parameters()])
    torch.testing.assert_close(y, expected.detach(), rtol=1e-12, atol=1e-12)
    ours = parameters.gradients
    for name, gradient in zip(("weights", "bias"), gradients, strict=False):
        torch.testing.assert_close(ours[f"dense_1.{name}"], gradient, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(
        ours["torchmodule_2.weights"], flat(*gradients[2:]), rtol=1e-10, atol=1e-12
    )


def test_what_a_module_draws_is_a_function_of_the_key_and_of_the_layer() -> None:
    module = nn.Dropout(0.5)
    plan, _ = training_plan(TorchModule(module), features=(50,))
    second, _ = training_plan(Dropout(0.0), TorchModule(module), features=(50,))
    batch = {"x": torch.ones(4, 50), "t": torch.ones(4, 50)}
    first_draw = run(plan, **batch, key=1)
    assert not first_draw.equal(run(plan, **batch, key=2))
    assert not first_draw.equal(run(second, **batch, key=1))
    assert first_draw.equal(run(plan, **batch, key=1))


def test_training_leaves_torchs_own_generator_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    plan, _ = training_plan(TorchModule(nn.Dropout(0.5)), features=(50,))
    plan.step()
    assert torch.rand(3).equal(expected)


def test_two_runs_with_one_seed_are_equal_bit_for_bit() -> None:
    layers = (TorchModule(nn.Sequential(perceptron(), nn.Dropout(0.5))), Dense(10))
    assert trained(*layers).everything.equal(trained(*layers).everything)
    assert not trained(*layers).everything.equal(trained(*layers, seed=1).everything)


def test_frozen_weights_are_kept_and_not_trained() -> None:
    kept = nn.Linear(64, 16).requires_grad_(False)
    module = nn.Sequential(nn.Flatten(), kept, nn.Tanh(), nn.Linear(16, 10))
    frozen = flat(*kept.parameters())
    values = trained(TorchModule(module), Dense(10)).values
    assert values["torchmodule_1.weights"].numel() == 16 * 10 + 10
    assert values["torchmodule_1.state"].equal(frozen)


def test_a_weight_that_nothing_depends_on_has_gradient_0() -> None:
    plan, parameters = training_plan(TorchModule(HalfUsed()), features=(3,))
    run(plan, x=torch.ones(4, 3), t=torch.ones(4, 3), key=0)
    gradient = parameters.gradients["torchmodule_1.weights"]
    torch.testing.assert_close(gradient, torch.tensor([1 / 3] * 3 + [0] * 3).double())


def test_through_a_module_without_a_derivative_the_gradient_is_0() -> None:
    plan, parameters = training_plan(Dense(3), TorchModule(Constant()), features=(3,))
    run(plan, x=numbers(4, 3), t=numbers(4, 3), key=0)
    assert not parameters.gradient.any()


def test_a_module_may_write_over_its_input() -> None:
    block = Residual(TorchModule(nn.ReLU(inplace=True)))
    plan, _ = training_plan(block, features=(3,))
    x = numbers(4, 3)
    assert run(plan, x=x, t=x, key=0).equal(x + x.relu())


def test_a_module_without_weights_may_stand_between_layers() -> None:
    values = trained(TorchModule(nn.Flatten()), Dense(10)).values
    assert values["torchmodule_1.weights"].shape == (0,)
    assert values["dense_2.weights"].shape == (10, 64)


def test_plans_of_two_batch_sizes_keep_their_tapes_apart() -> None:
    graph = graph_of(TorchModule(perceptron()), features=(8, 8))
    parameters = parameters_of(graph)
    small, large = (plan_of(graph, parameters, size, "train") for size in (2, 5))
    for plan in (small, large):
        for name in ("x", "t"):
            plan.inputs[name].copy_(numbers(*plan.inputs[name].shape))
    small.step()
    expected = parameters.gradient.clone()
    small.forward()
    large.step()
    assert not parameters.gradient.equal(expected)
    small.backward()
    assert parameters.gradient.equal(expected)


def test_a_plan_that_is_gone_leaves_no_tape_behind() -> None:
    plan, _ = training_plan(TorchModule(perceptron()), features=(8, 8))
    plan.step()
    output = weakref.ref(plan.outputs["y"])
    del plan
    gc.collect()
    assert output() is None


def test_it_is_shown_by_the_class_of_the_module() -> None:
    assert repr(TorchModule(nn.Flatten())) == "TorchModule(Flatten)"
    plan, _ = training_plan(TorchModule(perceptron()), features=(8, 8))
    assert "torch_module forward [module=Sequential, name=torchmodule_1]" in plan.describe()


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(InputError) as error:
        TorchModule(nn.Flatten)  # type: ignore[arg-type]  # that is the point
    assert str(error.value) == (
        "TorchModule(<class 'torch.nn.modules.flatten.Flatten'>) was given; expected a "
        "torch.nn.Module, such as TorchModule(torch.nn.Linear(8, 4)). Of a class, give an instance."
    )


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (
            nn.Linear(7, 4),
            "layer: the module Linear can't take x (batch, 3): RuntimeError: mat1 and mat2 shapes "
            "cannot be multiplied (2x3 and 7x4)",
        ),
        (
            Doubled(),
            "layer: the module Doubled made tuple of x (2, 3); expected one tensor with samples on "
            "the first axis. Put it into a module whose forward returns that.",
        ),
        (
            Summed(),
            "layer: the module Summed made (3,) of x (2, 3); expected one tensor with samples on "
            "the first axis. Put it into a module whose forward returns that.",
        ),
    ],
    ids=lambda parameter: type(parameter).__name__,
)
def test_a_module_that_does_not_fit_is_refused_before_training(
    module: nn.Module, message: str
) -> None:
    graph = Graph()
    with pytest.raises(InputError) as error:
        TorchModule(module).build(graph, graph.input("x", (BATCH, 3)), "layer")
    assert str(error.value) == message


def saved_with_a_module(folder: Path) -> tuple[cr.Model, Path]:
    network = Network(TorchModule(perceptron()), Dense(10))
    model = cr.train(network, digits(), iterations=3, progress=False).model
    cr.save(model, folder / "model.safetensors")
    return model, folder / "model.safetensors"


def test_a_stored_model_has_the_weights_and_is_given_the_module_again(tmp_path: Path) -> None:
    model, path = saved_with_a_module(tmp_path)
    torch.manual_seed(99)  # a module that begins with other weights, which are not used
    again = cr.load(path, modules={"torchmodule_1": perceptron()})
    assert again.predict(digits()).equal(model.predict(digits()))


def test_a_module_that_is_not_given_again_is_asked_for(tmp_path: Path) -> None:
    _, path = saved_with_a_module(tmp_path)
    with pytest.raises(InputError) as error:
        cr.load(path)
    assert str(error.value) == (
        f"{path}: this model can't be used: 'torchmodule_1' has a setting that no file can "
        "store, such as a torch module; expected it to be passed again, as in load(path, "
        "modules={'torchmodule_1': module})."
    )


def test_a_module_of_another_architecture_is_refused(tmp_path: Path) -> None:
    _, path = saved_with_a_module(tmp_path)
    with pytest.raises(InputError, match=r"torch_module got x .* expected x .* w \(\d+\)"):
        cr.load(path, modules={"torchmodule_1": nn.Linear(64, 5)})


def test_a_file_that_names_a_module_is_refused() -> None:
    stored = as_json(graph_of(Dense(4), features=(3,)))
    stored["nodes"][0] |= {"operation": "torch_module", "settings": {"module": "os.system"}}
    with pytest.raises(InputError) as error:
        from_json(stored)
    assert str(error.value) == (
        "TorchModule: got module='os.system', expected a module in memory, since none is stored "
        "in files."
    )


def test_vectors_of_other_lengths_than_the_module_has_tensors_for_are_refused() -> None:
    operation = ops.TorchModule(FlatModule(nn.Linear(3, 4)))
    with pytest.raises(InputError) as error:
        operation.shape((BATCH, 3), (12,), (0,), ())
    assert str(error.value) == (
        "torch_module got x (batch, 3), w (12), state (0); expected x (batch, ...) and, for "
        "Linear, w (16), state (0)."
    )
