"""The default network for a data set."""

from chainrule.data.dataset import Dataset, Images


def default_network(data: Dataset) -> str:
    """Return its name: convolutions for photographs, dense layers for everything else.

    The subject of a photograph may be anywhere in it; convolutions are invariant to that, while
    dense layers have to learn each position separately. Grey arrays are mostly digits, which dense
    layers learn almost as well in a tenth of the time.
    """
    if isinstance(data, Images) and (data.names is not None or data.in_colour):
        return "cnn"
    return "mlp"
