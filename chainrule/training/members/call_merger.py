"""Call merger: the calls of several members, with the compiled code of all in one call."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from chainrule.graph.operation import Calls
from chainrule.native import CompiledCalls, merge_calls


class CallMerger:
    """Merges the calls of members, and caches merged compiled calls from step to step."""

    def __init__(self) -> None:
        self._merged: dict[tuple[CompiledCalls, ...], CompiledCalls] = {}

    def merge(self, member_calls: Sequence[Calls]) -> Calls:
        """Return the calls of all members, first the first of each, then the second, and so on.

        Args:
            member_calls: the calls of each member.
        """
        calls: Calls = []
        for same_position in zip_longest(*member_calls):
            compiled = tuple(call for call in same_position if isinstance(call, CompiledCalls))
            if compiled:
                if compiled not in self._merged:
                    self._merged[compiled] = merge_calls(compiled)
                calls.append(self._merged[compiled])
            calls += [
                call
                for call in same_position
                if call is not None and not isinstance(call, CompiledCalls)
            ]
        return calls
