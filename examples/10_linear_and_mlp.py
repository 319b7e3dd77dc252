"""A linear classifier against a network with hidden layers, on two spirals and on XOR.

A linear classifier predicts yes where w x + b > 0: its decision boundary is a straight line,
whatever the training. A hidden layer computes new features, in which a line may suffice:

    linear       scores = W x + b
    MLP          scores = W2 f(W1 x + b1) + b2     f is not linear, or both layers would be one

XOR is the smallest problem that no line solves: (0, 1) and (1, 0) are yes, (0, 0) and (1, 1) no.
The perceptron rule shows it best. For each mistake, and only then, it moves w by +x or -x. If a
line separates the classes, it finds one and stops, as on AND; on XOR it never stops.

Sources: Rosenblatt (1958), The perceptron; Minsky & Papert (1969), Perceptrons.
"""

from functools import partial
from pathlib import Path

import numpy as np
from command import run
from matplotlib.axes import Axes
from style import COLOURS, panels, save

import chainrule as cr
from chainrule.data.table import Column, Table
from chainrule.networks import linear, mlp, perceptron
from chainrule.randomness import numpy_generator
from chainrule.training.model.model import Model

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
XOR, AND = np.array([0, 1, 1, 0]), np.array([0, 0, 0, 1])
NETWORKS = {"linear": linear(1), "MLP": mlp(1, layers=(32, 32))}


def table(points: np.ndarray, classes: np.ndarray) -> Table:
    """Return points (n, 2) of classes 0 and 1 as a table."""
    columns = tuple(Column(name, points[:, axis]) for axis, name in enumerate("xy"))
    return Table("points", columns, Column("class", classes.astype(float)))


def spirals(seed: int, turns: float = 1.5, each: int = 300) -> Table:
    """Return two intertwined spirals with a little noise."""
    draw = numpy_generator(seed, "spirals")
    radii = np.sqrt(draw.uniform(0.02, 1, 2 * each))  # denser outside, where the arms are longer
    classes = np.repeat([0, 1], each)
    angles = 2 * np.pi * turns * radii + np.pi * classes
    points = radii[:, np.newaxis] * np.column_stack([np.cos(angles), np.sin(angles)])
    return table(points + draw.normal(0, 0.02, points.shape), classes)


def clouds(seed: int, labels: np.ndarray, noise: float, each: int = 100) -> Table:
    """Return points around the four corners, each with the label of its corner."""
    corners = np.tile(np.arange(4), each)
    spread = numpy_generator(seed, "clouds").normal(0, noise, (len(corners), 2))
    return table(CORNERS[corners] + spread, labels[corners])


PROBLEMS = {"spirals": spirals, "XOR": partial(clouds, labels=XOR, noise=0.15)}


def mistakes(labels: np.ndarray, epochs: int) -> list[float]:
    """Run the perceptron rule; return its mean criterion of each epoch, 0 without mistakes."""
    done = cr.train(
        perceptron(1),
        clouds(0, labels, noise=0, each=5),
        loss="perceptron_criterion",
        optimizer="gradient_descent",
        learning_rate=1,
        batch_size=1,
        scaling="none",
        split=(1, 0, 0),
        epochs=epochs,
        progress=False,
    )
    return [record["training_loss"] for record in done.history]


def draw_regions(axes: Axes, model: Model, data: Table, title: str) -> None:
    """Draw the decision regions of the model, and its training points."""
    points = np.column_stack([column.values for column in data.columns])
    low, high = points.min(0) - 0.1, points.max(0) + 0.1
    x, y = np.meshgrid(np.linspace(low[0], high[0], 200), np.linspace(low[1], high[1], 200))
    grid = np.column_stack([x.ravel(), y.ravel()])
    yes = model.predict(table(grid, np.zeros(len(grid))))[:, 1].reshape(x.shape)
    axes.contourf(x, y, yes, levels=[0, 0.5, 1], colors=COLOURS[:2], alpha=0.25)
    for value, colour in enumerate(COLOURS[:2]):
        of_class = points[data.target.values == value]
        axes.plot(*of_class.T, ".", color=colour, markersize=3)
    axes.set(title=title, xticks=[], yticks=[])
    axes.grid(visible=False)


def compare(axes: list[Axes], problem: str, epochs: int, seeds: int) -> dict[str, float]:
    """Train both networks on a problem, and return their mean test accuracies."""
    figures = {}
    *regions, curves = axes
    for panel, (name, network) in zip(regions, NETWORKS.items(), strict=True):
        title, scores = f"{problem}, {name}", []
        for seed in range(seeds):
            data, test = PROBLEMS[problem](2 * seed), PROBLEMS[problem](2 * seed + 1)
            done = cr.train(
                network,
                data,
                test=test,
                split=(1, 0, 0),
                scaling="standardise",
                epochs=epochs,
                learning_rate=0.005,
                seed=seed,
                progress=False,
            )
            scores.append(done.test["accuracy"])
        draw_regions(panel, done.model, data, f"{title}: {100 * np.mean(scores):.1f} % right")
        losses = [record["training_loss"] for record in done.history]
        curves.plot(range(1, epochs + 1), losses, label=title)
        figures[title] = float(np.mean(scores))
    return figures


def main(short: bool, out: Path) -> dict[str, float]:
    """Compare both networks on both problems, and the perceptron rule on AND and XOR."""
    epochs, seeds = (120, 1) if short else (200, 5)
    figure, axes = panels(2, 3)
    losses, perceptrons = axes[2], axes[5]
    figures = {}
    for row, problem in enumerate(PROBLEMS):
        figures |= compare([*axes[3 * row : 3 * row + 2], losses], problem, epochs, seeds)
    losses.set(title="Training loss", xlabel="epoch")
    rule = {"AND": mistakes(AND, 40), "XOR": mistakes(XOR, 40)}
    for name, criterion in rule.items():
        perceptrons.plot(range(1, 41), criterion, label=name)
        figures[f"{name}: epochs with mistakes"] = float(np.count_nonzero(criterion))
    perceptrons.set(title="Perceptron rule", xlabel="epoch", ylabel="perceptron criterion")
    for panel in (losses, perceptrons):
        panel.legend()
    save(figure, out, __file__)
    percent = {name: f"{100 * value:.1f} %" for name, value in figures.items()}
    print(
        f"FINDING: right on points never seen, mean of {seeds} seeds: on spirals linear "
        f"{percent['spirals, linear']}, MLP {percent['spirals, MLP']};\non XOR linear "
        f"{percent['XOR, linear']}, MLP {percent['XOR, MLP']}. Of 40 epochs of the perceptron "
        f"rule, {figures['AND: epochs with mistakes']:.0f} had mistakes on AND,\n"
        f"{figures['XOR: epochs with mistakes']:.0f} on XOR."
    )
    return figures


if __name__ == "__main__":
    run(main, __doc__)
