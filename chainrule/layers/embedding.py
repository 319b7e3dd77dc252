"""Embedding layers: categories, as codes, become learned vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated

from chainrule import ops
from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value
from chainrule.graph.shape import show
from chainrule.layers.flatten import Flatten
from chainrule.layers.initialisers import Gaussian
from chainrule.layers.repr import constructor_repr
from chainrule.ranges import Count, Range, check_settings, invalid_setting

# Initially vectors are as large as the standardised numbers that they may be concatenated with.
_INITIALISER = Gaussian(1.0)


@dataclass(frozen=True, repr=False)
class Embedding:
    """Embeds features that are all codes with one table: y (batch, features x dimensions).

    For features of the same kind, such as the words of a sentence. Codes are whole numbers stored
    as floats, from 0 to categories - 1; others stop training with an IndexError.
    Args:
        categories: number of codes, and of rows of the table.
        dimensions: length of each vector.
    Raises:
        InputError: there are no categories or dimensions.
    Source: Bengio et al. (2003), A neural probabilistic language model, section 2.
    """

    categories: Count
    dimensions: Count

    def __post_init__(self) -> None:
        check_settings(self)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, (batch, features x dimensions)."""
        if len(x.shape) > 2:
            x = Flatten().build(graph, x, f"{name}.flat")
        columns = tuple(range(int(x.shape[-1])))
        table = graph.parameter(f"{name}.table", (self.categories, self.dimensions), _INITIALISER)
        operation = ops.Embedding(columns, offsets=(0,) * len(columns))
        return graph.apply(operation, x, table, name=name)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)


@dataclass(frozen=True, repr=False)
class EmbedCategories:
    """Embeds the features that are codes, each with a separate table; numbers pass through.

    y (batch, numbers + codes x dimensions) has the numbers first. The tables are stacked in one
    parameter.
    Args:
        categories: number of codes of each feature, 0 where it is a number.
        dimensions: length of each vector.
    Raises:
        InputError: no feature has codes, or a number is negative.
    Source: Guo & Berkhahn (2016), Entity embeddings of categorical variables, section 3.
    """

    categories: Annotated[tuple[int, ...], Range(0, whole=True, example=(0, 7, 12))]
    dimensions: Count

    def __post_init__(self) -> None:
        check_settings(self)
        if not isinstance(self.categories, tuple | list) or not any(self.categories):
            expected = "the number of codes of each feature, 0 for numbers, and one that has codes"
            raise invalid_setting(self, "categories", expected, (0, 7, 12))

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output.

        Raises:
            InputError: x does not have as many features as `categories` has entries.
        """
        if x.shape[1:] != (len(self.categories),):
            raise InputError(
                f"{self} got {show(x.shape)}; expected (batch, {len(self.categories)}), a feature "
                "for each number of categories."
            )
        columns = tuple(column for column, count in enumerate(self.categories) if count)
        operation = ops.Embedding(columns, self._offsets([self.categories[c] for c in columns]))
        shape = (sum(self.categories), self.dimensions)
        table = graph.parameter(f"{name}.tables", shape, _INITIALISER)
        return graph.apply(operation, x, table, name=name)

    @staticmethod
    def _offsets(counts: Sequence[int]) -> tuple[int, ...]:
        """Return the first row of each table."""
        return tuple(accumulate(counts[:-1], initial=0))

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)
