"""Text must be UTF-8. Other text is refused, with the line and the encoding that it looks like."""

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from chainrule.data.unpack import unpacked
from chainrule.errors import InputError

# Encodings met in spreadsheets: name, the codec of its common letters alone, which other text
# seldom fits, the language, and the range of letters that most of its text is made of.
LIKELY = (
    ("CP949", "euc_kr", "Korean", "가", "힣"),
    ("Shift_JIS", "shift_jis", "Japanese", "ぁ", "龯"),
    ("GB18030", "gb2312", "Chinese", "一", "龯"),
)
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(path: Path) -> Iterator[str]:
    """The text of a UTF-8 file, packed by gzip or not, piece by piece, without a byte order mark.

    Raises:
        InputError: it is in another encoding, or is no text.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line = 1
    for piece in _with_an_end(unpacked(path)):
        if line == 1 and piece.startswith(UTF_16_MARKS):
            raise _wrong_encoding(path, "UTF-16 text", "UTF-16")
        if b"\0" in piece:
            raise InputError(
                f"{path.name}: got binary data, expected a CSV, Parquet or IDX file. "
                "Export a spreadsheet or a database table as CSV first."
            )
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            content = error.object  # with the half character that the piece before ended in
            line += content.count(b"\n", 0, error.start)
            encoding, language = _likely_encoding(content)
            look = f", which look like {encoding} ({language})" if encoding else ""
            raise _wrong_encoding(
                path, f"bytes that are not UTF-8 on line {line}{look}", encoding
            ) from error
        line += text.count("\n")
        yield text


def _with_an_end(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces and one empty one, at which the decoder must have no half character left."""
    yield from pieces
    yield b""


def _wrong_encoding(path: Path, given: str, encoding: str) -> InputError:
    command = f", or with iconv -f {encoding} -t UTF-8" if encoding else ""
    return InputError(
        f"{path.name}: got {given}, expected UTF-8. Save it as UTF-8: in a spreadsheet as "
        f"'CSV UTF-8'{command}."
    )


def _likely_encoding(content: bytes) -> tuple[str, str]:
    """The encoding that a text seems to be in, and its language, or two blanks."""
    sample = content[: content.rfind(b"\n") + 1] or content  # no half character at the end
    for encoding, codec, language, first, last in LIKELY:
        try:
            letters = [letter for letter in sample.decode(codec) if not letter.isascii()]
        except UnicodeDecodeError:
            continue
        if sum(first <= letter <= last for letter in letters) >= 0.9 * len(letters):
            return encoding, language
    accents_stand_alone = re.search(rb"[\x80-\xff]{3}", sample) is None
    return ("CP1252", "Western European") if accents_stand_alone else ("", "")
