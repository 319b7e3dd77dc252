"""How fast chainrule trains beside its peers, in one run.

Each peer trains the same networks, from the same weights, on the same batches, with Adam in the
same precision, in a process of its own. First it is checked that they compute the same: weights
after 100 steps, test scores after some hundred. Then they take turns of a fixed number of steps,
one computing while the others wait; a turn in which other processes were busy is repeated. A peer
has one thread or two, whichever suits it better; chainrule chooses its own.
"""

from __future__ import annotations

import argparse
import os
import textwrap
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from benchmarks.chart import write_chart
from benchmarks.machine import description, multiplies_bfloat16
from benchmarks.peers import PEERS
from benchmarks.race import Result, Rules, race
from benchmarks.start import Starts, compare_starts
from benchmarks.table import as_lines, as_page, from_lines, summary
from benchmarks.works import WORKS, Work

# Of the peers, beside PyTorch.
LIBRARIES = ("jax", "optax", "flax", "keras", "scikit-learn", "skorch")

EXAMPLES = """\
all of it, about 45 minutes:   python -m benchmarks.speed --write benchmarks
one work, quickly:             python -m benchmarks.speed --only 'CNN, batch 64' --turns 1
on a machine with other work:  python -m benchmarks.speed --turns 1 --tries 1 --threads 1
chainrule beside two peers:    python -m benchmarks.speed --peers chainrule 'PyTorch eager' JAX
"""


def main() -> None:
    """Let the peers train the works, and write down what came of it."""
    arguments = parsed()
    works = [work for work in WORKS if work.name in arguments.only] or usual_works()
    peers = [peer for peer in PEERS if peer.name in arguments.peers]
    rules = Rules(arguments.turns, arguments.tries, arguments.threads)
    starts = compare_starts(arguments.turns)
    results: list[Result] = []
    for number, work in enumerate(works, start=1):
        began = time.monotonic()

        def say(what: str, place: str = f"{number} of {len(works)}, {work.name}") -> None:
            print(f"[{place}] {what}", flush=True)

        results += race(work, peers, rules, say)
        say(f"done in {time.monotonic() - began:.0f} s")
        print("\n".join(summary(results[-len(peers) :])), flush=True)
        if arguments.write:  # after each work, so that a run that is ended early leaves them
            write(arguments.write, results, starts, arguments.turns)
    if not arguments.write:
        print(as_page(told(results, arguments.turns), starts))


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed",
        description=__doc__,
        epilog="examples:\n" + textwrap.indent(EXAMPLES, "  "),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="WORK",
        choices=[work.name for work in WORKS],
        help="works, instead of all that suit the processor: " + "; ".join(w.name for w in WORKS),
    )
    parser.add_argument(
        "--peers",
        nargs="+",
        default=[peer.name for peer in PEERS],
        metavar="PEER",
        choices=[peer.name for peer in PEERS],
        help="who takes part, instead of all: " + "; ".join(peer.name for peer in PEERS),
    )
    parser.add_argument("--turns", type=int, default=5, help="that count, of each (default: 5)")
    parser.add_argument(
        "--tries", type=int, default=5, help="of a turn while other programs are busy (default: 5)"
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=min(2, os.cpu_count() or 1),
        help="most that a peer may have (default: 2); 1 for a machine with other work to do",
    )
    parser.add_argument(
        "--write", type=Path, metavar="FOLDER", help="where speed.jsonl, .md and .svg shall be"
    )
    return parser.parse_args()


def usual_works() -> list[Work]:
    """All works, without those in a precision for which the processor has no instructions."""
    return [w for w in WORKS if w.precision == "float32" or multiplies_bfloat16()]


def machine(turns: int) -> str:
    """What the figures were measured on, and with which versions, in a line."""
    versions = [
        f"{distribution.name} {distribution.version}"
        for library in LIBRARIES
        for distribution in metadata.distributions(name=library)
    ]
    today = time.strftime("%Y-%m-%d")
    return f"Median of {turns} turns, {today}, {', '.join([description(), *versions])}."


def told(results: Sequence[Result], turns: int) -> list[Result]:
    """The results, saying when and on what they were measured."""
    said = machine(turns)
    return [replace(result, measured=said) for result in results]


def write(folder: Path, results: Sequence[Result], starts: Starts, turns: int) -> None:
    """Leave the lines, the page and the chart in a folder; of works not timed now, as they were."""
    lines = folder / "speed.jsonl"
    before = from_lines(lines.read_text().splitlines()) if lines.exists() else []
    timed = {result.work for result in results}
    kept = [result for result in before if result.work not in timed]
    all_of_them = [*kept, *told(results, turns)]
    lines.write_text("".join(as_lines(all_of_them, starts)))
    (folder / "speed.md").write_text(as_page(all_of_them, starts))
    write_chart(all_of_them, folder / "speed.svg")


if __name__ == "__main__":
    main()
