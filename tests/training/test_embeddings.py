"""Input embeddings: which features are numbers and which are category codes."""

from __future__ import annotations

import numpy as np

from chainrule.data.preparation import Preparation
from chainrule.data.table import Column, Table
from chainrule.layers import Dense, EmbedCategories, Network, PeriodicEmbedding
from chainrule.training.objective.input_embeddings import numeric_features, with_embeddings

ROWS = 30
WITH_WAVES = Network(PeriodicEmbedding(), Dense(1))


def prepared(encoding: str, *, projection: str | None = None, gaps: bool = False) -> Preparation:
    """Of numbers a, categories b of which there are 12, and numbers c."""
    draw = np.random.default_rng(0)
    a, c, target = draw.normal(size=(3, ROWS))
    a[:5] = np.nan if gaps else a[:5]
    b = np.array([f"kind {place % 12}" for place in range(ROWS)], dtype=object)
    columns = (Column("a", a), Column("b", b), Column("c", c))
    table = Table("toy.csv", columns, Column("target", target))
    return Preparation.fit(
        table, np.arange(ROWS), "regression", encoding=encoding, projection=projection
    )


def test_numbers_are_quantities_and_categories_are_not() -> None:
    preparation = prepared("one_hot")
    names = [preparation.feature_names[place] for place in numeric_features(preparation)]
    assert names == ["a", "c"]


def test_that_a_value_is_missing_is_no_quantity() -> None:
    preparation = prepared("one_hot", gaps=True)
    assert "a is missing" in preparation.feature_names
    names = [preparation.feature_names[place] for place in numeric_features(preparation)]
    assert names == ["a", "c"]


def test_all_components_of_a_projection_are_quantities() -> None:
    preparation = prepared("one_hot", projection="pca")
    assert numeric_features(preparation) == tuple(range(len(preparation.feature_names)))


def test_a_periodic_embedding_gets_the_numeric_features() -> None:
    network = with_embeddings(WITH_WAVES, prepared("one_hot"), 4)
    assert network.layers[0] == PeriodicEmbedding(numeric_features(prepared("one_hot")))
    assert len(network.layers) == 2


def test_one_that_knows_its_columns_is_left_alone() -> None:
    network = Network(PeriodicEmbedding((0,)), Dense(1))
    assert with_embeddings(network, prepared("one_hot"), 4) is network


def test_codes_become_vectors_behind_it_with_no_table_for_what_it_adds() -> None:
    waves, codes, dense = with_embeddings(WITH_WAVES, prepared("codes"), 4).layers
    assert waves == PeriodicEmbedding((0, 2))
    before = prepared("codes").categories_of_features
    assert isinstance(codes, EmbedCategories)
    assert codes.categories == (*before, *[0] * (2 * 3))
    assert dense == Dense(1)


def test_without_quantities_there_is_none() -> None:
    b = np.array([f"kind {place % 3}" for place in range(ROWS)], dtype=object)
    table = Table("toy.csv", (Column("b", b),), Column("target", np.arange(ROWS) * 1.0))
    preparation = Preparation.fit(table, np.arange(ROWS), "regression")
    assert with_embeddings(WITH_WAVES, preparation, 4).layers == (Dense(1),)
