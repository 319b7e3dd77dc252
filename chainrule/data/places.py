"""Places: in which file a row of a table stood, and there in which row."""

from dataclasses import dataclass

COUNTING = "(Rows are counted from 1, the header is not counted.)"


@dataclass(frozen=True)
class Places:
    """The files of a table, in the order of its rows.

    Attributes:
        files: the name of each for messages, and how many rows it has.

    >>> places = Places((("may.csv", 3), ("june.csv", 2)))
    >>> places.of(3), places.of(4)
    ('may.csv, row 3', 'june.csv, row 1')
    """

    files: tuple[tuple[str, int], ...]

    def of(self, row: int) -> str:
        """Where a row of the table stood; rows are counted from 1, in the table and in a file."""
        for name, rows in self.files[:-1]:
            if row <= rows:
                return f"{name}, row {row}"
            row -= rows
        return f"{self.files[-1][0]}, row {row}"
