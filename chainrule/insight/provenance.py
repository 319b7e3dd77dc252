"""Provenance: from which files, and with which programs, a run was made."""

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

import chainrule
from chainrule import durable
from chainrule.data.reading.databases.postgresql import is_server
from chainrule.data.reading.file_patterns import resolve_paths
from chainrule.errors import InputError

FILE_NAME = "provenance.json"

# Options that name data.
SOURCES = ("data", "validation_data", "test_data")

# More data is known by its size alone: to read it again would take longer than a report may.
MOST_BYTES = 2**30


@dataclass(frozen=True)
class FileMark:
    """By what a file can be told from another one of its name.

    Attributes:
        bytes: its size.
        sha256: of its content, in hexadecimal; empty if that was not computed.
    """

    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path, *, digest: bool) -> FileMark:
        """The mark of the file that is at the path now, with or without the SHA-256."""
        size = path.stat().st_size
        if not digest:
            return cls(size, "")
        with path.open("rb") as file:
            return cls(size, hashlib.file_digest(file, "sha256").hexdigest())


@dataclass(frozen=True)
class Provenance:
    """What a run was made from and with.

    Attributes:
        versions: of each program, by its name.
        threads: on which PyTorch computes, unless a step is too small for more than one.
        files: the mark of each file of data, by its path; folders and servers have none. Without
            SHA-256 if the files are larger than 1 GiB together.
    """

    versions: Mapping[str, str]
    threads: int
    files: Mapping[str, FileMark] = field(default_factory=dict)

    @classmethod
    def now(cls, config: Mapping[str, Any]) -> Provenance:
        """That of a run which is made now, from its configuration."""
        versions = {
            "chainrule": chainrule.__version__,
            "python": platform.python_version(),
            "torch": str(torch.__version__),
            "numpy": numpy.__version__,
            "platform": platform.platform(),
        }
        files = list(_files(config))
        few = sum(path.stat().st_size for path in files) <= MOST_BYTES
        marks = {str(path): FileMark.of(path, digest=few) for path in files}
        return cls(versions, torch.get_num_threads(), marks)

    def write(self, folder: Path) -> None:
        """Put it into the folder of a run."""
        durable.write_text(folder / FILE_NAME, json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> Provenance:
        """That of the run in a folder."""
        path = folder / FILE_NAME
        content = json.loads(path.read_text(encoding="utf-8"))
        marks = {name: FileMark(**mark) for name, mark in content["files"].items()}
        return cls(content["versions"], content["threads"], marks)


def _files(config: Mapping[str, Any]) -> Iterator[Path]:
    """The files of data that are still there: a run isn't worth less without one of them."""
    for name in SOURCES:
        given = config.get(name)
        if given is None or is_server(str(given)) or Path(given).is_dir():
            continue
        with suppress(InputError):
            yield from resolve_paths(given)
