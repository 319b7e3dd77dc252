"""What a person wants of pictures: their size, and how many may be unreadable."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.errors import InputError

UNREADABLE_SHARE = 0.05


@dataclass(frozen=True)
class PictureWish:
    """How files of pictures are to be read.

    Attributes:
        size: length of the longer side in pixels; None for the usual size of the set.
        shape: (height, width) in grey or (height, width, 3) in colour, as a fitted preparation
            needs them, whatever the files have; None for what suits the files.
        unreadable_share: of the files that may be unreadable, 0 to 1; they are left out.
        path_column: the column of a table that names the files; None to find it out.
    Raises:
        InputError: one of them is out of its range.
    """

    size: int | None = None
    shape: tuple[int, ...] | None = None
    unreadable_share: float = UNREADABLE_SHARE
    path_column: str | None = None

    def __post_init__(self) -> None:
        if self.size is not None and self.size < 1:
            raise InputError(
                f"picture_size: got {self.size}, expected a whole number of at least 1, such as 64."
            )
        if not 0 <= self.unreadable_share <= 1:
            raise InputError(
                f"unreadable_share: got {self.unreadable_share}, expected a number from 0 to 1, "
                "such as 0.05."
            )

    def check_shape(self, source: str) -> None:
        """Refuse a shape that files of pictures can't be brought to."""
        if self.shape is not None and not (len(self.shape) == 2 or self.shape[2:] in ((1,), (3,))):
            raise InputError(
                f"{source}: got files of pictures for a network that learned from pictures of "
                f"shape {self.shape}, expected (height, width) or (height, width, 3). Give arrays "
                "of that shape in an npz file."
            )

    def refuse_column(self, what: str) -> None:
        """Refuse the name of a column where there is no table.

        Args:
            what: is read, in words.
        """
        if self.path_column is not None:
            raise InputError(
                f"got --path-column {self.path_column} for {what}, expected it for a table that "
                "names files of pictures. Leave it out."
            )
