"""Channels of colour: the last axis of an array of pictures."""

from chainrule.errors import InputError

CHANNELS = (1, 3, 4)


def check_channels(where: str, shape: tuple[int, ...]) -> None:
    """Check the number of channels, if there is an axis of them.

    Args:
        where: the array, for messages.
        shape: (pictures, height, width) or (pictures, height, width, channels).
    Raises:
        InputError: the last of four axes can't be channels, as in PyTorch's order of the axes.
    """
    if len(shape) == 4 and shape[3] not in CHANNELS:
        raise InputError(
            f"{where}: got {' x '.join(map(str, shape))} values, expected 1, 3 or 4 channels of "
            "colour as the last axis. Move them there with numpy.moveaxis(pictures, 1, -1)."
        )
