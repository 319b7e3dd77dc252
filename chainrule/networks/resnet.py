"""A residual network for small pictures, such as those of CIFAR."""

from chainrule.graph.graph import Initialiser
from chainrule.layers import Conv2D, Dense, GlobalAveragePool, Layer, Network, Residual
from chainrule.layers.activations import initialiser_for
from chainrule.networks.blocks import NORMALISATIONS, Normalisation, conv_block
from chainrule.networks.registry import network


@network("resnet")
def resnet(
    outputs: int,
    *,
    filters: tuple[int, ...] = (16, 32, 64),
    blocks: int = 3,
    activation: str = "relu",
    initialiser: Initialiser | None = None,
    normalisation: Normalisation = "batch",
) -> Network:
    """A convolution, stages of residual blocks, average pooling and a dense layer.

    A block is x + f(x) with two 3 x 3 convolutions. The first block of each stage but the first
    halves the picture. 3 stages of n blocks are the paper's ResNet of 6 n + 2 layers, except for
    the shortcut of a block that changes shape, which is a projection here (option B).
    Args:
        outputs: number of scores.
        filters: of each stage.
        blocks: number of blocks of each stage.
    Source: He et al. (2016), Deep residual learning for image recognition, section 4.2.
    """
    chosen = initialiser or initialiser_for(activation)

    def block(count: int, stride: int) -> Residual:
        return Residual(
            *conv_block(
                count,
                activation,
                stride=stride,
                initialiser=initialiser,
                normalisation=normalisation,
            ),
            Conv2D(count, 3, initialiser=chosen, bias=False),
            NORMALISATIONS[normalisation](),
            activation=activation,
        )

    hidden: list[Layer] = conv_block(
        filters[0], activation, initialiser=initialiser, normalisation=normalisation
    )
    for stage, count in enumerate(filters):
        for number in range(blocks):
            hidden.append(block(count, stride=2 if stage and not number else 1))
    return Network(*hidden, GlobalAveragePool(), Dense(outputs, None, initialiser))
