"""The results as a page of tables, and as lines of JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from benchmarks.peers import PEERS, Peer
from benchmarks.race import Result
from benchmarks.start import SMALL, Starts
from benchmarks.works import WORKS, Work

OURS = "chainrule"
START = "start"  # the name of the line of JSON with the start times, which belongs to no work
DASH = "–"  # noqa: RUF001 - a dash for missing cells

Cell = Callable[[Result], str]


def as_page(results: Sequence[Result], starts: Starts) -> str:
    """Return a summary, then a table for each quantity, with works as rows and peers as columns."""
    tables = [
        ("Samples a second (threads)", lambda r: f"{_rate(r)} ({r.threads})"),
        ("Seconds to the first step", lambda r: f"{r.first_step_seconds:.1f}"),
        ("Peak memory of the process, MiB", lambda r: f"{r.peak_mebibytes:,.0f}"),
        ("Accuracy, or R² of the table, on test samples", lambda r: f"{r.score:.3f}"),
        ("Difference of the weights after 100 steps, over their way", _difference),
    ]
    parts = [
        "\n".join(summary(results)),
        *_measured(results),
        *(f"{title}:\n\n" + "\n".join(_by_peer(results, cell)) for title, cell in tables),
        f"From the start of Python to the first step of {SMALL.name}: {starts.first_step:.2f} s; "
        f"to the end of `import torch` alone: {starts.import_torch:.2f} s; "
        f"ratio {starts.ratio:.2f}.",
        *_reasons(results),
    ]
    return "\n\n".join(parts) + "\n"


def summary(results: Sequence[Result]) -> list[str]:
    """Return a table of chainrule against PyTorch eager and against the best peer."""
    lines = [
        "| work | chainrule, samples/s | of the floor | beside PyTorch eager | best peer | beside "
        "the best peer (lowest to highest turn) |",
        "|---|---|---|---|---|---|",
    ]
    for of_work in _of_each_work(results):
        ran = {result.peer.name: result for result in of_work if not result.cannot}
        ours, eager = ran.pop(OURS, None), ran.get("PyTorch eager")
        if ours is None:
            continue
        best = max(ran.values(), key=lambda result: result.rate, default=None)
        cells = [
            ours.work.name,
            _rate(ours),
            DASH if ours.floor is None else f"{ours.floor:.0%}",
            DASH if eager is None else f"**{statistics.median(ratios(ours, eager)):.2f}**",
            DASH if best is None else best.peer.name,
            DASH if best is None else _with_spread(ratios(ours, best)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _rate(result: Result) -> str:
    """Return samples per second, with as many digits as the lines of JSON have."""
    return f"{float(f'{result.rate:.4g}'):,.0f}"


def ratios(ours: Result, theirs: Result) -> list[float]:
    """Return how many times faster chainrule was in each turn, in ascending order."""
    return sorted(a / b for a, b in zip(ours.rates, theirs.rates, strict=True))


def as_lines(results: Sequence[Result], starts: Starts) -> Iterator[str]:
    """Yield a line of JSON for each work and peer, and one for the start times."""
    for of_work in _of_each_work(results):
        ours = next((r for r in of_work if r.peer.name == OURS and not r.cannot), None)
        for result in of_work:
            yield _line(_as_record(result, ours) | {"measured": result.measured})
    record = {"work": START, "import_torch_seconds": starts.import_torch}
    yield _line(record | {"first_step_seconds": starts.first_step})


def from_lines(lines: Iterable[str]) -> list[Result]:
    """Return the results that `as_lines` wrote, for works and peers that still exist."""
    works, peers = {w.name: w for w in WORKS}, {p.name: p for p in PEERS}
    records = [json.loads(line) for line in lines]
    return [
        _from_record(works[record["work"]], peers[record["peer"]], record)
        for record in records
        if record["work"] in works and record["peer"] in peers
    ]


def _as_record(result: Result, ours: Result | None) -> dict[str, Any]:
    named: dict[str, Any] = {"work": result.work.name, "peer": result.peer.name}
    if result.cannot:
        return named | {"cannot": result.cannot}
    ratio = {} if ours is None else {"chainrule_ratio": statistics.median(ratios(ours, result))}
    return {
        **named,
        "samples_per_second": result.rate,
        **ratio,
        "share_of_floor": result.floor,
        "first_step_seconds": result.first_step_seconds,
        "import_seconds": result.import_seconds,
        "peak_mebibytes": result.peak_mebibytes,
        "threads": result.threads,
        "score": result.score,
        "weight_difference": result.difference,
        "samples_per_second_by_turn": result.rates,
        "busy_cores_by_turn": result.busy_cores,
    }


def _from_record(work: Work, peer: Peer, record: dict[str, Any]) -> Result:
    measured = record["measured"]
    if "cannot" in record:
        return Result(work, peer, cannot=record["cannot"], measured=measured)
    return Result(
        work,
        peer,
        threads=record["threads"],
        rates=tuple(record["samples_per_second_by_turn"]),
        busy_cores=tuple(record["busy_cores_by_turn"]),
        import_seconds=record["import_seconds"],
        first_step_seconds=record["first_step_seconds"],
        peak_mebibytes=record["peak_mebibytes"],
        score=record["score"],
        difference=record["weight_difference"],
        floor=record["share_of_floor"],
        measured=measured,
    )


def _line(record: dict[str, Any]) -> str:
    def rounded(value: Any) -> Any:
        if isinstance(value, tuple):
            return [rounded(each) for each in value]
        return float(f"{value:.4g}") if isinstance(value, float) else value

    return json.dumps({name: rounded(value) for name, value in record.items()}) + "\n"


def _by_peer(results: Sequence[Result], cell: Cell) -> list[str]:
    names = [p.name for p in PEERS if any(r.peer == p for r in results)]
    lines = [f"| work | {' | '.join(names)} |", "|---" * (1 + len(names)) + "|"]
    for of_work in _of_each_work(results):
        ran = {result.peer.name: cell(result) for result in of_work if not result.cannot}
        cells = [ran.get(name, DASH) for name in names]
        lines.append(f"| {of_work[0].work.name} | {' | '.join(cells)} |")
    return lines


def _of_each_work(results: Sequence[Result]) -> list[list[Result]]:
    """Return the results grouped by work, in the order of the works."""
    works: list[Work] = [work for work in WORKS if any(r.work == work for r in results)]
    return [[result for result in results if result.work == work] for work in works]


def _with_spread(values: Sequence[float]) -> str:
    return f"**{statistics.median(values):.2f}** ({values[0]:.2f} to {values[-1]:.2f})"


def _difference(result: Result) -> str:
    return "own batches" if result.difference is None else f"{result.difference:.0e}"


def _measured(results: Sequence[Result]) -> list[str]:
    """Return date and machine of the results, and the load by other processes."""
    parts: list[str] = []
    runs = list(dict.fromkeys(result.measured for result in results))
    for run in runs:
        of_run = [result for result in results if result.measured == run]
        cores = [used for result in of_run for used in result.busy_cores]
        works = "; ".join(dict.fromkeys(result.work.name for result in of_run))
        which = f"{works}. " if len(runs) > 1 else ""
        busy = f"{statistics.median(cores):.2f} cores in the turns, {max(cores):.2f} at most."
        parts.append(f"{which}{run} Other processes used {busy} Made by `make bench`.")
    return parts


def _reasons(results: Sequence[Result]) -> list[str]:
    """Return the reasons for the dashes."""
    works: dict[tuple[str, str], list[str]] = {}
    for result in results:
        if result.cannot:
            works.setdefault((result.peer.name, result.cannot), []).append(result.work.name)
    lines = [f"- {peer} ({'; '.join(names)}): {why}" for (peer, why), names in works.items()]
    return ["A dash: not run, or\n\n" + "\n".join(lines)] if lines else []
