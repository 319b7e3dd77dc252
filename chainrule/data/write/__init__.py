"""Writing of columns to files or the standard output, in open formats."""

from chainrule.data.write.rows import (
    FORMATS,
    Format,
    check_streamed,
    format_of,
    parse_format,
    write_file,
    write_to,
)

__all__ = [
    "FORMATS",
    "Format",
    "check_streamed",
    "format_of",
    "parse_format",
    "write_file",
    "write_to",
]
