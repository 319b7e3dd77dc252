"""Options of commands other than training: predict, evaluate and check."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from chainrule.data.read_options import ReadOptions
from chainrule.options import NETWORK, TRAINING, Option, Positive
from chainrule.training.settings.network_options import NetworkOptions
from chainrule.training.settings.resamples import LEAST_RESAMPLES, RESAMPLES


class PredictOptions(ReadOptions):
    """Options of `chainrule predict`: how rows are read, and what is written."""

    keep: Annotated[
        tuple[str, ...],
        Option(
            help="Column of DATA to copy in front of the predictions. Repeatable.",
            metavar="COLUMN",
            expects="names of columns",
            example='["id"]',
            repeatable=True,
            basic=True,
        ),
    ] = ()
    format: Annotated[
        str | None,
        Option(
            help="Format of the predictions: csv, json, jsonl (a line for each row) or parquet.",
            metavar="NAME",
            default="the ending of FILE; csv on standard output",
            parse="chainrule.data.write:parse_format",
            basic=True,
        ),
    ] = None
    spread: Annotated[
        bool,
        Option(
            help="For an ensemble, also write the standard deviation between its members.",
            expects="true or false",
            example="true",
            basic=True,
        ),
    ] = False


class EvaluateOptions(ReadOptions):
    """Options of `chainrule evaluate`: how rows are read, and how intervals are computed."""

    sample_weight: Annotated[
        str | None,
        Option(
            help="Column of sample weights: scores are weighted, and rows of weight 0 left out.",
            metavar="COLUMN",
            expects="the name of a column as text",
            example="weight",
            default="that of the model, where DATA has it",
        ),
    ] = None

    resamples: Annotated[
        Annotated[int, Field(ge=LEAST_RESAMPLES)],
        Option(
            help="Bootstrap resamples of the rows for the intervals.",
            metavar="N",
            example=str(RESAMPLES),
            basic=True,
        ),
    ] = RESAMPLES
    seed: Annotated[
        int,
        Option(
            help="Seed of the resamples.",
            metavar="N",
            expects="a whole number",
            example="0",
            basic=True,
        ),
    ] = 0


def _split_lengths(value: object) -> object:
    """Split the shape of a sample, such as 8x8, if it is text."""
    return value.lower().split("x") if isinstance(value, str) else value


class CheckOptions(NetworkOptions):
    """Options of `chainrule check`: the network to check, and the samples to check it on."""

    inputs: Annotated[
        tuple[Positive, ...] | None,
        BeforeValidator(_split_lengths),
        Option(
            help="Number of features of a sample; or height x width of a picture, such as 8x8.",
            metavar="N",
            group=NETWORK,
            expects="a whole number of features, or height x width of pictures",
            example="20 or 8x8",
            default="20; 8x8 for a cnn, resnet, rnn, lstm or gru",
            basic=True,
        ),
    ] = None
    outputs: Annotated[
        Positive,
        Option(
            help="Number of classes; 1 to predict a number.",
            metavar="N",
            group=NETWORK,
            example="10",
            basic=True,
        ),
    ] = 10
    batch_size: Annotated[
        Positive,
        Option(
            help="Number of samples in the batch of the check, drawn at random.",
            metavar="N",
            group=TRAINING,
            example="16",
            basic=True,
        ),
    ] = 16
    coordinates: Annotated[
        Annotated[int, Field(ge=0)],
        Option(
            help="Number of weights of each parameter to check, drawn at random; 0 for all.",
            metavar="N",
            group=TRAINING,
            expects="a whole number of at least 0",
            example="100",
            remark="; 0 is for all",
            basic=True,
        ),
    ] = 100
    seed: Annotated[
        int,
        Option(
            help="Seed of the samples and of the weights.",
            metavar="N",
            group=TRAINING,
            expects="a whole number",
            example="0",
            basic=True,
        ),
    ] = 0
