"""Training speed of chainrule and its peers, in one run.

Each peer trains the same networks, from the same weights, on the same batches, with Adam in the
same precision, in a separate process. First it is checked that they compute the same: weights after
100 steps, test scores after some hundred. Then they take turns of a fixed number of steps, one
computing while the others wait; a turn in which other processes were busy is repeated. A peer has
one thread or two, whichever is faster; chainrule chooses its own.
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

# Libraries of the peers whose versions are recorded, in addition to PyTorch.
LIBRARIES = ("jax", "optax", "flax", "keras", "scikit-learn", "skorch")

EXAMPLES = """\
all of it, about 45 minutes:   python -m benchmarks.speed --write benchmarks
one work, quickly:             python -m benchmarks.speed --only 'CNN, batch 64' --turns 1
on a machine with other work:  python -m benchmarks.speed --turns 1 --tries 1 --threads 1
chainrule and two peers:       python -m benchmarks.speed --peers chainrule 'PyTorch eager' JAX
"""


def main() -> None:
    """Let the peers train the works, and write the results."""
    arguments = parsed()
    works = [work for work in WORKS if work.name in arguments.only] or usual_works()
    peers = [peer for peer in PEERS if peer.name in arguments.peers]
    rules = Rules(arguments.turns, arguments.tries, arguments.threads)
    starts = compare_starts(arguments.turns)
    results: list[Result] = []
    for number, work in enumerate(works, start=1):
        began = time.monotonic()

        def say(message: str, prefix: str = f"{number} of {len(works)}, {work.name}") -> None:
            print(f"[{prefix}] {message}", flush=True)

        results += race(work, peers, rules, say)
        say(f"done in {time.monotonic() - began:.0f} s")
        print("\n".join(summary(results[-len(peers) :])), flush=True)
        if arguments.write:  # after each work, so that a run that is ended early leaves them
            write(arguments.write, results, starts, arguments.turns)
    if not arguments.write:
        print(as_page(with_origin(results, arguments.turns), starts))


def parsed() -> argparse.Namespace:
    """Parse the command line."""
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
    """Return all works in precisions for which the processor has instructions."""
    return [w for w in WORKS if w.precision == "float32" or multiplies_bfloat16()]


def machine(turns: int) -> str:
    """Return turns, date, machine and versions in a line."""
    versions = [
        f"{distribution.name} {distribution.version}"
        for library in LIBRARIES
        for distribution in metadata.distributions(name=library)
    ]
    today = time.strftime("%Y-%m-%d")
    return f"Median of {turns} turns, {today}, {', '.join([description(), *versions])}."


def with_origin(results: Sequence[Result], turns: int) -> list[Result]:
    """Return the results with date and machine of the measurement."""
    origin = machine(turns)
    return [replace(result, measured=origin) for result in results]


def write(folder: Path, results: Sequence[Result], starts: Starts, turns: int) -> None:
    """Write lines, page and chart to a folder; stored results of other works are kept."""
    lines = folder / "speed.jsonl"
    before = from_lines(lines.read_text().splitlines()) if lines.exists() else []
    timed = {result.work for result in results}
    kept = [result for result in before if result.work not in timed]
    all_results = [*kept, *with_origin(results, turns)]
    lines.write_text("".join(as_lines(all_results, starts)))
    (folder / "speed.md").write_text(as_page(all_results, starts))
    write_chart(all_results, folder / "speed.svg")


if __name__ == "__main__":
    main()
