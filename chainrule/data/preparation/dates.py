"""Features of dates: the number of days, and cyclic features of year, month, week and day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.date_forms import ISO
from chainrule.data.columns.dates import in_words, infer_dates, read_dates
from chainrule.data.formatting import pluralised
from chainrule.data.preparation.json_fields import Json, damaged, read_fields
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.scaling import Scaling
from chainrule.data.table import Column
from chainrule.errors import InputError

Days = NDArray[np.float64]

# What files before version 5 call an order.
FORMS_BY_ORDER = {
    "day_first": (ISO, "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"),
    "month_first": (ISO, "%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y"),
}
MAX_DAYS = 3_652_425  # ten thousand years: dates further away are clipped


@dataclass(frozen=True)
class Dates:
    """The scaled number of days since 1970, and sine and cosine of the phase in each period.

    With u the elapsed fraction of a period, the features are sin 2 pi u and cos 2 pi u: so December
    is near January, and Sunday near Monday. Periods are the year, the month and the week, counted
    in whole days, and the day; those with the same phase in all training rows have no features. A
    missing date is imputed by the median, with an indicator feature as for missing numbers, and its
    sine and cosine are 0, the centre of the circle.
    The number of the month is no feature, as the day of the year has the same information.
    Source: Cox (2006), Speaking Stata: In praise of trigonometric predictors.

    Attributes:
        name: of the column.
        forms: in which the training rows were written, see `DateReading`.
        periods: whose phase differs between training rows.
        numbers: preparation of the days since 1970.
    """

    name: str
    forms: tuple[str, ...]
    periods: tuple[str, ...]
    numbers: Numbers

    @classmethod
    def fit(
        cls,
        column: Column,
        scaling: type[Scaling],
        weights: Days | None = None,
        forms: Sequence[str] = (),
    ) -> Dates:
        """Fit to the training rows of a column.

        Args:
            column: of the training rows.
            scaling: of the number of days.
            weights: as for `Numbers.fit`.
            forms: in which the dates are written; by default inferred from the column.
        Raises:
            InputError: no value is a date, or has one of the forms.
        """
        reading = read_dates(column, forms) if forms else infer_dates(column, min_share=0)
        if reading is None:
            raise InputError(
                f"column '{column.name}': got '{min(set(column.categories()) - {None})}' and no "
                "date, expected dates such as 2024-01-31, as its role requires. Use "
                f"--role '{column.name}=category', or write dates."
            )
        days = reading.days
        known = _bounded(days[~np.isnan(days)])
        periods = tuple(name for name, share in PERIODS.items() if len(np.unique(share(known))) > 1)
        forms = tuple(forms) or reading.forms
        return cls(column.name, forms, periods, Numbers.fit(column.name, days, scaling, weights))

    def updated(self, column: Column, share: float, weights: Days | None = None) -> Dates:
        """Return the preparation with the scaling of days fitted on further rows, too."""
        days = read_dates(column, self.forms).days
        return replace(self, numbers=self.numbers.updated(days, share, weights))

    def transform(self, column: Column, forms: Sequence[str] | None = None) -> NDArray[np.float32]:
        """Return the features of a column, (rows, features).

        Args:
            column: of any rows.
            forms: of its dates, if they are not those of the training rows.
        Raises:
            InputError: see `read_dates`.
        """
        days = read_dates(column, self.forms if forms is None else forms).days
        missing = np.isnan(days)
        known = _bounded(np.where(missing, 0, days))
        angles = [2 * np.pi * PERIODS[period](known) for period in self.periods]
        circles = [np.where(missing, 0, wave(a)) for a in angles for wave in (np.sin, np.cos)]
        return np.column_stack([self.numbers.transform(days), *circles]).astype(np.float32)

    def notes_on(self, column: Column, forms: Sequence[str]) -> list[str]:
        """Return notes on values that are no dates, or are read in other forms than in training.

        Args:
            column: of rows that were not fitted on.
            forms: of its dates.
        """
        reading = read_dates(column, forms)
        notes = []
        if reading.doubt:
            notes.append(f"column '{self.name}': {reading.doubt}. {reading.remedy}")
        if reading.description and not {*reading.forms, *forms} <= {*self.forms, ISO}:
            notes.append(
                f"column '{self.name}' is {reading.description}; in training it was read as "
                f"{in_words(self.forms)}"
            )
        missing = int(column.missing.sum())
        if missing and not self.numbers.has_missing:
            verb = "is" if missing == 1 else "are"
            count = pluralised(missing, "value")
            notes.append(f"column '{self.name}': {count} {verb} missing, and none was in training")
        return notes + _notes_on_unreadable(column, reading.days)

    def notes_on_unreadable(self, column: Column) -> list[str]:
        """Return a note on how many values of the training rows are no dates, if there are any."""
        return _notes_on_unreadable(column, read_dates(column, self.forms).days)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of each feature."""
        circles = (
            f"{self.name}: {wave} of the {period}"
            for period in self.periods
            for wave in ("sine", "cosine")
        )
        return (*self.numbers.feature_names, *circles)

    @property
    def categories_of_features(self) -> tuple[int, ...]:
        """0 for each feature, as all are numeric."""
        return (0,) * len(self.feature_names)

    @property
    def note(self) -> str | None:
        """A note for the user, or None."""
        return self.numbers.note

    def as_json(self) -> Json:
        """Return the fields as a JSON object."""
        return {
            "kind": "date",
            "name": self.name,
            "forms": list(self.forms),
            "periods": list(self.periods),
            "numbers": self.numbers.as_json(),
        }

    @classmethod
    def from_json(cls, value: object) -> Dates:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields.

        Files before version 5 have the order of day and month instead of the forms.
        """
        expected: dict[str, type | str] = {
            "kind": "date",
            "name": str,
            "periods": list,
            "numbers": dict,
        }
        has_order = isinstance(value, dict) and "order" in value
        expected |= {"order": str} if has_order else {"forms": list}
        fields = read_fields("column of dates", value, expected)
        if has_order:
            _check("order", [fields["order"]], tuple(FORMS_BY_ORDER))
        _check("periods", fields["periods"], tuple(PERIODS))
        return cls(
            fields["name"],
            FORMS_BY_ORDER[fields["order"]] if has_order else tuple(fields["forms"]),
            tuple(fields["periods"]),
            Numbers.from_json(fields["numbers"]),
        )


def _notes_on_unreadable(column: Column, days: Days) -> list[str]:
    unreadable = np.isnan(days) & ~column.missing
    count = int(unreadable.sum())
    if not count:
        return []
    example = column.categories()[unreadable][0]
    verb = "is no date" if count == 1 else "are no dates"
    return [
        f"column '{column.name}': {pluralised(count, 'value')} such as '{example}' {verb}, and "
        "read as missing"
    ]


def _check(field: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Check that all names in a field are known."""
    if unknown := [name for name in names if name not in known]:
        raise damaged("column of dates", f"{unknown[0]!r:.40} as {field}", " or ".join(known))


def _bounded(days: Days) -> Days:
    return np.clip(days, -MAX_DAYS, MAX_DAYS)


def _of_calendar(unit: Literal["Y", "M"], days: Days) -> Days:
    """Return the fraction of the year or month that has elapsed before the day."""
    day = np.floor(days).astype(np.int64).astype("datetime64[D]")
    begin = day.astype(f"datetime64[{unit}]")
    first, next_first = (each.astype("datetime64[D]") for each in (begin, begin + 1))
    share: Days = (day - first) / (next_first - first)
    return share


def _of_week(days: Days) -> Days:
    return np.floor(days + 3) % 7 / 7  # 1970 began on a Thursday, weeks on a Monday


def _of_day(days: Days) -> Days:
    return days % 1


PERIODS: dict[str, Callable[[Days], Days]] = {
    "year": partial(_of_calendar, "Y"),
    "month": partial(_of_calendar, "M"),
    "week": _of_week,
    "day": _of_day,
}
