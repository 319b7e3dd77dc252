"""The query that selects rows from a database, and its errors."""

import re
from collections.abc import Sequence

from chainrule.data.formatting import quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.errors import InputError, nearest

SELECTS = re.compile(
    r"(\s|\(|--[^\n]*\n|/\*.*?\*/)*(select|with|values|from|table)\b", re.IGNORECASE | re.DOTALL
)
ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)
NO_TABLE = re.compile(r'no such table: (\S+)|relation "(.+?)" does not|Table with name (\S+) does')
DAMAGED = re.compile(r"disk image is malformed|not a database|disk I/O error")
# The prefix of errors of drivers: a status, their name, and the action that failed.
BEFORE_REASON = re.compile(r"([A-Z_]+: )?(\[\w+\] )?(Failed to [^:]*: |[\w ]+ Error: )?(ERROR: +)?")


def select_query(source: str, options: ReadOptions, tables: Sequence[str]) -> str:
    """Return the query of the options in parentheses, for a FROM clause.

    Args:
        source: the name of the database.
        options: with the query.
        tables: the names of the tables of the database.
    Raises:
        InputError: there is no query, or it is not one SELECT.
    """
    has = f"Its tables are: {quoted_list(tables)}." if tables else "It has no tables."
    if options.query is None:
        example = _quoted(tables[0]) if tables else "houses"
        raise InputError(
            f"{source}: got a database and no query, expected one that selects the rows. Give "
            f"--query 'select * from {example}'. {has}"
        )
    query = options.query.strip().rstrip(";").rstrip()
    if not SELECTS.match(query):
        raise InputError(
            f"{source}: got the query '{shortened(query)}', expected one that selects rows, as "
            f"nothing is ever written to a database. Begin it with select. {has}"
        )
    return f"({query}\n)"  # the last line may end in a comment


def query_error(source: str, message: str, tables: Sequence[str]) -> InputError:
    """Return the error for a query that the database refuses.

    Args:
        source: the name of the database.
        message: of its driver.
        tables: the names of the tables of the database.
    """
    if match := NO_TABLE.search(message):
        table = next(filter(None, match.groups()))
        near = nearest(table, tables)
        question = f" Did you mean '{near}'?" if near else ""
        return InputError(
            f"{source}: got a query of the table '{table}', expected one that is there.{question} "
            f"Its tables are: {quoted_list(tables)}."
        )
    if DAMAGED.search(message):
        return InputError(
            f"{source}: got a database that is damaged or cut off ({short_reason(message)}), "
            "expected a whole one. Copy it again, or give a backup."
        )
    return InputError(
        f"{source}: got a query that the database refuses ({short_reason(message)}), expected one "
        "SELECT of columns and tables that are there. Correct --query."
    )


def short_reason(message: str) -> str:
    """Return the reason in the error message of a driver.

    >>> short_reason("IO: [SQLite] Failed to prepare query: no such column: a\\nquery: select a")
    'no such column: a'
    """
    line = BEFORE_REASON.sub("", message.strip(), count=1).splitlines()[0]
    return shortened(line.rstrip(". "))


def shortened(text: str, length: int = 200) -> str:
    """Return a text on one line, truncated for a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}..."


def note_on_order(source: str, query: str) -> list[str]:
    """Return a note on a query without ORDER BY, whose rows have no defined order."""
    if ORDERED.search(query):
        return []
    return [
        f"{source}: the query has no ORDER BY, so the rows may come in another order next time, "
        "and be split otherwise"
    ]


def _quoted(name: str) -> str:
    """Return a name as SQL, in quotes if it needs them."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else sql_name(name)


def sql_name(name: str) -> str:
    """Return a name as SQL in quotes.

    >>> print(sql_name('the "size"'))
    "the ""size\"""
    """
    return '"' + name.replace('"', '""') + '"'
