"""The encoding of text: UTF-8, what a byte order mark or a person says, or else a likely guess.

A guess is told of in a note, and text for which there is no likely guess is refused: wrong letters
would pass for categories.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from encodings import aliases
from pathlib import Path
from tempfile import NamedTemporaryFile

from chainrule.data.reading.decompress import packing, unpacked
from chainrule.errors import InputError, nearest

# Encodings met in spreadsheets: name, the codec to read with, the codec of its common letters
# alone, which other text seldom fits, the language, the letters that most of its text is of, and
# some that it never lacks: an accent before a letter is a rare Chinese character of Shift_JIS.
LIKELY = (
    ("CP949", "cp949", "euc_kr", "Korean", "[가-힣]", "[가-힣]"),
    ("Shift_JIS", "cp932", "shift_jis", "Japanese", "[ぁ-龯]", "[ぁ-ヿ]"),
    ("GB18030", "gb18030", "gb2312", "Chinese", "[一-龯]", "[一-龯]"),
    ("CP949", "cp949", "cp949", "Korean", "[가-힣]", "[가-힣]{2}"),  # with rare syllables
)
WESTERN = ("CP1252", "cp1252", "Western European")
# In Western European text accents stand alone; signs such as ³ and £ don't stand within a word, as
# the same bytes do where they are letters of Polish; and characters of UTF-8 are of a damaged file.
NOT_WESTERN = re.compile(
    rb"[\x80-\xff]{3}|[\xc2-\xdf][\x80-\xbf]"
    rb"|[A-Za-z][\xa1-\xa9\xac-\xb4\xb6\xb8\xb9\xbc-\xbf][A-Za-z]"
    rb"|[\xa2-\xa9\xac-\xb4\xb6\xb8\xb9\xbc-\xbe][a-z]{2}"
)
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF_8 = "utf-8-sig"


@dataclass(frozen=True)
class Utf8:
    """Text as UTF-8.

    Attributes:
        path: of the file itself where it is plain UTF-8, else of a copy.
        start: the beginning of the text.
        whole: whether that is all of it.
        notes: what was assumed about it.
    """

    path: Path
    start: str
    whole: bool
    notes: tuple[str, ...] = ()


class _WrongBytesError(Exception):
    """Bytes that the encoding does not have: on which line, and the content around them."""

    def __init__(self, line: int, content: bytes) -> None:
        self.line, self.content = line, content


def as_utf8(path: Path, name: str, folder: Path, encoding: str | None) -> Utf8:
    """The text of a file, packed or not, in any encoding, so that DuckDB can read it.

    Args:
        path: of the file.
        name: what messages call it.
        folder: where a copy may be written.
        encoding: the name of the encoding; None to find it out.
    Raises:
        InputError: the encoding is unknown, or the file is not in it, or is no text.
    """
    if encoding is not None:
        _check_known(encoding)
    marked = _marked(path)
    try:
        return _converted(path, name, folder, encoding or marked or UTF_8)
    except _WrongBytesError as error:
        guess = None if encoding or marked else _likely_encoding(error.content)
        if guess is None:
            raise _wrong_encoding(name, encoding or marked or "UTF-8", error.line) from error
        line = error.line
    known, codec, language = guess
    note = (
        f"{name}: the text is not UTF-8 (line {line}) and was read as {known} ({language}); if "
        "letters are wrong, name its encoding with --text-encoding"
    )
    try:
        return replace(_converted(path, name, folder, codec), notes=(note,))
    except _WrongBytesError as error:
        raise _wrong_encoding(name, f"UTF-8 or {known}", error.line) from error


def _converted(path: Path, name: str, folder: Path, encoding: str) -> Utf8:
    """The text, decoded from end to end; a copy is written unless it is plain UTF-8 already.

    Raises:
        _WrongBytesError: it is in another encoding.
        InputError: it is binary data.
    """
    pieces = _decoded(path, name, encoding)
    start = next(pieces)
    if encoding == UTF_8 and packing(path) is None:
        more = sum(1 for _ in pieces)  # wrong bytes are found before DuckDB meets them
        return Utf8(path, start, more <= 1)
    more = 0
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=folder, suffix=".txt", delete=False
    ) as copy:
        copy.write(start)
        for piece in pieces:
            copy.write(piece)
            more += 1
    return Utf8(Path(copy.name), start, more <= 1)


def _decoded(path: Path, name: str, encoding: str) -> Iterator[str]:
    """The text piece by piece, at least one."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    for piece in _with_an_end(unpacked(path)):
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            content = error.object  # with the half character that the piece before ended in
            if b"\0" in content:
                raise _binary(name, line + content.count(b"\n", 0, content.index(b"\0"))) from error
            line += content.count(b"\n", 0, error.start)
            raise _WrongBytesError(line, content if piece else b"") from error
        except UnicodeError as error:  # UTF-16 that has no mark
            raise _WrongBytesError(line, piece) from error
        if "\0" in text:
            raise _binary(name, line + text.count("\n", 0, text.index("\0")))
        line += text.count("\n")
        yield text


def _binary(name: str, line: int) -> InputError:
    return InputError(
        f"{name}: got binary data (a zero byte on line {line}), expected a CSV, Parquet or IDX "
        "file. Export a spreadsheet or a database table as CSV first."
    )


def _with_an_end(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces and one empty one, at which the decoder must have no half character left."""
    yield from pieces
    yield b""


def _marked(path: Path) -> str | None:
    """The encoding that a byte order mark tells, other than UTF-8."""
    start = next(unpacked(path), b"")
    return next((encoding for mark, encoding in MARKS if start.startswith(mark)), None)


def _check_known(encoding: str) -> None:
    try:
        "".encode(encoding)
        codecs.getincrementaldecoder(encoding)
    except LookupError:
        near = nearest(encoding, set(aliases.aliases) | set(aliases.aliases.values()))
        question = f" Did you mean '{near}'?" if near else ""
        raise InputError(
            f"got the text encoding '{encoding}', expected the name of one, such as utf-8, utf-16, "
            f"cp1252 or cp949.{question} Correct --text-encoding."
        ) from None


def _wrong_encoding(name: str, encoding: str, line: int) -> InputError:
    return InputError(
        f"{name}: got bytes that are not {encoding} on line {line}, expected text in one encoding. "
        "Name the encoding with --text-encoding, or save the file as UTF-8: in a spreadsheet as "
        "'CSV UTF-8'."
    )


def _likely_encoding(content: bytes) -> tuple[str, str, str] | None:
    """The encoding that a text seems to be in: its name, codec and language.

    None for an empty one: of half a character at the end of a file nothing can be told.
    """
    sample = content[: content.rfind(b"\n") + 1] or content  # no half character at the end
    for encoding, codec, common, language, most, some in LIKELY:
        try:
            text = sample.decode(common)
        except UnicodeDecodeError:
            continue
        foreign = sum(not letter.isascii() for letter in text)
        if re.search(some, text) and len(re.findall(most, text)) >= 0.9 * foreign:
            return encoding, codec, language
    return WESTERN if sample and not NOT_WESTERN.search(sample) else None
