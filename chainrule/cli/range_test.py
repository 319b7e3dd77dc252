"""chainrule range-test: which learning rate suits, by a short training with ever larger ones."""

from __future__ import annotations

from pathlib import Path

from chainrule.cli.config import Config
from chainrule.cli.folder import check_writable
from chainrule.cli.prepare_run import prepare_run
from chainrule.insight.range_test_plot import write_range_test
from chainrule.training.range_test import range_test


def range_test_command(config: Config, out: Path) -> None:
    """Print the rate that is proposed, and draw the loss against the rate.

    Raises:
        InputError: something in the configuration or the data can't be used, or no rate helps.
    """
    check_writable(out.parent)
    ready = prepare_run(config, "range-test")
    recipe = ready.recipe
    for note in ready.prepared.notes:
        print(f"note: {note}")
    test = range_test(ready.fit.network, ready.prepared, settings=recipe.settings)
    write_range_test(test, out)
    settings = recipe.settings
    usual = f"default of {settings.optimizer}: {recipe.optimizer.default_learning_rate:g}"
    if settings.learning_rate is not None:
        usual = f"with the preset {recipe.preset}: {settings.learning_rate:g}"
    print(
        f"\nTried {len(test.rates)} learning rates from {test.rates[0]:.2g} to "
        f"{test.rates[-1]:.2g}. Proposed: --learning-rate {test.proposed:.2g} "
        f"({usual})"
    )
    print(f"curve    {out}")
