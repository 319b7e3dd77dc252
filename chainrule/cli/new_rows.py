"""New rows for a model: how a person says that they are read, and rows from the standard input."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, get_args

from chainrule.data.read_options import UNREADABLE_SHARE, Decimal, ReadOptions
from chainrule.training.settings.settings import Share
from chainrule.training.settings.validation import Expected, OneOf, Options

STANDARD_INPUT = "-"


class Reading(Options):
    """How the rows are read, beside what the model knows; as the options of `chainrule train`."""

    missing: Annotated[tuple[str, ...], Expected("texts", '["unknown"]')] = ()
    query: Annotated[str | None, Expected("SQL as text", "select * from houses")] = None
    text_encoding: Annotated[str | None, Expected("the name of an encoding", "cp949")] = None
    decimal: Annotated[Decimal | None, OneOf(get_args(Decimal))] = None
    unreadable_share: Annotated[Share, Expected("a number from 0 to 1", "0.05")] = UNREADABLE_SHARE
    path_column: Annotated[str | None, Expected("the name of a column as text", "path")] = None

    @property
    def read_options(self) -> ReadOptions:
        """The options of reading that were given."""
        names = self.model_fields_set & set(ReadOptions.model_fields)
        return ReadOptions(**{name: getattr(self, name) for name in names})


@contextmanager
def readable(data: str) -> Iterator[str]:
    """The data itself; of the standard input, which is named -, a file that has all of it.

    So it may be whatever a file may be, as what it is is found out: CSV, JSON lines, Parquet.
    """
    if data != STANDARD_INPUT:
        yield data
        return
    with TemporaryDirectory(prefix="chainrule-") as folder:
        file = Path(folder) / "standard input"
        with file.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        yield str(file)
