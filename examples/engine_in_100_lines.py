"""An engine in 100 lines: a graph, the chain rule, Adam, and a check by central differences.

It learns handwritten digits. docs/en/engine_in_100_lines.md compares it with the real engine.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import chainrule.demo


class Operation(NamedTuple):
    """One primitive: forward computes y, and backward, from dy, the gradient of each input."""

    forward: Any
    backward: Any


LINEAR = Operation(
    lambda x, w, b: x @ w.T + b,
    lambda dy, y, x, w, b: (dy @ w, dy.T @ x, dy.sum(0)),
)
TANH = Operation(lambda x: np.tanh(x), lambda dy, y, x: (dy * (1 - y**2),))
ADD = Operation(lambda a, b: a + b, lambda dy, y, a, b: (dy, dy))
LOG_SOFTMAX = Operation(  # x - log(sum of exp x) over the classes; exp(y) are probabilities
    lambda x: x - np.logaddexp.reduce(x, 1, keepdims=True),
    lambda dy, y, x: (dy - np.exp(y) * dy.sum(1, keepdims=True),),
)
NEGATIVE_LOG_LIKELIHOOD = Operation(  # the mean of -x[t]; the class t has no gradient
    lambda x, t: -x[np.arange(len(t)), t].mean(),
    lambda dy, y, x, t: (-dy / len(t) * np.eye(x.shape[1])[t], None),
)
NETWORK = [  # the nodes of the graph in order: operation, names of its inputs, name of its output
    (LINEAR, ("x", "w1", "b1"), "z1"),
    (TANH, ("z1",), "h1"),
    (LINEAR, ("h1", "w2", "b2"), "z2"),
    (TANH, ("z2",), "h2"),
    (ADD, ("h1", "h2"), "h3"),  # two nodes read h1, so its gradient is a sum of two branches
    (LINEAR, ("h3", "w3", "b3"), "scores"),
    (LOG_SOFTMAX, ("scores",), "log_p"),
    (NEGATIVE_LOG_LIKELIHOOD, ("log_p", "t"), "loss"),
]
SHAPES = {"w1": (32, 64), "b1": (32,), "w2": (32, 32), "b2": (32,), "w3": (10, 32), "b3": (10,)}


def forward(values: dict[str, Any]) -> dict[str, Any]:
    """Compute all values of the network from its inputs and weights."""
    values = dict(values)
    for operation, inputs, output in NETWORK:
        values[output] = operation.forward(*(values[name] for name in inputs))
    return values


def backward(values: dict[str, Any]) -> dict[str, Any]:
    """Differentiate the loss by all values: the chain rule, from the last node to the first."""
    d: dict[str, Any] = {"loss": 1.0}
    for operation, inputs, output in reversed(NETWORK):
        gradients = operation.backward(d[output], values[output], *(values[n] for n in inputs))
        for name, gradient in zip(inputs, gradients, strict=True):
            d[name] = d[name] + gradient if name in d else gradient
    return d


def largest_error(values: dict[str, Any], h: float = 6e-6) -> float:
    """Compare backward with (loss(w + h) - loss(w - h)) / 2h for each weight, in float64."""
    d, errors = backward(forward(values)), []
    for name in SHAPES:
        for index, derivative in np.ndenumerate(d[name]):
            w, shift = values[name], np.zeros_like(values[name])
            shift[index] = h
            above, below = (forward(values | {name: w + s})["loss"] for s in (shift, -shift))
            errors.append(abs((above - below) / (2 * h) - derivative))
    return float(max(errors))


def main(steps: int = 1000) -> float:
    """Check the gradient, train on 1437 digits by Adam, and test on the other 360."""
    file, random = Path(chainrule.demo.__file__).parent / "digits.csv.gz", np.random.default_rng(0)
    digits = random.permutation(np.loadtxt(file, delimiter=",", skiprows=1))
    x, t = digits[:, :-1] / 16, digits[:, -1].astype(int)
    weights = {n: random.normal(0, shape[-1] ** -0.5, shape) for n, shape in SHAPES.items()}
    print(f"largest gradient error: {largest_error(weights | {'x': x[:32], 't': t[:32]}):.0e}")
    m, v = ({n: np.zeros_like(w) for n, w in weights.items()} for _ in "mv")
    for step in range(1, steps + 1):
        rows = random.integers(0, 1437, 32)
        d = backward(forward(weights | {"x": x[rows], "t": t[rows]}))
        for n, w in weights.items():  # Adam: m and v are running means of dw and of its square
            m[n] += 0.1 * (d[n] - m[n])
            v[n] += 0.001 * (d[n] ** 2 - v[n])
            w -= 0.003 * (m[n] / (1 - 0.9**step)) / (np.sqrt(v[n] / (1 - 0.999**step)) + 1e-8)
    test = forward(weights | {"x": x[1437:], "t": t[1437:]})
    accuracy = float((test["scores"].argmax(1) == t[1437:]).mean())
    print(f"after {steps} steps {accuracy:.1%} of the 360 test digits are classified correctly")
    return accuracy


if __name__ == "__main__":
    main()
