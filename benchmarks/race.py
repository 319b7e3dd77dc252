"""A race: all peers train a work in turns, after a check that they compute the same."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import samples
from benchmarks.networks import Block, Weights
from benchmarks.peers import Peer
from benchmarks.peers.ours import initial_weights
from benchmarks.process import Failed, Process
from benchmarks.worker import INITIAL
from benchmarks.works import Work

# Before the counted turns: one to warm up, and two that find the best number of threads.
TRIALS = 3
SCORE_NOISE = 0.05  # largest difference of test scores, also of peers with their own batches

Say = Callable[[str], None]


@dataclass(frozen=True)
class Rules:
    """Rules of a race.

    Attributes:
        turns: number of counted turns of each peer.
        tries: number of tries of a turn in which other processes are busy.
        threads: largest number of threads of a peer.
    """

    turns: int
    tries: int
    threads: int


@dataclass(frozen=True)
class Result:
    """Result of a peer in a work.

    Attributes:
        cannot: reason why it did not take part; all else is then empty.
        threads: its fastest number of threads.
        rates: samples per second of each turn.
        busy_cores: cores that other processes used meanwhile.
        import_seconds: import of the peer's libraries.
        first_step_seconds: from the start of the process.
        peak_mebibytes: the most memory of the process, training and test samples included.
        score: on the test samples, after the same number of steps: accuracy, or R^2.
        difference: of the weights from those of the reference after 100 steps, over the way that
            these went; None where the peer draws its own batches.
        floor: the share of its time that a step at the machine's limits would take, in the median
            of the turns.
        measured: date, machine and versions of the measurement.
    """

    work: Work
    peer: Peer
    cannot: str = ""
    threads: int = 0
    rates: tuple[float, ...] = ()
    busy_cores: tuple[float, ...] = ()
    import_seconds: float = 0.0
    first_step_seconds: float = 0.0
    peak_mebibytes: float = 0.0
    score: float = 0.0
    difference: float | None = None
    floor: float | None = None
    measured: str = ""

    @property
    def rate(self) -> float:
        """Median rate of the turns."""
        return statistics.median(self.rates)


@dataclass
class Racer:
    """A peer that takes part: its process, and its measurements so far."""

    process: Process
    facts: dict[str, Any]
    weights: Weights
    seconds: list[float] = field(default_factory=list)
    difference: float | None = None


def race(work: Work, peers: Sequence[Peer], rules: Rules, say: Say) -> list[Result]:
    """Run the race and return the results of all peers, in order.

    Args:
        work: work to train.
        peers: peers to compare.
        rules: rules of the race.
        say: called with messages about the progress.
    """
    cannot = {peer: why for peer in peers if (why := peer.cannot(work))}
    racers: dict[Peer, Racer] = {}
    floors: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        initial = lay_out(work, folder)
        try:
            for peer in peers:
                if peer in cannot:
                    continue
                say(f"{peer.name}: starts")
                try:
                    racers[peer] = best_start(peer, work, folder, rules.threads)
                except Failed as failed:
                    say(f"{peer.name}: failed: {failed}")
                    cannot[peer] = f"failed: {failed}"
            cannot |= refused(work, racers, initial)
            for turn in range(1, rules.turns + 1):
                for peer, racer in racers.items():
                    if peer not in cannot:
                        say(f"{peer.name}: turn {turn} of {rules.turns}")
                        racer.seconds.append(racer.process.turn(TRIALS + turn, rules.tries))
                        # Right after the turn, as the speed of the machine varies over time.
                        floors += [floor_seconds(racer)] if peer.ours else []
        finally:
            for racer in racers.values():
                racer.process.close()
    return [
        Result(work, peer, cannot=cannot[peer])
        if peer in cannot
        else result(work, racers[peer], floors)
        for peer in peers
    ]


def lay_out(work: Work, folder: Path) -> Weights:
    """Write samples and initial weights to a folder; return the weights, by member."""
    samples.save(work.data, folder)
    members = [initial_weights(work, seed) for seed in range(work.members)]
    initial = {key: np.stack([member[key] for member in members]) for key in members[0]}
    np.savez(folder / INITIAL, allow_pickle=False, **initial)
    return initial


def best_start(peer: Peer, work: Work, folder: Path, most_threads: int) -> Racer:
    """Start a peer with the number of threads that is fastest.

    Each number needs a new worker, as not every library can change it later. The time of the first
    step is that of the first worker, which has the most threads.
    """
    counts = [most_threads] if peer.ours else sorted({most_threads, 1}, reverse=True)
    best: Racer | None = None
    fastest = float("inf")
    for threads in counts:
        racer, seconds = start(peer, work, folder, threads)
        if best is None:
            first = {n: racer.facts[n] for n in ("import_seconds", "first_step_seconds")}
        if seconds < fastest:
            best, racer = racer, best
            fastest = seconds
        if racer is not None:
            racer.process.close()
    assert best is not None
    best.facts |= first
    return best


def start(peer: Peer, work: Work, folder: Path, threads: int) -> tuple[Racer, float]:
    """Return a racer that has done all steps before the counted turns, and its seconds a turn."""
    process = Process(peer, work, folder, threads)
    try:
        facts = process.ask("begin")
        with np.load(process.ask("check")["weights"]) as stored:
            weights = dict(stored)
        trials = [process.ask("learn", turn=turn)["seconds"] for turn in range(TRIALS)]
        facts |= process.ask("memory") | process.ask("score")
    except Failed:
        process.close()
        raise
    return Racer(process, facts, weights), min(trials[1:])


def refused(work: Work, racers: dict[Peer, Racer], initial: Weights) -> dict[Peer, str]:
    """Return the peers whose results differ from the reference, with the reason.

    The reference is PyTorch eager, or the first peer without it.
    """
    comparable = [peer for peer in racers if not peer.own_batches]
    if not comparable:
        return {}
    named = [peer for peer in comparable if peer.name == "PyTorch eager"]
    reference = racers[(named or comparable)[0]]
    way = distance(reference.weights, initial)
    why: dict[Peer, str] = {}
    for peer, racer in racers.items():
        if not peer.own_batches:
            racer.difference = distance(racer.weights, reference.weights) / way
            if not racer.difference <= most_difference(work):
                why[peer] = f"its weights differ by {racer.difference:.0%} of their way"
        if not abs(racer.facts["score"] - reference.facts["score"]) <= SCORE_NOISE:
            scores = f"{racer.facts['score']:.3f}, not {reference.facts['score']:.3f}"
            why[peer] = f"its test score is {scores}"
    return why


def most_difference(work: Work) -> float:
    """Return the largest accepted distance of weights, relative to their distance from the start.

    Rounding alone causes 1e-6 in a small network. Where a gradient is almost 0, Adam depends on its
    sign, and ten batch normalisations in a row amplify that: there a change of an initial weight by
    1e-7 of itself caused 0.3, in chainrule alone. Other batches cause a half and more, and also
    another test score.
    """
    if any(isinstance(layer, Block) for layer in work.network):
        return 0.6
    return 0.3 if work.precision == "float32" else 0.5


def distance(a: Weights, b: Weights) -> float:
    """Return the Euclidean distance of all weights."""
    return float(np.sqrt(sum(np.square(a[key] - b[key], dtype=np.float64).sum() for key in a)))


def floor_seconds(ours: Racer) -> float:
    """Return the least seconds of a step of chainrule's plan, as the machine is now."""
    answer = ours.process.ask("floor")
    ours.process.threads = answer["threads"]
    return float(answer["floor_seconds"])


def result(work: Work, racer: Racer, floors: Sequence[float]) -> Result:
    """Return the result of a racer; there is a floor for each turn, or for none."""
    steps = [seconds / work.steps for seconds in racer.seconds]
    shares = [floor / step for floor, step in zip(floors, steps, strict=False)]
    return Result(
        work,
        racer.process.peer,
        threads=racer.process.threads,
        rates=tuple(work.samples_a_turn / seconds for seconds in racer.seconds),
        busy_cores=tuple(racer.process.busy),
        difference=racer.difference,
        floor=statistics.median(shares) if shares else None,
        **racer.facts,
    )
