"""Detection of the format of a file by its content, not its name."""

import re
import zipfile
from pathlib import Path
from typing import Literal

from chainrule.data.decompress import read_decompressed
from chainrule.errors import InputError

FileKind = Literal["csv", "json", "workbook", "parquet", "idx", "npz", "duckdb", "sqlite"]

PARQUET = re.compile(rb"PAR1[^,;\t|\r\n]", re.DOTALL)  # else it is the name of a column
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"  # the container of workbooks before 2007
SQLITE = b"SQLite format 3\0"
DUCKDB, DUCKDB_PLACE = b"DUCK", 8
# Two zero bytes, the code of a type, and the number of axes.
IDX = re.compile(rb"\0\0[\x08\x09\x0b-\x0e][\x01-\x7f]")
# The start of an object, alone or as the first element of an array.
JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*["}]')
# The start of an array of arrays, of numbers or of texts; the header "[a],[b]" is no such array.
JSON_ARRAY = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\[\s*(?:[\[\]"{]|-?\d[\d.eE+-]*\s*[,\]]\s*[-\d\s"n]|(?:true|false|null)\b)'
)
MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:(!doctype|\?xml)\b|([a-z][\w:-]*)(?:\s[^<>]*)?>\s*<)",
    re.IGNORECASE | re.DOTALL,
)

# The member of a ZIP archive by which its format is known.
WORKBOOK_MEMBERS = ("xl/workbook.xml", "xl/workbook.bin")
OPEN_DOCUMENT_SHEET = b"application/vnd.oasis.opendocument.spreadsheet"
TO_CSV, TO_PARQUET = "Export its table as CSV", "Save the table as Parquet or CSV"
ARCHIVES = (
    ("word/document.xml", "a Word document", TO_CSV),
    ("ppt/presentation.xml", "a presentation", TO_CSV),
    ("data.pkl", "a file of PyTorch, which can run any program", TO_PARQUET),
)

# Unsupported formats that users try: description, remedy, and the pattern of their first bytes.
UNSUPPORTED = (
    ("a PDF document", TO_CSV, rb"%PDF-"),
    ("a document in RTF", TO_CSV, rb"\{\\rtf"),
    ("an Arrow or Feather file", TO_PARQUET, rb"ARROW1\0|FEA1[^,;|]|\xff{4}.{3}\0\x10\0\0\0"),
    ("an ORC file", TO_PARQUET, rb"ORC[\0-\x08\n\x0e-\x1f].*?\0"),
    ("an Avro file", TO_PARQUET, rb"Obj\x01"),
    ("an HDF5 file", TO_PARQUET, rb"\x89HDF"),
    ("a NetCDF file", TO_PARQUET, rb"CDF[\x01\x02\x05]"),
    ("a MATLAB file", TO_CSV, rb"MATLAB [57]\.\d MAT-file"),
    ("a Stata file", TO_CSV, rb"<stata_dta>|[\x69-\x73][\x01\x02]\x01\0"),
    ("an SPSS file", TO_CSV, rb"\$FL[23]@"),
    ("a SAS file", TO_CSV, rb".{12}\xc2\xea\x81\x60\xb3\x14\x11\xcf|HEADER RECORD\*{7}"),
    (
        "a file of R",
        "In R: write.csv(table, 'table.csv', row.names = FALSE)",
        rb"RD[AX][23]\n|[XA]\n(\0\0\0[\x02\x03]|[23]\n\d+\n)",
    ),
    ("an array of NumPy", "Save it with its labels by np.savez, or as CSV", rb"\x93NUMPY"),
    ("a pickle, which can run any program", TO_PARQUET, rb"\x80[\x02-\x05]"),
    ("a tar archive", "Unpack it", rb".{257}ustar"),
    ("a 7z archive", "Unpack it", rb"7z\xbc\xaf"),
    ("a RAR archive", "Unpack it", rb"Rar!\x1a"),
    (
        "a picture",
        "Give the folder in which it lies, or a table that names pictures",
        rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|RIFF.{4}WEBP|BM.{4}\0{4}",
    ),
)
EXPECTED = "expected a table as CSV, JSON lines, Parquet or a workbook, or pictures as IDX or npz"


def file_kind(path: Path) -> FileKind:
    """Detect the format of a file.

    Raises:
        InputError: the format is not supported, or the file is compressed and damaged.
    """
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(ZIP):
        return _kind_of_archive(path)
    if start.startswith(OLE):
        return "workbook"
    if PARQUET.match(start):
        return "parquet"
    if start.startswith(SQLITE):
        return "sqlite"
    if start[DUCKDB_PLACE:].startswith(DUCKDB):
        return "duckdb"
    content = next(read_decompressed(path), b"")
    for description, remedy, pattern in UNSUPPORTED:
        if re.match(pattern, content, re.DOTALL):
            raise _unsupported(path, description, remedy)
    if IDX.match(content):
        return "idx"
    if content and not content.strip(b"\0"):
        raise _unsupported(
            path, "zero bytes only, as a copy that broke off leaves them", "Fetch the file again"
        )
    if JSON.match(content):
        return "json"
    _refuse_text(path, content)
    return "csv"


def _kind_of_archive(path: Path) -> FileKind:
    """Return the kind of a ZIP archive; that of a damaged one is by its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mimetype = b""
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    mimetype = member.read(len(OPEN_DOCUMENT_SHEET))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        if path.suffix.lower() == ".npz":
            return "npz"
        damaged = "a ZIP archive that is damaged or cut off"
        raise _unsupported(path, damaged, "Fetch it again") from None
    if any(name in names for name in WORKBOOK_MEMBERS) or mimetype.startswith(OPEN_DOCUMENT_SHEET):
        return "workbook"
    for known, description, remedy in ARCHIVES:
        if any(name == known or name.endswith(f"/{known}") for name in names):
            raise _unsupported(path, description, remedy)
    if any(name.endswith(".npy") for name in names):
        return "npz"
    raise _unsupported(path, "a ZIP archive", "Unpack it, and give what was in it")


def _refuse_text(path: Path, content: bytes) -> None:
    """Refuse text that would pass for the header line of a CSV file.

    Raises:
        InputError: it is HTML, XML, or JSON that holds no objects.
    """
    if markup := MARKUP.match(content):
        root = (markup[1] or markup[2]).lower()
        is_html = root in (b"!doctype", b"html", b"head", b"body", b"table", b"div")
        kind = "a page in HTML" if is_html else "a document in XML"
        raise InputError(
            f"{path.name}: got {kind}, {EXPECTED}. Save the table itself: a link to download often "
            "leads to a page about the file, or to one that asks to sign in."
        )
    if JSON_ARRAY.match(content):
        raise InputError(
            f"{path.name}: got JSON of arrays without names, expected an object for each row such "
            'as {"age": 39, "sex": "f"}. Write each row as an object, or the table as CSV.'
        )


def _unsupported(path: Path, description: str, remedy: str) -> InputError:
    return InputError(f"{path.name}: got {description}, {EXPECTED}. {remedy}.")
