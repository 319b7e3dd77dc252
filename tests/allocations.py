"""Counts what torch's allocator gives out while a function runs."""

from collections.abc import Callable, Iterable

from torch.profiler import ProfilerActivity, profile


def allocations(calls: Iterable[Callable[[], object]]) -> list[int]:
    """The bytes of each allocation that the calls make, even of memory that is freed at once."""
    ready = list(calls)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
        for call in ready:
            call()
    # The public events hold sums, where an allocation and its release cancel out.
    events = profiled.profiler.kineto_results.events()
    return [e.nbytes() for e in events if e.name() == "[memory]" and e.nbytes() > 0]
