"""Text encoding: UTF-8, that of a byte order mark or the user, or a likely guess.

A guess is reported in a note, and text without a likely guess is refused, as wrong letters would
make wrong categories.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from encodings import aliases
from pathlib import Path
from tempfile import NamedTemporaryFile

from chainrule.data.decompress import compression_of, read_decompressed
from chainrule.errors import InputError, nearest

# Encodings of spreadsheets: name; codec to read with; codec of the common letters only, which
# other text rarely fits; language; pattern of most letters; and pattern of letters that always
# occur, as an accent before a letter is a rare Chinese character of Shift_JIS.
LIKELY_ENCODINGS = (
    ("CP949", "cp949", "euc_kr", "Korean", "[가-힣]", "[가-힣]"),
    ("Shift_JIS", "cp932", "shift_jis", "Japanese", "[ぁ-龯]", "[ぁ-ヿ]"),
    ("GB18030", "gb18030", "gb2312", "Chinese", "[一-龯]", "[一-龯]"),
    ("CP949", "cp949", "cp949", "Korean", "[가-힣]", "[가-힣]{2}"),  # with rare syllables
)
WESTERN = ("CP1252", "cp1252", "Western European")
# In Western European text accented letters are isolated, and signs such as ³ and £ are not within a
# word, unlike the same bytes as letters of Polish. Characters of UTF-8 are from a damaged file.
NOT_WESTERN = re.compile(
    rb"[\x80-\xff]{3}|[\xc2-\xdf][\x80-\xbf]"
    rb"|[A-Za-z][\xa1-\xa9\xac-\xb4\xb6\xb8\xb9\xbc-\xbf][A-Za-z]"
    rb"|[\xa2-\xa9\xac-\xb4\xb6\xb8\xb9\xbc-\xbe][a-z]{2}"
)
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # starts with the mark of UTF-16, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF_8 = "utf-8-sig"


@dataclass(frozen=True)
class Utf8:
    """Text as UTF-8.

    Attributes:
        path: of the file itself if it is uncompressed UTF-8, else of a copy.
        start: the beginning of the text.
        whole: whether `start` is the whole text.
        notes: on the guessed encoding.
    """

    path: Path
    start: str
    whole: bool
    notes: tuple[str, ...] = ()


class _WrongBytesError(Exception):
    """Bytes that are invalid in the encoding, with their line and the content around them."""

    def __init__(self, line: int, content: bytes) -> None:
        self.line, self.content = line, content


def convert_to_utf8(path: Path, name: str, folder: Path, encoding: str | None) -> Utf8:
    """Convert a file, compressed or not, in any encoding, to UTF-8, which DuckDB can read.

    Args:
        path: of the file.
        name: of the file, for messages.
        folder: for the converted copy.
        encoding: the name of the encoding; None to detect it.
    Raises:
        InputError: the encoding is unknown or wrong, or the file is no text.
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
    """Decode the whole text, and write a copy unless the file is uncompressed UTF-8.

    Raises:
        _WrongBytesError: the file is in another encoding.
        InputError: the file is binary data.
    """
    pieces = _decode(path, name, encoding)
    start = next(pieces)
    if encoding == UTF_8 and compression_of(path) is None:
        more = sum(1 for _ in pieces)  # finds invalid bytes before DuckDB reads them
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


def _decode(path: Path, name: str, encoding: str) -> Iterator[str]:
    """Yield the text in pieces, at least one."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    for piece in _with_end(read_decompressed(path)):
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            content = error.object  # includes an incomplete character of the previous piece
            if b"\0" in content:
                raise _binary(name, line + content.count(b"\n", 0, content.index(b"\0"))) from error
            line += content.count(b"\n", 0, error.start)
            raise _WrongBytesError(line, content if piece else b"") from error
        except UnicodeError as error:  # UTF-16 without a byte order mark
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


def _with_end(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces and an empty one, where the decoder checks for incomplete characters."""
    yield from pieces
    yield b""


def _marked(path: Path) -> str | None:
    """Return the encoding of a byte order mark other than that of UTF-8, or None."""
    start = next(read_decompressed(path), b"")
    return next((encoding for mark, encoding in BYTE_ORDER_MARKS if start.startswith(mark)), None)


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
    """Guess the encoding of a text: its name, codec and language.

    None if there is no likely one, or no content, as after an incomplete character at the end.
    """
    sample = content[: content.rfind(b"\n") + 1] or content  # no incomplete character at the end
    for encoding, codec, common, language, most, always in LIKELY_ENCODINGS:
        try:
            text = sample.decode(common)
        except UnicodeDecodeError:
            continue
        foreign = sum(not letter.isascii() for letter in text)
        if re.search(always, text) and len(re.findall(most, text)) >= 0.9 * foreign:
            return encoding, codec, language
    return WESTERN if sample and not NOT_WESTERN.search(sample) else None
