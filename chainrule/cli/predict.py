"""chainrule predict: predictions for new rows."""

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
    """Write a row for each row of the data: the prediction, and the probability of each class.

    Args:
        model: file of a model, or folder of a run.
        data: file, database or URL of rows, with or without the target; or a folder of pictures;
            or - for the standard input.
        out: file to write; None for the standard output.
        options: how the rows are read, and what is written.
    Raises:
        InputError: a file cannot be used.
    """
    requested = None if options.format is None else parse_format(options.format)
    if out is None:
        format = requested or "csv"
        check_streamed(format)
    else:
        check_out_file(out, "predictions.csv")
        format = format_of(out, requested)
    loaded = load(resolve_model_file(model))
    explicit = options.subset(ReadOptions)
    read_options = loaded.preparation.read_options.for_new_rows(explicit)
    with as_file(data) as source, _progress(show=out is not None) as update:
        chunks = read_chunks(source, read_options, explicit=explicit)
        notes = loaded.preparation.read_options.notes_on(explicit)
        predictions = _Predictions(loaded, chunks, options, update, notes)
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
    """Yield a function that shows the number of predicted rows and their total."""
    with ExitStack() as stack:
        advance: Callable[[int], None] | None = None

        def update(done: int, total: int) -> None:
            nonlocal advance
            if show and advance is None:
                advance = stack.enter_context(progress_bar("predicting rows", total))
            if advance is not None:
                advance(done)

        yield update


class _Predictions(Iterable[Sequence[Column]]):
    """The output columns, chunk by chunk, and notes on them at the end.

    Attributes:
        rows: number of rows predicted so far.
    """

    def __init__(
        self,
        model: Model,
        chunks: Iterable[tuple[Dataset, int]],
        options: PredictOptions,
        update: Callable[[int, int], None],
        notes: Iterable[str],
    ) -> None:
        self._model, self._chunks, self._options, self._update = model, chunks, options, update
        self._notes = dict.fromkeys(notes)  # an ordered set
        self.rows = 0

    def __iter__(self) -> Iterator[Sequence[Column]]:
        for chunk, total in self._chunks:
            self._model.preparation.check_new_rows(chunk)
            notes = (*chunk.notes, *self._model.preparation.notes_on(chunk))
            self._notes |= dict.fromkeys(notes)
            spread = self._options.spread
            predicted = predicted_columns(self._model, chunk, self._name(), spread=spread)
            yield (*self._kept(chunk), *predicted)
            self.rows += len(chunk)
            self._update(self.rows, total)

    def notes(self) -> list[str]:
        """Return the notes on the rows, at most `NOTES_SHOWN` of them."""
        notes = list(self._notes)
        more = len(notes) - NOTES_SHOWN
        return [*notes[:NOTES_SHOWN], *([f"and {more:,} more notes"] if more > 0 else [])]

    def _name(self) -> str:
        """Return the name of the predicted column: that of the target, if it is not kept, too."""
        target = self._model.preparation.target.name
        return f"predicted {target}" if target in self._options.keep else target

    def _kept(self, chunk: Dataset) -> Iterator[Column]:
        if isinstance(chunk, Table):
            yield from chunk.kept
            return
        if self._options.keep:
            raise InputError(
                f"{chunk.source}: got --keep for pictures, which have no columns, expected it for "
                "a table. Leave it out."
            )
        if chunk.names is not None:
            yield Column("picture", chunk.names)
