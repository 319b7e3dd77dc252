"""Options of a ready network: its name and its settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from chainrule.options import NETWORK, BelowOne, Option, Options, Positive, split_text

Sizes = Annotated[tuple[Positive, ...], BeforeValidator(split_text)]


class NetworkOptions(Options):
    """Name and settings of a ready network; None is the default of the network."""

    network: Annotated[
        str | None,
        Option(
            help="Network: linear, perceptron, mlp, residual_mlp, realmlp_simple or realmlp; for "
            "pictures cnn or resnet, or rnn, lstm or gru, which read them row by row.",
            metavar="NAME",
            group=NETWORK,
            default="realmlp of the preset strong, mlp of plain, cnn for files of pictures and "
            "pictures in colour",
            names="chainrule.networks:NETWORKS",
            basic=True,
        ),
    ] = None
    layers: Annotated[
        Sizes | None,
        Option(
            help="Number of units of each dense hidden layer; '' for no hidden layer.",
            metavar="N,N,...",
            group=NETWORK,
            expects="whole numbers of at least 1",
            example="128,64",
            default="256,256,256 of a realmlp, 128,64 of an mlp",
            basic=True,
        ),
    ] = None
    filters: Annotated[
        Sizes | None,
        Option(
            help="Number of filters of each stage of a cnn or resnet.",
            metavar="N,N,...",
            group=NETWORK,
            expects="whole numbers of at least 1",
            example="32,64",
        ),
    ] = None
    units: Annotated[
        Positive | None,
        Option(
            help="Number of units of each layer of a residual_mlp.",
            metavar="N",
            group=NETWORK,
            example="128",
        ),
    ] = None
    blocks: Annotated[
        Positive | None,
        Option(
            help="Number of blocks of a residual_mlp, or of each stage of a resnet.",
            metavar="N",
            group=NETWORK,
            example="3",
        ),
    ] = None
    activation: Annotated[
        str | tuple[str, ...] | None,
        Option(
            help="Activation of the hidden layers: relu, leaky_relu, elu, selu, gelu, silu, mish, "
            "softplus, tanh, sigmoid, softmax or identity. (step cannot be trained.)",
            metavar="NAME",
            group=NETWORK,
            expects="the name of an activation",
            example="relu",
            default="selu of the preset strong for classes, mish of strong for numbers, relu of "
            "plain",
            parse="chainrule.training.recipe.methods:check_activation",
        ),
    ] = None
    initialiser: Annotated[
        str | None,
        Option(
            help="Initial weights: he, he_uniform, xavier, xavier_uniform, xavier_fan_in, lecun, "
            "lecun_uniform, orthogonal, gaussian (deviation 0.01), gaussian_large (1) or zeros.",
            metavar="NAME",
            group=NETWORK,
            default="what suits the activation",
            names="chainrule.layers.initialisers:INITIALISERS",
        ),
    ] = None
    normalisation: Annotated[
        str | None,
        Option(
            help="Normalisation before each activation: batch or layer.",
            metavar="NAME",
            group=NETWORK,
            default="batch in cnn, resnet and residual_mlp, none in an mlp",
            names="chainrule.networks.blocks:NORMALISATIONS",
        ),
    ] = None
    dropout: Annotated[
        BelowOne | None,
        Option(
            help="Share of the units of each hidden layer that is dropped in a step.",
            metavar="SHARE",
            group=NETWORK,
            expects="a share from 0 to below 1",
            example="0.5",
            default="0.15 of the preset strong, 0 of plain",
        ),
    ] = None
