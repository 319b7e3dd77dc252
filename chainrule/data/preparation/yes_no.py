"""The feature of a column of yes and no."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.text import parse_yes_no
from chainrule.data.formatting import pluralised
from chainrule.data.preparation.json_fields import Json, read_fields


@dataclass(frozen=True)
class YesNo:
    """x' = 1 for yes, -1 for no, 0 if the value is missing or neither.

    Values are parsed by `parse_yes_no`, so another file may spell them differently. A one-hot
    encoding would have two features with the same information.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3.
    """

    name: str

    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """Return the feature of values, (rows,), each a str or None, as (rows, 1)."""
        texts = values.tolist()
        signs = {text: self._sign(text) for text in set(texts)}
        return np.array([signs[text] for text in texts], np.float32)[:, np.newaxis]

    def note_on(self, values: NDArray[np.object_]) -> str | None:
        """Return a note on how many values are neither yes nor no, or None."""
        unknown = [text for text in values if text is not None and parse_yes_no(text) is None]
        if not unknown:
            return None
        verb = "is" if len(unknown) == 1 else "are"
        return (
            f"column '{self.name}': {pluralised(len(unknown), 'value')} such as '{unknown[0]}' "
            f"{verb} neither yes nor no"
        )

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
        return {"kind": "yes_no", "name": self.name}

    @classmethod
    def from_json(cls, value: object) -> YesNo:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        expected: dict[str, type | str] = {"kind": "yes_no", "name": str}
        return cls(read_fields("column of yes and no", value, expected)["name"])

    @staticmethod
    def _sign(text: str | None) -> float:
        truth = None if text is None else parse_yes_no(text)
        return 0.0 if truth is None else 2.0 * truth - 1.0
