"""Recurrent networks for sequences, and for pictures read row by row."""

from chainrule.graph.graph import Initialiser
from chainrule.layers import GRU, LSTM, RNN, Dense, Dropout, Layer, Network
from chainrule.networks.registry import network


@network("rnn")
def rnn(
    outputs: int,
    *,
    layers: tuple[int, ...] = (64,),
    initialiser: Initialiser | None = None,
    dropout: float = 0.0,
) -> Network:
    """Simple recurrent layers of these units, then a dense layer on the last state.

    Source: Elman (1990), Finding structure in time.
    """
    return _stacked(RNN, outputs, layers, initialiser, dropout)


@network("lstm")
def lstm(
    outputs: int,
    *,
    layers: tuple[int, ...] = (64,),
    initialiser: Initialiser | None = None,
    dropout: float = 0.0,
) -> Network:
    """Layers of long short-term memory, then a dense layer on the last state.

    Sources: Hochreiter & Schmidhuber (1997), Long short-term memory; several layers: Graves,
    Mohamed & Hinton (2013), Speech recognition with deep recurrent neural networks; dropout only
    between layers, never from step to step: Zaremba, Sutskever & Vinyals (2014), Recurrent neural
    network regularization.

    >>> lstm(10, layers=(64, 32), dropout=0.2)
    Network(LSTM(64, sequences=True), Dropout(0.2), LSTM(32), Dropout(0.2), Dense(10))
    """
    return _stacked(LSTM, outputs, layers, initialiser, dropout)


@network("gru")
def gru(
    outputs: int,
    *,
    layers: tuple[int, ...] = (64,),
    initialiser: Initialiser | None = None,
    dropout: float = 0.0,
) -> Network:
    """Layers of gated recurrent units, then a dense layer on the last state.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for
    statistical machine translation.
    """
    return _stacked(GRU, outputs, layers, initialiser, dropout)


def _stacked(
    kind: type[RNN] | type[LSTM] | type[GRU],
    outputs: int,
    layers: tuple[int, ...],
    initialiser: Initialiser | None,
    dropout: float,
) -> Network:
    """Stack recurrent layers, each but the last of which returns its states of all steps."""
    hidden: list[Layer] = []
    for number, units in enumerate(layers, start=1):
        hidden.append(kind(units, sequences=number < len(layers), initialiser=initialiser))
        if dropout:
            hidden.append(Dropout(dropout))
    return Network(*hidden, Dense(outputs, None, initialiser))
