"""The residual MLP: dense blocks with a shortcut around each, so that it can be deep."""

from chainrule.graph.graph import Initialiser
from chainrule.layers import Activation, Dense, Dropout, Layer, Network, Residual
from chainrule.layers.activations import initialiser_for
from chainrule.networks.blocks import NORMALISATIONS, Normalisation
from chainrule.networks.registry import network


@network("residual_mlp")
def residual_mlp(
    outputs: int,
    *,
    units: int = 128,
    blocks: int = 4,
    activation: str = "relu",
    initialiser: Initialiser | None = None,
    normalisation: Normalisation = "batch",
    dropout: float = 0.0,
) -> Network:
    """x + dense(dropout(f(dense(normalised x)))) in each block, between two dense layers.

    Args:
        outputs: number of scores.
        units: width of all blocks.
        blocks: number of blocks.
    Source: Gorishniy et al. (2021), Revisiting deep learning models for tabular data, section 3.2.
    """

    def block() -> Residual:
        inner = Dense(units, activation, initialiser or initialiser_for(activation))
        dropped: list[Layer] = [Dropout(dropout)] if dropout else []
        return Residual(
            NORMALISATIONS[normalisation](), inner, *dropped, Dense(units, None, initialiser)
        )

    return Network(
        Dense(units, None, initialiser),
        *(block() for _ in range(blocks)),
        NORMALISATIONS[normalisation](),
        Activation(activation),
        Dense(outputs, None, initialiser),
    )
