"""Embeddings of what the preparation left as codes: the first layer then learns their vectors."""

from chainrule.data import Preparation
from chainrule.layers import EmbedCategories, Embedding, Network


def with_embeddings(network: Network, preparation: Preparation, dimensions: int) -> Network:
    """The network, behind a layer that turns codes of categories into vectors if there are any.

    Codes are names, not quantities: a network that took them as numbers would learn from an order
    that they do not have.
    Args:
        network: as it is, if it begins with an embedding of its own.
        preparation: that says which features are codes.
        dimensions: length of each vector.
    """
    categories = preparation.categories_of_features
    if not any(categories) or isinstance(network.layers[0], EmbedCategories | Embedding):
        return network
    return Network(EmbedCategories(categories, dimensions), *network.layers)
