"""Presets: settings that belong together, by name, tuned by others on many data sets."""

from collections.abc import Callable

from chainrule.data import Task
from chainrule.registry import Registry

Preset = dict[str, object]


def preset(name: str, task: Task, samples: int) -> Preset:
    """The settings of a preset, by the names that they have in Python and in configurations.

    Args:
        name: strong.
        task: what is learned.
        samples: to learn from, of which a batch has no more.
    Raises:
        InputError: there is no such preset.
    """
    return PRESETS[name](task, samples)


def strong(task: Task, samples: int) -> Preset:
    """RealMLP-TD-S, for tables: the network table, how its features are scaled, how it learns.

    The paper's settings, but for four things: categories of two values have two features here, and
    one-hot features are not scaled; missing numbers, of which it has none, are prepared as always;
    the smaller last batch of an epoch is used, too; and for classes the best epoch is that of the
    lowest validation loss, in which labels are not smoothed, not that of the fewest errors.
    All epochs are run: the rate falls to 0 four times, and the best of them may be the last.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3.
    """
    common: Preset = {
        "network": "table",
        "scaling": "robust_smooth_clip",
        "encoding": "one_hot",
        "optimizer": "adam:beta2=0.95",
        "schedule": "coslog4",
        "batch_size": min(256, samples),
        "epochs": 256,
        "patience": 0,
    }
    if task == "regression":
        return {**common, "activation": "mish", "learning_rate": 0.07}
    return {**common, "activation": "selu", "learning_rate": 0.04, "label_smoothing": 0.1}


PRESETS: Registry[Callable[[Task, int], Preset]] = Registry("preset", strong=strong)
