"""Recurrent layers: they read a sequence step by step and keep a state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Initialiser, Value
from chainrule.graph.shape import show
from chainrule.layers.initialisers import Orthogonal, Xavier, Zeros
from chainrule.layers.initialisers.gates import EachGate, GateBiases
from chainrule.layers.pictures import error_prefix
from chainrule.layers.repr import constructor_repr
from chainrule.ops import Gru, Lstm, Pick, Reshape, Rnn
from chainrule.ops.parts.recurrence import Truncate
from chainrule.ranges import Count, check_settings


@dataclass(frozen=True, repr=False)
class _Recurrent:
    """Base of all recurrent layers: settings, input and output."""

    operation: ClassVar[type[Rnn] | type[Lstm] | type[Gru]]
    biases: ClassVar[tuple[float, ...]]  # initial value of each gate's biases

    units: Count
    sequences: bool = False
    truncate: Truncate = None
    initialiser: Initialiser | None = None

    def __post_init__(self) -> None:
        check_settings(self)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its last state, or its states.

        Raises:
            InputError: x are no sequences and no pictures.
        """
        with error_prefix(f"{name}, {self}"):
            x = _as_sequences(graph, x, name)
            operation = self.operation(self.truncate)
            values = [x, *self._parameters(graph, int(x.shape[-1]), name)]
            if self.sequences:
                return graph.apply(operation, *values, name=name)
            states = graph.apply(operation, *values, name=f"{name}.states")
            return graph.apply(Pick(axis=-2, index=-1), states, name=name)

    def _parameters(self, graph: Graph, inputs: int, name: str) -> list[Value]:
        gates = len(self.biases)
        rows = gates * self.units
        by_inputs = EachGate(self.initialiser or Xavier(), gates)
        by_states = EachGate(Orthogonal(), gates)
        return [
            graph.parameter(f"{name}.weights", (rows, inputs), by_inputs),
            graph.parameter(f"{name}.state_weights", (rows, self.units), by_states),
            graph.parameter(f"{name}.bias", (rows,), GateBiases(self.biases)),
        ]

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)


class RNN(_Recurrent):
    """A simple recurrent layer: h_t = tanh(W x_t + U h_(t-1) + b), from h_0 = 0.

    It forgets inputs more than about ten steps back, or its gradient explodes; LSTM and GRU solve
    that. Takes sequences (batch, time, features), and pictures row by row. The state weights U are
    initially orthogonal, so that no state fades or grows; biases are initially 0.
    Args:
        units: length of the state.
        sequences: whether to return the states of all steps, (batch, time, units), which another
            recurrent layer can read, instead of the last one, (batch, units).
        truncate: number of steps in a chunk, counted from the first step; the gradient goes back
            only within a chunk, while the state passes from chunk to chunk. None for all steps.
            Without `sequences` the inputs before the last chunk then have no gradient.
        initialiser: of W; None for Xavier.
    Raises:
        InputError: there are no units, or chunks without a step.
    Source: Elman (1990), Finding structure in time.
    """

    operation = Rnn
    biases = (0.0,)


class LSTM(_Recurrent):
    """Long short-term memory: gated cells that remember for hundreds of steps.

    Input, output and settings are those of `RNN`. The rows of each parameter are those of output
    gate, input gate, forget gate and candidate. Biases are initially 0, those of the forget gates
    1, so that a cell initially keeps its value.
    Sources: Hochreiter & Schmidhuber (1997), Long short-term memory; the forget gate: Gers,
    Schmidhuber & Cummins (2000), Learning to forget: continual prediction with LSTM; its bias:
    Jozefowicz, Zaremba & Sutskever (2015), An empirical exploration of recurrent network
    architectures, section 2.2.
    """

    operation = Lstm
    biases = (0.0, 0.0, 1.0, 0.0)


class GRU(_Recurrent):
    """The gated recurrent unit: like LSTM with one gate less and no cells, three quarters as large.

    Input, output and settings are those of `RNN`. The rows of the weights and of the bias are those
    of reset gate, update gate and candidate, the rows of the state weights those of candidate,
    reset gate and update gate; the candidate has a second bias for its product with the state,
    inside the reset. Biases are initially 0.
    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for
    statistical machine translation, section 2.3; the reset acts after the product, as in torch.
    """

    operation = Gru
    biases = (0.0, 0.0, 0.0)

    def _parameters(self, graph: Graph, inputs: int, name: str) -> list[Value]:
        parameters = super()._parameters(graph, inputs, name)
        return [*parameters, graph.parameter(f"{name}.state_bias", (self.units,), Zeros())]


def _as_sequences(graph: Graph, x: Value, name: str) -> Value:
    """Return x as (batch, time, features); a row of a picture is a step."""
    if len(x.shape) == 4:
        _, height, width, channels = x.shape
        rows = Reshape((int(height), int(width) * int(channels)))
        return graph.apply(rows, x, name=f"{name}.rows")
    if len(x.shape) != 3:
        raise InputError(
            f"got x {show(x.shape)}; expected sequences (batch, time, features), or pictures, "
            "which are read row by row. Columns of a table have no order in time: use Dense for "
            "them. Behind another recurrent layer, give that one sequences=True."
        )
    return x
