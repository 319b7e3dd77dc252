"""The batch size: the number of samples of an update."""

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.layers.batch_norm import smallest_batch
from chainrule.training.settings.settings import Settings


def resolve_batch_size(graph: Graph, settings: Settings, samples: int) -> int:
    """Return the batch size of a run: the one that is set, or a default.

    Batch normalisation learns nothing from a batch of one, whose every value is its own mean: the
    default then is one that leaves no single sample for the last batch.
    Args:
        graph: that is trained.
        settings: of the run.
        samples: to learn from.
    Raises:
        InputError: the batch size is larger than the data, or leaves a batch of one for batch
            normalisation.
    """
    smallest = smallest_batch(graph)
    if settings.batch_size == "all":
        return samples
    if settings.batch_size is None:
        replaced = settings.sampling == "with_replacement"
        return enlarge_batch(default_batch_size(samples), samples, 1 if replaced else smallest)
    size = settings.batch_size
    if size > samples:
        raise InputError(
            f"batch_size: got {size}, but there are only {samples} training samples; expected at "
            f"most that many. Use --batch-size {min(32, samples)}."
        )
    if smallest > 1 and (size == 1 or _leaves_one(samples, size, settings)):
        last = "a batch of one" if size == 1 else f"a last batch of one of {samples:,} samples"
        raise InputError(
            f"batch_size: got {size}, which makes {last}; batch normalisation learns nothing from "
            f"one sample, whose every value is its own mean. Use --batch-size {size + 1}, or "
            "layer normalisation."
        )
    return size


def enlarge_batch(size: int, samples: int, smallest: int) -> int:
    """Return a batch size, enlarged until the last batch is not too small to learn from.

    Args:
        size: of the batches; no more than there are samples.
        samples: number of them in an epoch.
        smallest: number of samples that the last batch needs.
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
