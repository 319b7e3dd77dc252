"""Provenance: the data files and the software versions of a run."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy
import torch

from chainrule import durable
from chainrule.data.reading.databases.postgresql import is_server
from chainrule.data.reading.file_patterns import resolve_paths
from chainrule.errors import InputError
from chainrule.insight.run_schema import ProvenanceFields, check_fields
from chainrule.insight.stored_run import PROVENANCE, read_object
from chainrule.version import __version__

# Options that name data.
SOURCES = ("data", "validation_data", "test_data")

# Larger data is identified by its size alone: hashing it would take too long for a report.
MOST_BYTES = 2**30


@dataclass(frozen=True)
class FileMark:
    """Size and hash by which a file is identified.

    Attributes:
        bytes: size of the file.
        sha256: SHA-256 of the content, in hexadecimal; empty if not computed.
    """

    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path, *, digest: bool) -> FileMark:
        """Return the mark of a file, with or without its SHA-256."""
        size = path.stat().st_size
        if not digest:
            return cls(size, "")
        with path.open("rb") as file:
            return cls(size, hashlib.file_digest(file, "sha256").hexdigest())


@dataclass(frozen=True)
class Provenance:
    """The software and the data of a run.

    Attributes:
        versions: version of each program, by its name.
        threads: number of threads of PyTorch; a step too small for several uses one.
        files: mark of each data file, by its path; folders and servers have none. Without SHA-256
            if the files are larger than 1 GiB together.
    """

    versions: Mapping[str, str]
    threads: int
    files: Mapping[str, FileMark] = field(default_factory=dict)

    @classmethod
    def now(cls, config: Mapping[str, Any]) -> Provenance:
        """Return the provenance of a run with this configuration on this machine, now."""
        versions = {
            "chainrule": __version__,
            "python": platform.python_version(),
            "torch": str(torch.__version__),
            "numpy": numpy.__version__,
            "platform": platform.platform(),
        }
        files = list(_files(config))
        small = sum(path.stat().st_size for path in files) <= MOST_BYTES
        marks = {str(path): FileMark.of(path, digest=small) for path in files}
        return cls(versions, torch.get_num_threads(), marks)

    def write(self, folder: Path) -> None:
        """Write the provenance into the folder of a run."""
        durable.write_text(folder / PROVENANCE, json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> Provenance:
        """Read the provenance from the folder of a run.

        Raises:
            InputError: it is not JSON, or a field is missing or has another type.
        """
        path = folder / PROVENANCE
        try:
            content = read_object(path)
            check_fields(ProvenanceFields, content, PROVENANCE)
        except ValueError as error:
            raise InputError(
                f"{path}: got a damaged file ({error}), expected that of a run. Remove it to go on "
                "without it, or train again."
            ) from None
        marks = {name: FileMark(**mark) for name, mark in content["files"].items()}
        return cls(content["versions"], content["threads"], marks)


def _files(config: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the data files that still exist; missing ones are skipped."""
    for name in SOURCES:
        source = config.get(name)
        if source is None or is_server(str(source)) or Path(source).is_dir():
            continue
        with suppress(InputError):
            yield from resolve_paths(source)
