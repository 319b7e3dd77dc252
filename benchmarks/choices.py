"""Gain of the engine's design choices, each against its alternative, in one run.

    python -m benchmarks.choices

Interleaved, the best of many short runs each: the time of the kernels without disturbance.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import torch

from benchmarks.machine import description
from benchmarks.peers.ours import graph_of
from benchmarks.works import Work, work_named
from chainrule.plan import Parameters, compile_plan

RUNS = 30
THREADED = ("MLP 784-50-10, batch 32", "MLP 784-512-512-10, batch 128")


def main() -> None:
    """Print a line for each choice."""
    torch.set_flush_denormal(True)
    torch.set_num_threads(1)
    print(f"{description()}\n")
    for batch, inputs, outputs in ((32, 784, 50), (128, 512, 10), (128, 784, 512)):
        print_ratio(f"linear {batch}x{inputs}x{outputs}: columns", *linear(batch, inputs, outputs))
    for batch in (32, 512):
        print_ratio(f"softmax of {batch} x 10: columns", *softmax(batch))
    print_ratio("mean of 128 losses: product with 1/n", *mean(128))
    print_ratio("bias gradient 32x50: product with ones", *bias_gradient(32, 50))
    for name in THREADED:
        print_ratio(f"a step of {name}: one thread instead of two", *threads(work_named(name)))


def linear(batch: int, inputs: int, outputs: int) -> tuple[Callable[[], object], ...]:
    """Return the forward pass of a linear layer, with its output in row and in column order."""
    x, w, b = torch.randn(batch, inputs), torch.randn(outputs, inputs), torch.randn(outputs)
    rows, columns = torch.empty(batch, outputs), torch.empty(outputs, batch).mT
    return (
        partial(torch.addmm, b, x, w.mT, out=rows),
        partial(torch.addmm, b, x, w.mT, out=columns),
    )


def softmax(batch: int) -> tuple[Callable[[], object], ...]:
    """Return log-softmax of ten scores, along rows and along columns."""
    rows, columns = torch.randn(batch, 10), torch.randn(10, batch)
    return (
        partial(torch.log_softmax, rows, -1, out=torch.empty_like(rows)),
        partial(torch.log_softmax, columns, -2, out=torch.empty_like(columns)),
    )


def mean(count: int) -> tuple[Callable[[], object], ...]:
    """Return the mean of the losses of a batch, as a sum and as a product."""
    losses, share, out = torch.rand(count), torch.full((1, count), 1 / count), torch.empty(())
    return (
        partial(torch.mean, losses, 0, out=out),
        partial(torch.mv, share, losses, out=out.unsqueeze(0)),
    )


def bias_gradient(batch: int, units: int) -> tuple[Callable[[], object], ...]:
    """Return the sum of the gradients of a layer over the batch, as a sum and as a product."""
    dy, ones, out = torch.randn(units, batch).mT, torch.ones(batch), torch.empty(units)
    return (partial(torch.sum, dy, 0, out=out), partial(torch.mv, dy.mT, ones, out=out))


def threads(work: Work) -> tuple[Callable[[], object], ...]:
    """Return the gradient steps of a plan, on one thread and on two."""
    graph = graph_of(work)
    parameters = Parameters.initialised(graph, seed=0)
    plan = compile_plan(graph, parameters, batch_size=work.batch_size, mode="train")

    def steps_on(count: int) -> None:
        torch.set_num_threads(count)
        for _ in range(8):
            plan.gradient_step()

    return partial(steps_on, 2), partial(steps_on, 1)


def print_ratio(choice: str, other: Callable[[], object], chosen: Callable[[], object]) -> None:
    """Print how many times faster the choice is than the alternative."""
    seconds = {other: float("inf"), chosen: float("inf")}
    for _ in range(RUNS):
        for work in (other, chosen):
            seconds[work] = min(seconds[work], best_of_short_run(work))
    print(f"{choice:60} x{seconds[other] / seconds[chosen]:.2f}", flush=True)


def best_of_short_run(work: Callable[[], object]) -> float:
    """Return the mean seconds of a call, over as many calls as fit into five milliseconds."""
    work()
    start, calls = time.perf_counter(), 0
    while time.perf_counter() - start < 0.005:
        work()
        calls += 1
    return (time.perf_counter() - start) / calls


if __name__ == "__main__":
    main()
