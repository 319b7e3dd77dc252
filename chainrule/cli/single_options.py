"""Options that take one value: a second one is refused, as the first would be lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

from typer.core import TyperCommand

from chainrule.errors import InputError


class SingleOptionsCommand(TyperCommand):
    """A command whose options are given once each, but for those that are repeatable."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments of the command line.

        Raises:
            InputError: an option that takes one value is given twice.
        """
        _, _, given = self.make_parser(ctx).parse_args(args=[*args])
        for parameter, times in Counter(given).items():
            if times > 1 and not parameter.multiple and not parameter.is_eager:
                option = parameter.opts[0]
                raise InputError(
                    f"{option}: got it {times} times, expected it once, as each would replace the "
                    "one before. Leave out all but one."
                )
        return super().parse_args(ctx, args)
