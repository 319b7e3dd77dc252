"""The feature of a column of yes and no."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.text import parse_yes_no
from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.preparation.encoding.categories import MIN_JUDGED
from chainrule.data.preparation.json_fields import Json, read_fields


@dataclass(frozen=True)
class YesNo:
    """x' = 1 for yes, -1 for no, 0 if the value is missing or neither.

    Values are parsed by `parse_yes_no`, so another file may spell them differently, which is told.
    A one-hot encoding would have two features with the same information.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3.

    Attributes:
        name: of the column.
        words: for yes and no in the training rows, in lower case; empty if they are not known.
        has_missing: whether values were missing in training.
    """

    name: str
    words: tuple[str, ...] = ()
    has_missing: bool = True

    @classmethod
    def fit(cls, name: str, values: NDArray[np.object_]) -> YesNo:
        """Fit to training values, (rows,), each a word for yes or no, or None."""
        known = [text for text in values.tolist() if text is not None]
        words = tuple(sorted({text.strip().casefold() for text in known}))
        return cls(name, words, len(known) < len(values))

    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """Return the feature of values, (rows,), each a str or None, as (rows, 1)."""
        texts = values.tolist()
        signs = {text: self._sign(text) for text in set(texts)}
        return np.array([signs[text] for text in texts], np.float32)[:, np.newaxis]

    def note_on(self, values: NDArray[np.object_]) -> str | None:
        """Return a note on values that are neither yes nor no, other words, or missing, or None."""
        known = [text for text in values.tolist() if text is not None]
        truths = {text: parse_yes_no(text) for text in set(known)}
        unknown = [text for text in known if truths[text] is None]
        others = [text for text in known if truths[text] is not None and self._is_other(text)]
        notes = []
        if unknown:
            verb = "is" if len(unknown) == 1 else "are"
            count = pluralised(len(unknown), "value")
            notes.append(f"{count} such as '{unknown[0]}' {verb} neither yes nor no")
        if others:
            verb = "is" if len(others) == 1 else "are"
            meaning = "yes" if truths[others[0]] else "no"
            notes.append(
                f"{pluralised(len(others), 'value')} such as '{others[0]}', read as {meaning}, "
                f"{verb} written otherwise than in training, {quoted_list(self.words)}"
            )
        if not self.has_missing and (missing := len(values) - len(known)):
            verb = "is" if missing == 1 else "are"
            notes.append(f"{pluralised(missing, 'value')} {verb} missing, and none was in training")
        return f"column '{self.name}': {'; '.join(notes)}" if notes else None

    def _is_other(self, text: str) -> bool:
        return bool(self.words) and text.strip().casefold() not in self.words

    def are_unknown(self, values: NDArray[np.object_]) -> bool:
        """Return whether there are 10 values or more, and none is yes or no."""
        known = [text for text in values.tolist() if text is not None]
        return len(known) >= MIN_JUDGED and all(parse_yes_no(text) is None for text in set(known))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of the column."""
        return (self.name,)

    @property
    def categories_of_features(self) -> tuple[int, ...]:
        """0, as the feature is numeric."""
        return (0,)

    @property
    def note(self) -> str | None:
        """None, as nothing is fitted."""
        return None

    def as_json(self) -> Json:
        """Return the fields as a JSON object."""
        return {
            "kind": "yes_no",
            "name": self.name,
            "words": list(self.words),
            "has_missing": self.has_missing,
        }

    @classmethod
    def from_json(cls, value: object) -> YesNo:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields.

        Files before version 5 have the name alone.
        """
        expected: dict[str, type | str] = {"kind": "yes_no", "name": str}
        if isinstance(value, dict) and "words" in value:
            expected |= {"words": list, "has_missing": bool}
        fields = read_fields("column of yes and no", value, expected)
        has_missing = fields.get("has_missing", True)
        return cls(fields["name"], tuple(fields.get("words", ())), has_missing)

    @staticmethod
    def _sign(text: str | None) -> float:
        truth = None if text is None else parse_yes_no(text)
        return 0.0 if truth is None else 2.0 * truth - 1.0
