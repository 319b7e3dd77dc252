"""What the first layers have to know of the preparation: which features are codes or quantities."""

from dataclasses import replace

from chainrule.data.preparation import Preparation
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.pixels import Pixels
from chainrule.layers import EmbedCategories, Embedding, Layer, Network, PeriodicEmbedding


def with_embeddings(network: Network, preparation: Preparation, dimensions: int) -> Network:
    """The network, told which features are quantities, and behind a layer for those that are codes.

    Codes are names, not quantities: a network that took them as numbers would learn from an order
    that they do not have. They become vectors, but for a network that begins with an embedding.
    Args:
        network: as it is, where it has nothing to be told.
        preparation: that says what each feature is.
        dimensions: length of the vector of a code.
    """
    first, *others = network.layers
    categories = preparation.categories_of_features
    begin: list[Layer] = []
    if isinstance(first, PeriodicEmbedding) and first.columns is None and categories:
        columns = quantities(preparation)
        begin = [replace(first, columns=columns)] if columns else []
        categories += (0,) * first.new_features(len(columns))
        network = Network(*begin, *others)
    if not any(categories) or isinstance(first, EmbedCategories | Embedding):
        return network
    layers = network.layers[len(begin) :]
    return Network(*begin, EmbedCategories(categories, dimensions), *layers)


def quantities(preparation: Preparation) -> tuple[int, ...]:
    """The places of the features of a table that are quantities.

    Others are codes, one of several categories, or say that a value is missing.
    """
    count = len(preparation.feature_names)
    if preparation.projection is not None or isinstance(preparation.inputs, Pixels):
        return tuple(range(count))
    places, start = [], 0
    for column in preparation.inputs:
        if isinstance(column, Numbers):
            places.append(start)
        start += len(column.feature_names)
    return tuple(places)
