"""The batch size: the number of samples of an update."""

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.layers.batch_norm import smallest_batch
from chainrule.training.settings.settings import Settings


def resolve_batch_size(graph: Graph, settings: Settings, samples: int) -> int:
    """Return the batch size of the settings, or a default.

    Batch normalisation cannot train on a batch of one, in which every value equals the mean: the
    default then leaves no single sample for the last batch.
    Args:
        graph: the graph to train.
        settings: the settings of the run.
        samples: number of training samples.
    Raises:
        InputError: the batch size exceeds the number of samples, or leaves a batch of one for batch
            normalisation.
    """
    smallest = smallest_batch(graph)
    if settings.batch_size == "all":
        return samples
    if settings.batch_size is None:
        with_replacement = settings.sampling == "with_replacement"
        return enlarge_batch(
            default_batch_size(samples), samples, 1 if with_replacement else smallest
        )
    size = settings.batch_size
    if size > samples:
        raise InputError(
            f"batch_size: got {size}, but there are only {samples} training samples; expected at "
            f"most that many. Use --batch-size {min(32, samples)}."
        )
    if smallest > 1 and (size == 1 or _leaves_one(samples, size, settings)):
        last = "a batch of one" if size == 1 else f"a last batch of one of {samples:,} samples"
        raise InputError(
            f"batch_size: got {size}, which makes {last}; batch normalisation cannot train on one "
            f"sample, in which every value equals the mean. Use --batch-size {size + 1}, or "
            "layer normalisation."
        )
    return size


def enlarge_batch(size: int, samples: int, smallest: int) -> int:
    """Return a batch size, increased until the last batch is large enough.

    Args:
        size: the batch size, limited to the number of samples.
        samples: number of samples in an epoch.
        smallest: smallest size of the last batch.
    """
    size = min(size, samples)
    while size < samples and 0 < samples % size < smallest:
        size += 1
    return size


def default_batch_size(samples: int) -> int:
    """Return 32 below 10,000 training samples, 128 below 100,000, else 256."""
    return 32 if samples < 10_000 else 128 if samples < 100_000 else 256


def _leaves_one(samples: int, size: int, settings: Settings) -> bool:
    return settings.sampling != "with_replacement" and samples % size == 1
