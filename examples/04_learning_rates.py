"""Learning rates that are too small, good and too large, and the rate that a range test proposes.

A step of gradient descent is w <- w - learning_rate * dL/dw. A rate that is too small hardly makes
progress. A rate that is too large overshoots the minimum; the loss then diverges, or units saturate
or die. Good rates lie between, within about a decade, and depend on the network, the data and the
optimizer.

The range test needs less than 100 updates: it trains with increasing rates, and proposes a tenth of
the one at which the loss was lowest.
"""

import math
from pathlib import Path

import numpy as np
from command import print_finding, run
from data import digits
from matplotlib.axes import Axes
from style import COLOURS, GREY, panels, save

import chainrule as cr
from chainrule.training.loop.loop import DivergedError
from chainrule.training.range_test import RangeTest, range_test
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.settings import Settings

DATA = digits()
NETWORK = cr.Network(cr.Dense(50, "relu"), cr.Dense(10))


EPOCHS = 10
TOP = 20.0  # upper limit of the drawn losses; higher ones are drawn there


def losses(learning_rate: float, seed: int) -> list[float]:
    """Return the validation loss after each epoch; all infinite if training diverged."""
    try:
        trained = cr.train(
            NETWORK,
            DATA,
            optimizer="gradient_descent",
            learning_rate=learning_rate,
            batch_size=32,
            epochs=EPOCHS,
            patience=0,
            seed=seed,
            progress=False,
        )
    except DivergedError:
        return [math.inf] * EPOCHS
    return [record["validation_loss"] for record in trained.history]


def tested(seed: int) -> RangeTest:
    """Return the range test of the same training."""
    settings = Settings(optimizer="gradient_descent", batch_size=32, seed=seed)
    return range_test(NETWORK, prepare(DATA, settings), settings=settings)


def median_in_the_end(learning_rate: float, seeds: range) -> float:
    """Return the median over seeds of the last validation loss, robust to a diverged run."""
    return float(np.median([losses(learning_rate, seed)[-1] for seed in seeds]))


def main(short: bool, out: Path) -> dict[str, float]:
    """Train at rates over five decades, and at the proposed one."""
    rates, seeds = np.logspace(-4, 1, 6 if short else 16), range(1 if short else 5)
    ends = np.array([median_in_the_end(float(rate), seeds) for rate in rates])
    tests = [tested(seed) for seed in seeds]
    proposed = float(np.median([test.proposed for test in tests]))
    at_proposed = median_in_the_end(proposed, seeds)

    figure, (by_epoch, by_rate, of_test) = panels(1, 3)
    draw_epochs(by_epoch, {"too small": 1e-3, "proposed": proposed, "too large": 2.2})
    by_rate.loglog(rates, np.minimum(ends, TOP), "o-", markersize=4)
    by_rate.plot(proposed, at_proposed, "*", color=COLOURS[2], markersize=12, label="proposed")
    by_rate.set(title=f"After {EPOCHS} epochs", xlabel="learning rate", ylim=(0.05, TOP))
    by_rate.legend(loc="upper left")
    draw_test(of_test, tests[0])
    save(figure, out, __file__)

    lowest, good = float(ends.min()), rates[ends < 2 * ends.min()]
    print_finding(
        f"after {EPOCHS} epochs the validation loss was {ends[0]:.2g} at a learning rate of "
        f"{rates[0]:.0e}, {lowest:.2g} at {rates[ends.argmin()]:.2g} and {ends[-1]:.2g} at "
        f"{rates[-1]:g}; rates from {good.min():.2g} to {good.max():.2g} came within twice the "
        f"lowest. The range test, of {len(tests[0].rates)} updates, proposed {proposed:.2g}, which "
        f"gave {at_proposed:.2g}."
    )
    return {
        "smallest_rate": float(ends[0]),
        "lowest": lowest,
        "largest_rate": float(ends[-1]),
        "proposed": at_proposed,
    }


def draw_epochs(axes: Axes, rates: dict[str, float]) -> None:
    """Draw the validation loss of one training for each rate."""
    for (name, rate), colour in zip(rates.items(), COLOURS[3:0:-1], strict=True):
        label = f"{name}, {rate:.2g}"
        axes.semilogy(range(1, EPOCHS + 1), losses(rate, seed=0), color=colour, label=label)
    axes.set(title="Validation loss", xlabel="epoch", ylim=(0.05, TOP))
    axes.legend(loc="center right")


def draw_test(axes: Axes, test: RangeTest) -> None:
    """Draw the losses of a range test."""
    axes.semilogx(test.rates, test.losses, color=GREY, linewidth=0.8, label="of a batch")
    axes.semilogx(test.rates, test.smoothed, label="smoothed")
    axes.axvline(test.proposed, color=COLOURS[2], linestyle=":", label="proposed")
    axes.set(title="Range test: training loss", xlabel="learning rate", ylim=(0, 5))
    axes.legend(loc="upper left")


if __name__ == "__main__":
    run(main, __doc__)
