"""Read options: how the values of a file, a database or a data frame are interpreted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal, TypedDict, get_args

from pydantic import BeforeValidator, Field, PlainSerializer

from chainrule.data.amounts import Decimal
from chainrule.data.formatting import quoted_list
from chainrule.data.value_form import MISSING, ValueForm
from chainrule.data.vocabulary import (
    DATE_UNITS,
    LEFT_OUT,
    Role,
    RowKind,
    format_date_forms,
    format_roles,
    parse_date_forms,
    parse_roles,
    parse_skipped_rows,
)
from chainrule.errors import InputError
from chainrule.options import Option, Options

Delimiter = Literal[",", ";", "tab", "|"]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]

UNREADABLE_SHARE = 0.05

# Layout of a file, and selection of rows or columns of one: not kept for other files.
OF_ONE_FILE = (
    "query",
    "text_encoding",
    "delimiter",
    "header_row",
    "no_header",
    "skip_rows",
    "sheet",
    "keep",
)


class ReadOptions(Options):
    """Options of every reader. A fitted preparation keeps those of its training data.

    So new rows are read as the training rows were; see `for_new_rows`.
    """

    target: Annotated[
        str | None,
        Option(
            help="Column to predict. For IDX pictures the file of labels, unless it has the "
            "standard name; for npz the array of labels; not needed for a folder of pictures.",
            metavar="COLUMN",
            expects="the name of a column as text",
            example="price",
            basic=True,
        ),
    ] = None
    missing: Annotated[
        tuple[str, ...],
        Option(
            help="Text that means a missing value, in addition to empty, ?, NA, n/a, NaN and NULL. "
            "Repeatable.",
            metavar="TEXT",
            expects="texts",
            example='["unknown"]',
            repeatable=True,
        ),
    ] = ()
    keep_missing: Annotated[
        tuple[str, ...],
        Option(
            help="Column in which NA, null, ? and the like are values, such as a class or a "
            "country, and only empty means missing. Repeatable.",
            metavar="COLUMN",
            expects="names of columns",
            example='["country"]',
            repeatable=True,
        ),
    ] = ()
    categorical: Annotated[
        tuple[str, ...],
        Option(
            help="Column whose values are categories although they look like numbers, such as a "
            "postcode. "
            "Repeatable.",
            metavar="COLUMN",
            expects="names of columns",
            example='["postcode"]',
            repeatable=True,
        ),
    ] = ()
    role: Annotated[
        dict[str, Role],
        BeforeValidator(parse_roles),
        PlainSerializer(format_roles),  # a table in TOML would end the list of options
        Option(
            help="Role of a column, where it is not the one that `chainrule inspect` shows: "
            f"{', '.join(get_args(Role))}. Columns of {', '.join(sorted(LEFT_OUT))} are left out. "
            "Repeatable.",
            metavar="COLUMN=ROLE",
            expects="columns with their roles",
            example="day=date",
            repeatable=True,
        ),
    ] = Field(default_factory=dict)
    drop: Annotated[
        tuple[str, ...],
        Option(
            help="Column to leave out, as if the data did not have it. Repeatable.",
            metavar="COLUMN",
            expects="names of columns",
            example='["customer"]',
            repeatable=True,
        ),
    ] = ()
    date_form: Annotated[
        dict[str, str],
        BeforeValidator(parse_date_forms),
        PlainSerializer(format_date_forms),
        Option(
            help="Form of the dates in a column, where it is not the one that `chainrule inspect` "
            "shows: a format of strptime such as %d/%m/%Y; of numbers "
            f"{', '.join(DATE_UNITS)}. Repeatable.",
            metavar="COLUMN=FORM",
            expects="columns with the form of their dates",
            example="day=%d/%m/%Y",
            repeatable=True,
        ),
    ] = Field(default_factory=dict)
    columns: Annotated[
        tuple[str, ...] | None,
        Option(
            help="The only columns to read in addition to the target.",
            expects="names of columns",
            example='["age", "income"]',
            python_only=True,
        ),
    ] = None
    keep: Annotated[
        tuple[str, ...],
        Option(
            help="Columns to give back as they stand, beside those that are read.",
            expects="names of columns",
            example='["id"]',
            python_only=True,
        ),
    ] = ()
    forms: Annotated[
        dict[str, ValueForm],
        Option(
            help="How the texts of each column are read, as inferred from other rows.",
            expects="the forms of columns by name",
            example="those in read_options of a table",
            python_only=True,
        ),
    ] = Field(default_factory=dict)
    query: Annotated[
        str | None,
        Option(
            help="A SELECT of the rows, where DATA is a database of DuckDB, SQLite or PostgreSQL.",
            metavar="SQL",
            expects="SQL as text",
            example="select * from houses",
        ),
    ] = None
    text_encoding: Annotated[
        str | None,
        Option(
            help="Encoding of a text file, such as cp949 or utf-16.",
            metavar="NAME",
            expects="the name of an encoding",
            example="cp949",
            default="UTF-8, or what the file seems to be",
        ),
    ] = None
    delimiter: Annotated[
        Delimiter | None,
        Option(
            help="Sign between the values of a CSV file: , ; tab or |.",
            metavar="SIGN",
            default="the one that splits the rows evenly",
        ),
    ] = None
    header_row: Annotated[
        Positive | None,
        Option(
            help="Line of a text file, or row of a sheet, that has the names of the columns. What "
            "stands above it is left out.",
            metavar="N",
            expects="a whole number of at least 1",
            example="4",
            default="the first, or the first below a title",
        ),
    ] = None
    no_header: Annotated[
        bool,
        Option(
            help="The text file or sheet has no names: its columns are 'column 1', 'column 2', "
            "and so on.",
            expects="true or false",
            example="true",
        ),
    ] = False
    skip_rows: Annotated[
        tuple[str, ...],
        BeforeValidator(parse_skipped_rows),
        Option(
            help="Rows of a text file or sheet to leave out: numbers as in messages, such as "
            f"1,61-63, or all that were found to be {', '.join(get_args(RowKind))}. Repeatable.",
            metavar="ROWS",
            expects="numbers or kinds of rows",
            example='["totals"]',
            repeatable=True,
        ),
    ] = ()
    sheet: Annotated[
        str | None,
        Option(
            help="Sheet of a workbook of Excel or OpenDocument.",
            metavar="NAME",
            expects="the name of a sheet as text",
            example="Sheet1",
            default="the first",
        ),
    ] = None
    decimal: Annotated[
        Decimal | None,
        Option(
            help="Sign before the decimals of numbers that are text: . or ,.",
            metavar="SIGN",
            expects="a point or a comma",
            example="'.'",
            default="the one that the numbers show",
        ),
    ] = None
    picture_size: Annotated[
        Positive | None,
        Option(
            help="Pixels along the longer side that files of pictures are scaled to.",
            metavar="N",
            expects="a whole number of at least 1",
            example="64",
            default="as they are, but at most 64",
        ),
    ] = None
    picture_shape: Annotated[
        tuple[int, ...] | None,
        Option(
            help="Shape that files of pictures are scaled to: (height, width) in grey, (height, "
            "width, 3) in colour.",
            expects="a height, a width and, in colour, 3",
            example="[32, 32, 3]",
            python_only=True,
        ),
    ] = None
    unreadable_share: Annotated[
        Share,
        Option(
            help="Share of the files of pictures that may be damaged; they are left out.",
            metavar="SHARE",
            expects="a number from 0 to 1",
            example="0.05",
        ),
    ] = UNREADABLE_SHARE
    path_column: Annotated[
        str | None,
        Option(
            help="Column that names files of pictures, where more than one column could.",
            metavar="COLUMN",
            expects="the name of a column as text",
            example="path",
        ),
    ] = None

    @property
    def names(self) -> frozenset[str]:
        """Columns whose values are categories, even if all of them look like numbers."""
        by_role = (column for column, role in self.role.items() if role == "category")
        return frozenset((*self.categorical, *by_role))

    @property
    def learned_as_text(self) -> frozenset[str]:
        """Columns that were text in the training data."""
        return frozenset(name for name, form in self.forms.items() if form.kind == "text")

    @property
    def roles(self) -> dict[str, Role]:
        """Roles of columns that the user set, also by the form of their dates."""
        return {**self.role, **dict.fromkeys(self.date_form, "date")}

    @property
    def read_as_text(self) -> frozenset[str]:
        """Columns that stay text in a file of text, even if all of their values are numbers."""
        dates = (column for column, role in self.roles.items() if role == "date")
        return self.names.union(dates)

    @property
    def missing_texts(self) -> list[str]:
        """All texts that mean a missing value, stripped of whitespace."""
        return list(dict.fromkeys([*MISSING, *(text.strip() for text in self.missing)]))

    def missing_texts_of(self, column: str) -> list[str]:
        """Return the texts that mean a missing value in a column."""
        if column in self.keep_missing:
            return ["", *(text.strip() for text in self.missing)]
        return self.missing_texts

    @property
    def reads_whole_samples(self) -> bool:
        """Whether rows have the target and all columns, so that equal ones are copies."""
        return self.target is not None and self.columns is None

    @property
    def delimiter_sign(self) -> str | None:
        """Character of the delimiter."""
        return "\t" if self.delimiter == "tab" else self.delimiter

    def updated(self, **changes: object) -> ReadOptions:
        """Return the options with some of them replaced."""
        return self.model_copy(update=changes)

    def fitted(
        self,
        target: str,
        columns: tuple[str, ...] | None,
        names: Iterable[str],
        picture_shape: tuple[int, ...] | None,
        dates: Iterable[str] = (),
    ) -> ReadOptions:
        """Return the options that read other data in the same way, whatever its values are.

        Args:
            target: the column of the target.
            columns: the input columns of the model; None for pictures.
            names: columns whose values are categories, possibly with the target.
            picture_shape: shape of each picture; None for a table.
            dates: columns whose values are dates.
        """
        # The columns of the model are named, so another file need not have those left out.
        # The forms have the decimal sign of each column; files before version 5 have no forms.
        resolved = ("drop", "decimal") if self.forms else ("drop",)
        options = {n: v for n, v in self.explicit().items() if n not in (*OF_ONE_FILE, *resolved)}
        if columns is None:
            return ReadOptions(**{**options, "picture_shape": picture_shape})
        used = (*columns, target)
        categorical = dict.fromkeys(name for name in (*self.categorical, *names) if name in used)
        return ReadOptions(
            **{
                **options,
                "target": target,
                "columns": columns,
                "categorical": tuple(categorical),
                "role": {
                    **{name: role for name, role in self.role.items() if name in used},
                    **dict.fromkeys(dates, "date"),
                },
                "date_form": {name: form for name, form in self.date_form.items() if name in used},
                "forms": {name: form for name, form in self.forms.items() if name in used},
                "keep_missing": tuple(name for name in self.keep_missing if name in used),
            }
        )

    def for_further_data(self) -> ReadOptions:
        """Return the options for validation or test data that are read like these.

        Rows to leave out are those of the same kinds, as others have other numbers; the sheet is
        the first, and the columns to drop need not be there.
        """
        kinds = tuple(part for part in self.skip_rows if part in get_args(RowKind))
        return self.updated(drop=(), skip_rows=kinds, sheet=None)

    def decimal_of(self, column: str) -> Decimal:
        """Return the decimal sign in which numbers of a source without texts are written."""
        learned = self.forms.get(column)
        return self.decimal or (learned and learned.decimal) or "."

    def for_new_rows(self, overrides: ReadOptions) -> ReadOptions:
        """Return the options of a model for rows without a target.

        Args:
            overrides: options set for the new rows, which take precedence.
        """
        kept = tuple(dict.fromkeys(overrides.keep))
        return self._overridden(overrides).updated(target=None, keep=kept)

    def for_labelled_rows(self, overrides: ReadOptions) -> ReadOptions:
        """Return the options of a model for rows with their target.

        Args:
            overrides: options set for these rows, which take precedence; another target column is
                read as the training target was.
        """
        options = self._overridden(overrides)
        if overrides.target is None or self.target is None:
            return options
        if self.target in self.forms:
            forms = {**self.forms, overrides.target: self.forms[self.target]}
            options = options.updated(forms=forms)
        if self.target in self.names:
            options = options.updated(categorical=(*options.categorical, overrides.target))
        return options

    def notes_on(self, overrides: ReadOptions) -> list[str]:
        """Return notes on options set for new rows that differ from those of the training data.

        Args:
            overrides: options set for the new rows.
        """
        signs = [form.decimal for form in self.forms.values() if form.decimal is not None]
        learned: dict[str, tuple[str, ...]] = {
            "missing": self.missing,
            "keep_missing": self.keep_missing,
            "decimal": tuple(dict.fromkeys(signs)) or (overrides.decimal or "",),
        }
        notes = []
        for name, old in learned.items():
            said = getattr(overrides, name)
            new = (said,) if isinstance(said, str) else tuple(said or ())
            if new and set(new) != set(old):
                of_training = quoted_list(old) if old else "none"
                notes.append(
                    f"--{name.replace('_', '-')} is {quoted_list(new)} for these rows, and was "
                    f"{of_training} in training"
                )
        return notes

    def _overridden(self, overrides: ReadOptions) -> ReadOptions:
        """Return the options with those that are set elsewhere; date forms are set by column.

        Raises:
            InputError: a form is set for a column that has no dates in the model.
        """
        for name in overrides.date_form:
            if self.columns is not None and self.role.get(name) != "date":
                dates = [column for column, role in self.role.items() if role == "date"]
                known = f"those of its columns: {quoted_list(dates)}" if dates else "none"
                raise InputError(
                    f"got --date-form of the column '{name}', which has no dates in the model, "
                    f"expected {known}. Leave it out."
                )
        date_form = {**self.date_form, **overrides.date_form}
        forms = self.forms
        if overrides.decimal is not None:
            forms = {name: replace(form, decimal=overrides.decimal) for name, form in forms.items()}
        changes = {"forms": forms, **overrides.explicit(), "date_form": date_form}
        return self.updated(**changes)


class ReadKwargs(TypedDict, total=False):
    """The fields of `ReadOptions` as keyword arguments."""

    target: str | None
    missing: Sequence[str]
    keep_missing: Sequence[str]
    categorical: Sequence[str]
    role: Mapping[str, Role]
    drop: Sequence[str]
    date_form: Mapping[str, str]
    columns: Sequence[str] | None
    keep: Sequence[str]
    forms: Mapping[str, ValueForm]
    query: str | None
    text_encoding: str | None
    delimiter: Delimiter | None
    header_row: int | None
    no_header: bool
    skip_rows: Sequence[str]
    sheet: str | None
    decimal: Decimal | None
    picture_size: int | None
    picture_shape: tuple[int, ...] | None
    unreadable_share: float
    path_column: str | None
