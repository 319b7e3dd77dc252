"""The fields of the JSON files of a run, and their types: what is otherwise is damaged."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Scores = dict[str, float]
Count = Annotated[int, Field(ge=0)]
Epoch = Annotated[float, Field(ge=1, allow_inf_nan=False)]
Reason = Literal[
    "epochs",
    "iterations",
    "patience",
    "interrupted",
    "callback",
    "converged",
    "evaluations",
    "diverged",
]


class Fields(BaseModel):
    """A JSON object; further fields, as of later versions, are allowed."""

    model_config = ConfigDict(strict=True)


class MemberResult(Fields):
    """The result of a member of an ensemble."""

    test: Scores
    best_epoch: Epoch
    stopped: Reason


class Result(Fields):
    """The content of test.json. What earlier versions did not write has a default."""

    test: Scores = {}
    baseline: Scores = {}
    best_epoch: Epoch
    stopped: Reason
    diverged: str = ""
    samples: dict[Literal["training", "validation", "test"], Count]
    began: str = ""
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    leaks: list[str] = []
    notes: list[str]
    members: list[MemberResult] = []
    constant_loss: float | None = None
    fingerprints: dict[str, str] = {}


class EpochRecord(Fields):
    """A line of metrics.jsonl: the figures of an epoch of a network, or of a member."""

    model_config = ConfigDict(strict=True, extra="allow")
    __pydantic_extra__: dict[str, float] = Field(init=False)

    member: Annotated[int, Field(ge=1)] = 1
    epoch: Epoch
    training_loss: float


class FileOfData(Fields):
    """A file of data in provenance.json."""

    model_config = ConfigDict(strict=True, extra="forbid")

    bytes: Count
    sha256: str


class ProvenanceFields(Fields):
    """The content of provenance.json."""

    versions: dict[str, str]
    threads: Count
    files: dict[str, FileOfData]


def check_fields(kind: type[Fields], content: Any, name: str) -> None:
    """Check the fields of a JSON object.

    Args:
        kind: the fields and their types.
        content: what was read from JSON.
        name: name of the file, for messages.
    Raises:
        ValueError: a field is missing or has another type; the message names it.
    """
    try:
        kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "its content"
        raise ValueError(f"{name}: {where}: {_lower(first['msg'])}") from None


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
