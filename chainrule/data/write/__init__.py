"""Writing: columns become a file, or lines on the standard output, in an open format."""

from chainrule.data.write.rows import (
    FORMATS,
    Format,
    check_streamed,
    format_of,
    write_file,
    write_to,
)

__all__ = ["FORMATS", "Format", "check_streamed", "format_of", "write_file", "write_to"]
