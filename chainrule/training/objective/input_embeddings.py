"""Input embeddings: which features are numbers and which are category codes."""

from dataclasses import replace

from chainrule.data.preparation import Preparation
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.pixels import Pixels
from chainrule.layers import EmbedCategories, Embedding, Layer, Network, PeriodicEmbedding


def with_embeddings(network: Network, preparation: Preparation, dimensions: int) -> Network:
    """Return the network with embeddings for the category codes among its features.

    Category codes have no order: a network that took them as numbers would learn from one. A layer
    in front of the network turns them into vectors, unless the network starts with an embedding of
    its own. A `PeriodicEmbedding` at the start is restricted to the numeric features.
    Args:
        network: network to extend; returned unchanged without category codes.
        preparation: preparation that defines the features.
        dimensions: length of the vector of a category.
    """
    first, *others = network.layers
    categories = preparation.categories_of_features
    front: list[Layer] = []
    if isinstance(first, PeriodicEmbedding) and first.columns is None and categories:
        columns = numeric_features(preparation)
        front = [replace(first, columns=columns)] if columns else []
        categories += (0,) * first.new_features(len(columns))
        network = Network(*front, *others)
    if not any(categories) or isinstance(first, EmbedCategories | Embedding):
        return network
    layers = network.layers[len(front) :]
    return Network(*front, EmbedCategories(categories, dimensions), *layers)


def numeric_features(preparation: Preparation) -> tuple[int, ...]:
    """Return the indices of the numeric features of a table.

    Other features are category codes, one-hot columns, or indicators of missing values.
    """
    count = len(preparation.feature_names)
    if preparation.projection is not None or isinstance(preparation.inputs, Pixels):
        return tuple(range(count))
    indices, start = [], 0
    for column in preparation.inputs:
        if isinstance(column, Numbers):
            indices.append(start)
        start += len(column.feature_names)
    return tuple(indices)
