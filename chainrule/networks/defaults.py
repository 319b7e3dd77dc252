"""The network for data of which nobody said what is to learn from it."""

from chainrule.data.dataset import Dataset, Images


def default_network(data: Dataset) -> str:
    """By name: convolutions for photographs, dense layers for everything else.

    What a photograph shows may be anywhere in it, which a convolution takes for granted and dense
    layers have to learn anew for each place. Grey arrays most often are digits, which dense layers
    learn almost as well in a tenth of the time.
    """
    if isinstance(data, Images) and (data.names is not None or data.in_colour):
        return "cnn"
    return "mlp"
