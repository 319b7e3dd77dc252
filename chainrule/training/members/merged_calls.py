"""Merged calls: what each of several members calls, with compiled code of all in one call."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from chainrule.graph.operation import Calls
from chainrule.native import CompiledCalls, merge_calls


class MergedCalls:
    """Merges the calls of members, and remembers what it merged from step to step."""

    def __init__(self) -> None:
        self._merged: dict[tuple[CompiledCalls, ...], CompiledCalls] = {}

    def of(self, of_each: Sequence[Calls]) -> Calls:
        """Return the calls of all members, first the first of each, then the second, and so on.

        Args:
            of_each: the calls of each member.
        """
        calls: Calls = []
        for of_all in zip_longest(*of_each):
            compiled = tuple(call for call in of_all if isinstance(call, CompiledCalls))
            if compiled:
                if compiled not in self._merged:
                    self._merged[compiled] = merge_calls(compiled)
                calls.append(self._merged[compiled])
            calls += [
                call for call in of_all if call is not None and not isinstance(call, CompiledCalls)
            ]
        return calls
