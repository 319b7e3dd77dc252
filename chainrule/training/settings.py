"""Settings of a training run: the same words in Python, on the command line and in TOML files."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from chainrule.errors import InputError, nearest, unknown_name
from chainrule.training.optimizers import OPTIMIZERS
from chainrule.training.sampling import Sampling

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseModel):
    """How a network is trained. Every field has a default that is a good first try."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: Positive = Field(100, description="Times that all training samples are seen, at most.")
    iterations: Positive | None = Field(
        None, description="Updates of the weights after which training ends; instead of epochs."
    )
    batch_size: Positive | None = Field(
        None, description="Samples in a batch; by default 32, 128 or 256, by the number of samples."
    )
    sampling: Sampling = Field(
        "shuffled", description="shuffled: every sample once an epoch; or with_replacement."
    )
    optimizer: str = Field("adam", description="adam, momentum or gradient_descent.")
    learning_rate: float | None = Field(
        None, description="Size of the updates; by default one that suits the optimizer."
    )
    patience: Annotated[int, Field(ge=0)] = Field(
        10, description="Epochs without a lower validation loss before training stops; 0: never."
    )
    seed: int = Field(0, description="The same seed gives the same run, bit for bit.")
    split: tuple[Share, Share, Share] = Field(
        (0.7, 0.15, 0.15), description="Shares of training, validation and test samples."
    )

    @field_validator("optimizer")
    @classmethod
    def _known_optimizer(cls, name: str) -> str:
        if name not in OPTIMIZERS:
            raise unknown_name("optimizer", name, OPTIMIZERS)
        return name

    @field_validator("learning_rate")
    @classmethod
    def _usable_rate(cls, rate: float | None) -> float | None:
        if rate is not None and not (math.isfinite(rate) and rate > 0):
            raise InputError(f"got {rate}, expected a positive number such as 0.001.")
        return rate

    def batch_size_for(self, samples: int) -> int:
        """The batch size for that many training samples.

        Raises:
            InputError: a batch was asked for that is larger than the data.
        """
        if self.batch_size is None:
            usual = 32 if samples < 10_000 else 128 if samples < 100_000 else 256
            return min(usual, samples)
        if self.batch_size > samples:
            raise InputError(
                f"batch_size: got {self.batch_size}, but there are only {samples} training "
                f"samples; expected at most that many. Use --batch-size {min(32, samples)}."
            )
        return self.batch_size


def checked(model: type[BaseModel], given: dict[str, Any], source: str) -> Any:
    """The given settings as that model, with everything that is wrong said at once.

    Args:
        model: Settings, or a larger set of them.
        given: by name.
        source: where they come from, for the message: a file or the command line.
    Raises:
        InputError: a name is unknown (the nearest is offered) or a value can't be used.
    """
    try:
        return model(**given)
    except ValidationError as error:
        problems = [_in_words(problem, model) for problem in error.errors()]
        raise InputError("\n".join(f"{source}: {problem}" for problem in problems)) from None


def _in_words(problem: Any, model: type[BaseModel]) -> str:
    name = str(problem["loc"][0]) if problem["loc"] else ""
    if problem["type"] == "extra_forbidden":
        near = nearest(name, model.model_fields)
        question = f" Did you mean '{near}'?" if near else ""
        known = ", ".join(sorted(model.model_fields))
        return f"option '{name}' is not known.{question} Known are: {known}."
    if problem["type"] == "value_error":
        return f"{name}: {problem['ctx']['error']}"
    expected = problem["msg"][0].lower() + problem["msg"][1:]
    return f"{name}: got {problem['input']!r}; {expected}."
