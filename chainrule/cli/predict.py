"""chainrule predict: raw rows in, predictions out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chainrule.cli.command_options import PredictOptions
from chainrule.cli.model_path import resolve_model_file
from chainrule.cli.new_rows import as_file
from chainrule.cli.out_file import check_out_file
from chainrule.data.dataset import Dataset
from chainrule.data.formatting import pluralised
from chainrule.data.progress import progress_bar
from chainrule.data.read_options import ReadOptions
from chainrule.data.streaming.chunks import read_chunks
from chainrule.data.table import Column, Table
from chainrule.data.write import check_streamed, format_of, parse_format, write_file, write_to
from chainrule.errors import InputError
from chainrule.training.model.model import Model
from chainrule.training.model.model_file import load
from chainrule.training.model.prediction_columns import predicted_columns

NOTES_SHOWN = 20


def predict_command(model: Path, data: str, out: Path | None, options: PredictOptions) -> None:
    """Write a row for each row of the data: the prediction, and each class's probability.

    Args:
        model: file of a model, or folder of a run.
        data: file, database or URL of rows without, or with, the target; or a folder of pictures;
            or - for the standard input.
        out: file to write; None for the standard output.
        options: how the rows are read, and what is written of them.
    Raises:
        InputError: one of the files can't be used.
    """
    named = None if options.format is None else parse_format(options.format)
    if out is None:
        format = named or "csv"
        check_streamed(format)
    else:
        check_out_file(out, "predictions.csv")
        format = format_of(out, named)
    loaded = load(resolve_model_file(model))
    explicit = options.subset(ReadOptions)
    read_options = loaded.preparation.read_options.for_new_rows(explicit, options.keep)
    with as_file(data) as source, _progress(show=out is not None) as tell:
        chunks = read_chunks(source, read_options, explicit=explicit)
        predictions = _Predictions(loaded, chunks, options, tell)
        if out is None:
            write_to(sys.stdout, predictions, format)
        else:
            write_file(predictions, out, format)
    for note in predictions.notes():
        print(f"note: {note}", file=sys.stderr)
    if out is not None:
        print(f"{pluralised(predictions.rows, 'prediction')} in {out}")


@contextmanager
def _progress(*, show: bool) -> Iterator[Callable[[int, int], None]]:
    """What is to be told how many rows are predicted, and of how many."""
    with ExitStack() as stack:
        tell: Callable[[int], None] | None = None

        def told(done: int, total: int) -> None:
            nonlocal tell
            if show and tell is None:
                tell = stack.enter_context(progress_bar("predicting rows", total))
            if tell is not None:
                tell(done)

        yield told


class _Predictions(Iterable[Sequence[Column]]):
    """The columns of what is written, part by part, and what is told of them at the end.

    Attributes:
        rows: how many were predicted so far.
    """

    def __init__(
        self,
        model: Model,
        parts: Iterable[tuple[Dataset, int]],
        options: PredictOptions,
        tell: Callable[[int, int], None],
    ) -> None:
        self._model, self._parts, self._options, self._tell = model, parts, options, tell
        self._notes: dict[str, None] = {}  # each once, in their order
        self.rows = 0

    def __iter__(self) -> Iterator[Sequence[Column]]:
        for part, rows in self._parts:
            found = (*part.notes, *self._model.preparation.notes_on(part))
            self._notes |= dict.fromkeys(found)
            spread = self._options.spread
            said = predicted_columns(self._model, part, self._name(), spread=spread)
            yield (*self._kept(part), *said)
            self.rows += len(part)
            self._tell(self.rows, rows)

    def notes(self) -> list[str]:
        """What is worth knowing about the rows; of very many notes the first."""
        notes = list(self._notes)
        more = len(notes) - NOTES_SHOWN
        return [*notes[:NOTES_SHOWN], *([f"and {more:,} more such notes"] if more > 0 else [])]

    def _name(self) -> str:
        """Of the predicted column: that of the target, unless the target itself is kept."""
        target = self._model.preparation.target.name
        return f"predicted {target}" if target in self._options.keep else target

    def _kept(self, part: Dataset) -> Iterator[Column]:
        if isinstance(part, Table):
            yield from (part.column(name) for name in dict.fromkeys(self._options.keep))
            return
        if self._options.keep:
            raise InputError(
                f"{part.source}: got --keep for pictures, which have no columns, expected it for a "
                "table. Leave it out."
            )
        if part.names is not None:
            yield Column("picture", part.names)
