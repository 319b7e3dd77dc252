"""Ready recurrent networks: layers on each other, and pictures of any kind."""

import pytest

from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.networks import network_named

KINDS = ("rnn", "lstm", "gru")
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_each_layer_but_the_last_hands_on_all_its_states(kind: str) -> None:
    layer = kind.upper()
    network = network_named(kind, 3, layers=(8, 6, 4), dropout=0.2)
    assert repr(network) == (
        f"Network({layer}(8, sequences=True), Dropout(0.2), {layer}(6, sequences=True), "
        f"Dropout(0.2), {layer}(4), Dropout(0.2), Dense(3))"
    )


@every_kind
@pytest.mark.parametrize("features", [(7, 5), (7, 5, 3)])
def test_sequences_and_pictures_in_colour_give_a_score_for_each_output(
    kind: str, features: tuple[int, ...]
) -> None:
    graph = Graph()
    scores = network_named(kind, 3, layers=(6, 4)).build(
        graph, graph.input("x", (BATCH, *features))
    )
    assert scores.shape == (BATCH, 3)
