"""Selection: the query that selects rows from a database, and what may be wrong with it."""

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
# What drivers write before the reason: a status, their name, and what they were about to do.
BEFORE_REASON = re.compile(r"([A-Z_]+: )?(\[\w+\] )?(Failed to [^:]*: |[\w ]+ Error: )?(ERROR: +)?")


def selection(source: str, options: ReadOptions, tables: Sequence[str]) -> str:
    """The query of a options in brackets, for other SQL to select from.

    Args:
        source: the name of the database.
        options: with the query.
        tables: the names of the tables that there are.
    Raises:
        InputError: there is no query, or it is something else than one SELECT.
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
    return f"({query}\n)"  # the line may end in a comment


def refused(source: str, message: str, tables: Sequence[str]) -> InputError:
    """The error for a query that the database refuses.

    Args:
        source: the name of the database.
        message: of its driver.
        tables: the names of the tables that there are.
    """
    if match := NO_TABLE.search(message):
        table = next(filter(None, match.groups()))
        near = nearest(table, tables)
        question = f" Did you mean '{near}'?" if near else ""
        return InputError(
            f"{source}: got a query of the table '{table}', expected one that is there.{question} "
            f"Its tables are: {quoted_list(tables)}."
        )
    return InputError(
        f"{source}: got a query that the database refuses ({reason(message)}), expected one SELECT "
        "of columns and tables that are there. Correct --query."
    )


def reason(message: str) -> str:
    """What a driver says, in short.

    >>> reason("IO: [SQLite] Failed to prepare query: no such column: aeg\\nquery: select aeg")
    'no such column: aeg'
    """
    line = BEFORE_REASON.sub("", message.strip(), count=1).splitlines()[0]
    return shortened(line.rstrip(". "))


def shortened(text: str, most: int = 200) -> str:
    """A text on one line that is not too long for a message."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}..."


def note_on_order(source: str, query: str) -> list[str]:
    """What to tell of a query that does not say in which order the rows come."""
    if ORDERED.search(query):
        return []
    return [
        f"{source}: the query has no ORDER BY, so the rows may come in another order next time, "
        "and be split otherwise"
    ]


def _quoted(name: str) -> str:
    """A name as SQL, in quotes if it needs them."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else sql_name(name)


def sql_name(name: str) -> str:
    """A name as SQL in quotes.

    >>> print(sql_name('the "size"'))
    "the ""size\"""
    """
    return '"' + name.replace('"', '""') + '"'
