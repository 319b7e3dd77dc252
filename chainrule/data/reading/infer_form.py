"""The form of a column, inferred from a profile of all its texts, or what is in doubt about it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from chainrule.data.amounts import DIMENSIONS, Decimal, unit_key
from chainrule.data.reading.text_profile import TextProfile
from chainrule.data.value_form import TEXT, ValueForm

MIN_NUMBER_SHARE = 0.9
MIN_CODE_SHARE = 0.01


@dataclass(frozen=True)
class FileStyle:
    """What is known of how a file writes numbers.

    Attributes:
        given: the decimal sign that the user set.
        shown: the decimal sign that other columns show beyond doubt.
        delimiter: between the values of a CSV file; None for another source.
    """

    given: Decimal | None = None
    shown: Decimal | None = None
    delimiter: str | None = None


@dataclass(frozen=True)
class InDoubt:
    """Why the form of a column is in doubt.

    Attributes:
        example: a text of the column that shows it.
        expected: what was expected instead.
        remedy: sentences that say what to do.
    """

    example: str
    expected: str
    remedy: str


def shown_decimal(profiles: list[TextProfile]) -> Decimal | None:
    """Return the decimal sign that the columns of numbers of a file show beyond doubt.

    It is the comma if any column shows it, as programs write points whatever the others have.
    """
    for sign in (",", "."):
        for profile in profiles:
            known = profile.rows - profile.marks
            if profile.sure[sign] and profile.numbers[sign] >= MIN_NUMBER_SHARE * known:
                return sign
    return None


def infer_form(
    name: str,
    profile: TextProfile,
    style: FileStyle,
    *,
    is_target: bool = False,
    is_number: bool = False,
) -> ValueForm | InDoubt:
    """Infer the form of a column from the profile of its texts.

    - Numbers: all texts are numbers of one unit or mark missing values.
    - In doubt: 90 % or more are numbers, but not all; decimal signs or units are mixed; or a point
      may stand before decimals or between thousands.
    - Text: all others; codes such as 01 or 5E3; and numbers with changing letters, such as 12A.
    Args:
        name: of the column, for the remedies.
        profile: of all its texts.
        style: of the file.
        is_target: whether it is the target, in which one label such as 01 is enough for codes.
        is_number: whether the user said that its values are numbers; then they are no text.
    """
    known = profile.rows - profile.marks
    if known == 0:
        return TEXT if profile.rows else ValueForm("number", style.given or style.shown)
    if not is_number and _are_text(profile, known, is_target):
        return TEXT
    decimal = _decimal(name, profile, style)
    if isinstance(decimal, InDoubt):
        return decimal
    return (
        _unreadable(name, profile, known, decimal)
        or _mixed_units(name, profile)
        or ValueForm("number", decimal, _unit(profile), _is_sure(profile, style))
    )


def confirm_form(
    name: str, learned: ValueForm, profile: TextProfile, style: FileStyle
) -> ValueForm | InDoubt:
    """Return the form by which a column of new rows is read, given that of the training data.

    Numbers that show another decimal sign than those of the training data are read with it; where
    no text shows it, that of the training data decides.
    Args:
        name: of the column, for the remedies.
        learned: the form of the column in the training data.
        profile: of all texts of the column.
        style: of the file.
    """
    if learned.kind == "text":
        return learned
    decimal = learned.decimal or _decimal(name, profile, style)
    if isinstance(decimal, InDoubt):
        return decimal
    if decimal is not None and profile.sure[_other(decimal)]:
        if profile.sure[decimal]:
            return _mixed_signs(profile, "Write all values alike.")
        if style.given is not None:
            return InDoubt(
                profile.example(f"sure {_other(decimal)}"),
                f"numbers with '{decimal}' as the decimal sign, as was set",
                "Leave out --decimal, or correct the values.",
            )
        decimal = _other(decimal)  # no text could be a number otherwise
    foreign = [unit for unit in profile.units if unit not in ("", unit_key(learned.unit))]
    if foreign:
        expected = f"the unit '{learned.unit}'" if learned.unit else "no unit"
        return InDoubt(
            profile.example(f"unit {foreign[0]}"),
            f"{expected}, as in the training data",
            "Convert the values.",
        )
    if profile.others:
        text = profile.example("others")
        return InDoubt(
            text,
            "a number as in the training data",
            f"Correct the value, or read it as missing with --missing {shlex.quote(text)}.",
        )
    return ValueForm("number", decimal, learned.unit, _is_sure(profile, style))


def _are_text(profile: TextProfile, known: int, is_target: bool) -> bool:
    """Return whether less than 90 % are numbers, or all are codes, groups or have letters."""
    return (
        _are_codes(profile, known, is_target)
        or _are_ranges(profile, known)
        or profile.amounts < MIN_NUMBER_SHARE * known
        or _has_changing_letters(profile, known)
    )


def _are_codes(profile: TextProfile, known: int, is_target: bool) -> bool:
    """Return whether all numbers are digits alone and enough begin with 0, or all are like 5E3."""
    if profile.exponents == known:
        return True
    if not profile.zeros or 0 in profile.lengths:
        return False
    many = profile.zeros >= MIN_CODE_SHARE * known
    return many or len(profile.lengths) == 1 or is_target


def _are_ranges(profile: TextProfile, known: int) -> bool:
    """Return whether nearly all numbers are limits, as of the groups "<=50K" and ">50K"."""
    return known - profile.limits < (1 - MIN_NUMBER_SHARE) * known


def _has_changing_letters(profile: TextProfile, known: int) -> bool:
    """Return whether numbers have letters that are no units, and not the same: 12A, 12B, 14."""
    unknown = [unit for unit in profile.units if unit and unit not in DIMENSIONS]
    if any(profile.units[unit] >= MIN_NUMBER_SHARE * known for unit in unknown):
        return False
    return sum(profile.units[unit] for unit in unknown) > (1 - MIN_NUMBER_SHARE) * known


def _decimal(name: str, profile: TextProfile, style: FileStyle) -> Decimal | InDoubt | None:
    """Return the decimal sign of a column of numbers; None if no text shows it."""
    if style.given is not None:
        return style.given
    if profile.sure["."] and profile.sure[","]:
        return _mixed_signs(profile, f"Write all values alike, or {_as_categories(name)}")
    if profile.sure["."]:
        return "."
    if profile.sure[","]:
        return _pairs(name, profile) if _may_be_pairs(profile, style) else ","
    if profile.either["."]:
        return _points_in_doubt(name, profile, style) or "."
    if profile.either[","]:
        return style.shown or ("," if style.delimiter == ";" else ".")
    return style.shown


def _mixed_signs(profile: TextProfile, remedy: str) -> InDoubt:
    few: Decimal = "," if profile.sure["."] >= profile.sure[","] else "."
    return InDoubt(
        profile.example(f"sure {few}"),
        f"the same decimal sign as in '{profile.example(f'sure {_other(few)}')}'",
        remedy,
    )


def _is_sure(profile: TextProfile, style: FileStyle) -> bool:
    """Return whether the numbers would not be others with the other decimal sign."""
    shown = bool(profile.sure["."] or profile.sure[","] or style.given or style.shown)
    return shown or not (profile.either["."] or profile.either[","])


def _points_in_doubt(name: str, profile: TextProfile, style: FileStyle) -> InDoubt | None:
    """Return the doubt whether points, each before three digits, are between thousands."""
    example = next(text for text in profile.examples["either"] if "." in text)
    whole = example.replace(".", "")
    if profile.either[","] or style.shown == ",":
        reason = "as the comma is the decimal sign of other numbers"
        otherwise = f"write {example.replace('.', ',')}"
    elif any(DIMENSIONS.get(unit) == "money" for unit in profile.units):
        reason = "as amounts of money seldom have three decimals"
        otherwise = f"as {example} with --decimal ."
    else:
        return None
    return InDoubt(
        example,
        f"a number that is not in doubt: it may be {whole}, {reason}, or {example}",
        f"Read it as {whole} with --decimal , or {otherwise}; or {_as_categories(name)}",
    )


def _may_be_pairs(profile: TextProfile, style: FileStyle) -> bool:
    """Return whether commas may separate two numbers, as in a list of tags such as "3,5".

    They do not where other signs stand between the values of a file, which leave the comma free;
    nor if a point, a blank or an apostrophe groups thousands, or there is a unit.
    """
    free = style.delimiter is not None and style.delimiter != ","
    grouped = profile.points or profile.blanks
    return not (free or grouped or any(profile.units.keys() - {""}))


def _pairs(name: str, profile: TextProfile) -> InDoubt:
    example = profile.example("sure ,")
    return InDoubt(
        example,
        f"a number such as {example.replace(',', '.')}",
        f"Set the decimal sign with --decimal , if it is one number; or {_as_categories(name)}",
    )


def _unreadable(
    name: str, profile: TextProfile, known: int, decimal: Decimal | None
) -> InDoubt | None:
    """Return the doubt about a text that is no number with that decimal sign, if there is one."""
    other = _other(decimal or ".")
    if decimal is not None and profile.sure[other]:
        return InDoubt(
            profile.example(f"sure {other}"),
            f"a number with '{decimal}' as the decimal sign",
            f"Set the decimal sign with --decimal . or --decimal , or {_as_categories(name)}",
        )
    return _not_a_number(name, profile) if profile.others else None


def _mixed_units(name: str, profile: TextProfile) -> InDoubt | None:
    """Return the doubt about values with different units, or partly without; None without doubt."""
    units = [unit for unit in profile.units if unit]
    if not units or (len(units) == 1 and (DIMENSIONS.get(units[0]) == "money")):
        return None
    if len(units) == 1 and not profile.units[""]:
        return None
    rarest = min(reversed(profile.units), key=lambda unit: profile.units[unit])
    counts = ", ".join(
        f"'{profile.spelled.get(unit, unit)}' in {profile.units[unit]:,}"
        if unit
        else f"none in {profile.units[unit]:,}"
        for unit in profile.units
    )
    return InDoubt(
        profile.example(f"unit {rarest}"),
        f"the same unit in all rows; their units are {counts}",
        f"Convert them to one unit, or {_as_categories(name)}",
    )


def _not_a_number(name: str, profile: TextProfile) -> InDoubt:
    text = profile.example("others")
    return InDoubt(
        text,
        "a number as in the other rows",
        f"Read it as missing with --missing {shlex.quote(text)}, or {_as_categories(name)}",
    )


def _as_categories(name: str) -> str:
    return f"read the column as categories with --categorical {shlex.quote(name)}."


def _unit(profile: TextProfile) -> str:
    """Return the unit of the numbers as it is written, or empty."""
    return next((profile.spelled[unit] for unit in profile.units if unit), "")


def _other(decimal: Decimal) -> Decimal:
    return "," if decimal == "." else "."
