"""chainrule range-test: propose a learning rate from a short training with rising rates."""

from __future__ import annotations

from pathlib import Path

from chainrule.cli.config import Config
from chainrule.cli.folder import check_writable
from chainrule.cli.prepare_run import prepare_run
from chainrule.insight.range_test_plot import write_range_test
from chainrule.training.range_test import range_test


def range_test_command(config: Config, out: Path) -> None:
    """Print the proposed rate, and plot the loss against the rate.

    Raises:
        InputError: the configuration or the data is invalid, or the loss falls at no rate.
    """
    check_writable(out.parent)
    prepared_run = prepare_run(config, "range-test")
    recipe = prepared_run.recipe
    for note in prepared_run.prepared.notes:
        print(f"note: {note}")
    test = range_test(prepared_run.job.network, prepared_run.prepared, settings=recipe.settings)
    write_range_test(test, out)
    settings = recipe.settings
    current = f"default of {settings.optimizer}: {recipe.optimizer.default_learning_rate:g}"
    if "learning_rate" in recipe.request.options:
        current = f"given: {settings.learning_rate:g}"
    elif settings.learning_rate is not None:
        current = f"with the preset {recipe.preset}: {settings.learning_rate:g}"
    print(
        f"\nTried {len(test.rates)} learning rates from {test.rates[0]:.2g} to "
        f"{test.rates[-1]:.2g}. Proposed: --learning-rate {test.proposed:.2g} "
        f"({current})"
    )
    print(f"curve    {out}")
