"""The batch size: how many samples an update is computed from."""

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.layers.batch_norm import smallest_batch
from chainrule.training.settings.settings import Settings


def fitting_batch_size(graph: Graph, settings: Settings, samples: int) -> int:
    """The batch size of a run: the one that was asked for, or a usual one.

    Batch normalisation learns nothing from a batch of one, whose every value is its own mean: the
    usual sizes then avoid one that leaves a single sample for the last batch.
    Args:
        graph: that is trained.
        settings: of the run.
        samples: to learn from.
    Raises:
        InputError: the batch that was asked for is larger than the data, or leaves a batch of one
            for batch normalisation.
    """
    single = smallest_batch(graph) > 1
    if settings.batch_size == "all":
        return samples
    if settings.batch_size is None:
        size = min(usual_batch_size(samples), samples)
        while single and 1 < size < samples and _leaves_one(samples, size, settings):
            size += 1
        return size
    size = settings.batch_size
    if size > samples:
        raise InputError(
            f"batch_size: got {size}, but there are only {samples} training samples; expected at "
            f"most that many. Use --batch-size {min(32, samples)}."
        )
    if single and (size == 1 or _leaves_one(samples, size, settings)):
        last = "a batch of one" if size == 1 else f"a last batch of one of {samples:,} samples"
        raise InputError(
            f"batch_size: got {size}, which makes {last}; batch normalisation learns nothing from "
            f"one sample, whose every value is its own mean. Use --batch-size {size + 1}, or "
            "layer normalisation."
        )
    return size


def usual_batch_size(samples: int) -> int:
    """32 below 10,000 training samples, 128 below 100,000, else 256."""
    return 32 if samples < 10_000 else 128 if samples < 100_000 else 256


def _leaves_one(samples: int, size: int, settings: Settings) -> bool:
    return settings.sampling == "shuffled" and samples % size == 1
