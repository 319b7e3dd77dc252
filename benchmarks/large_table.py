"""A table larger than memory: memory, time and accuracy of training on it.

Generates a table of numbers, categories and missing values whose target depends on them by a known
probability, so that the best possible score is known. Its rows are sorted by the target, the worst
order for training. `chainrule train` trains on it in a separate process, from Parquet and from CSV,
within a memory limit; and on a twentieth of it in memory, for comparison.

    python -m benchmarks.large_table --rows 20000000
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from benchmarks.machine import OtherWork, description

CHUNK = 250_000
SEED = 0
FRACTION = 20  # one in so many rows is learned in memory
CITIES, MODELS = 40, 400
MISSING = 0.05
ANY = "1PB"  # of memory: nothing is read some rows at a time


def main() -> None:
    """Make the tables, train on them, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--memory", default="2GiB", help="memory limit of chainrule")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--in-memory", action="store_true", help="train on all rows in memory, too")
    parser.add_argument("--folder", type=Path, help="folder for the tables, which are large")
    parser.add_argument("--write", type=Path, help="file for the page")
    arguments = parser.parse_args()
    others = OtherWork()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        page = "\n".join(measured(Path(name), arguments))
    page += f"\n\n{time.strftime('%Y-%m-%d')}, {description()}; others kept {others.cores():.1f} "
    page += "cores busy.\n"
    print(page)
    if arguments.write:
        arguments.write.write_text(page)


def measured(folder: Path, arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the lines of the page."""
    rows, memory, epochs = arguments.rows, arguments.memory, arguments.epochs
    best = write_tables(folder / "large", rows)
    write_tables(folder / "small", rows // FRACTION)
    cases = [
        ("Parquet", folder / "large.parquet", memory),
        ("CSV", folder / "large.csv", memory),
        ("a twentieth of the rows", folder / "small.parquet", ANY),
    ]
    if arguments.in_memory:
        cases += [(what, table, ANY) for what, table, _ in cases[:2]]
    yield f"{rows:,} rows of {len(COLUMNS)} columns in the order of the target; {epochs} epochs;"
    yield f"--memory {memory}. Best accuracy that can be reached: {best:.4f}."
    yield ""
    yield "| | file, GB | peak memory, MiB | seconds to prepare | seconds an epoch | accuracy |"
    yield "|---|---|---|---|---|---|"
    for what, table, allowed in cases:
        print(what, file=sys.stderr, flush=True)
        run = train(table, folder / table.name.replace(".", "-"), allowed, epochs)
        yield (
            f"| {what}, {run.read} | {table.stat().st_size / 1e9:.2f} | {run.peak_mebibytes:,.0f} "
            f"| {run.seconds_to_prepare:,.0f} | {run.seconds_an_epoch:,.0f} | {run.accuracy:.4f} |"
        )


@dataclass(frozen=True)
class Run:
    """Measurements of one training.

    Attributes:
        read: how the table was read, streamed or into memory.
        peak_mebibytes: peak of the resident memory of the process and its children.
        seconds_to_prepare: from the start of the process to the first epoch.
        seconds_an_epoch: mean, without validation.
        accuracy: accuracy on the test rows.
    """

    read: str
    peak_mebibytes: float
    seconds_to_prepare: float
    seconds_an_epoch: float
    accuracy: float


def train(table: Path, out: Path, memory: str, epochs: int) -> Run:
    """Train in a separate process."""
    options = ["--target", "bought", "--memory", memory, "--epochs", str(epochs), "--out", str(out)]
    command = [sys.executable, "-m", "chainrule", "train", str(table), *options]
    began = time.time()
    # A vector for each of 400 models instead of 400 features: a fifth of the disk and of the time.
    command += ["--preset", "plain", "--encoding", "auto"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        # The kernel records the peak of one process; that of several together has to be sampled.
        together = sum(_resident_bytes(number, "VmRSS") for number in _tree(process.pid))
        peak = max(peak, together, _resident_bytes(process.pid, "VmHWM"))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"chainrule ended with status {process.returncode}")
    records = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    scores = json.loads((out / "test.json").read_text())
    at_a_time = any("are read some at a time" in note for note in scores["notes"])
    return Run(
        read="some rows at a time" if at_a_time else "in memory",
        peak_mebibytes=peak / 2**20,
        seconds_to_prepare=(out / "config.toml").stat().st_mtime - began,
        seconds_an_epoch=sum(record["seconds"] for record in records) / len(records),
        accuracy=scores["test"]["accuracy"],
    )


def _tree(process: int) -> list[int]:
    """Return the ids of a process and all its descendants."""
    processes = [process]
    for number in processes:
        children = Path(f"/proc/{number}/task/{number}/children")
        try:
            processes += map(int, children.read_text().split())
        except OSError:
            continue  # the process has ended
    return processes


def _resident_bytes(process: int, field: str) -> int:
    """Return the resident memory of a process in bytes: VmRSS now, VmHWM at its peak."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith(field)]
    return 1024 * int(lines[0].split()[1]) if lines else 0


def write_tables(path: Path, rows: int) -> float:
    """Write the same rows as Parquet and as CSV, and return the best possible accuracy."""
    free = shutil.disk_usage(path.parent).free
    if free < 400 * rows:
        raise SystemExit(f"{path.parent} has {free / 1e9:.0f} GB free; give another --folder.")
    best, schema = 0.0, pa.schema(COLUMNS)
    with (
        pyarrow.parquet.ParquetWriter(path.with_suffix(".parquet"), schema) as parquet,
        pyarrow.csv.CSVWriter(path.with_suffix(".csv"), schema) as text,
    ):
        for bought in ("no", "yes"):
            for start in range(0, rows, CHUNK):
                chunk, probability = made(min(CHUNK, rows - start), start)
                best += float(np.maximum(probability, 1 - probability).sum()) / 2
                part = chunk.filter(pa.compute.equal(chunk["bought"], bought))
                parquet.write_table(part)
                text.write_table(part)
    return best / rows


COLUMNS = [
    *((name, pa.float64()) for name in ("age", "income", "visits", "distance", "noise")),
    ("clicks", pa.int64()),
    *((name, pa.string()) for name in ("city", "model", "channel", "bought")),
]


def made(rows: int, start: int) -> tuple[pa.Table, NDArray[np.float64]]:
    """Return rows from the row `start` on, and the probability of "yes" for each.

    A missing value enters the probability as missing, so that it depends only on values in the
    table.
    """
    draw = np.random.default_rng((SEED, start))
    age = draw.normal(45, 12, rows).round(1)
    income = draw.lognormal(10, 0.6, rows).round()
    visits = draw.exponential(3, rows)
    distance, noise = draw.normal(size=(2, rows))
    clicks = draw.poisson(4, rows)
    city, model, channel = (draw.integers(n, size=rows) for n in (CITIES, MODELS, 4))
    unknown_income, unknown_city = draw.random((2, rows)) < MISSING
    of_city, of_model = np.sin(7.0 * np.arange(CITIES)), np.cos(3.0 * np.arange(MODELS))
    score = (
        1.5 * np.sin(age / 8)
        + np.where(unknown_income, 1.0, np.log(income / np.exp(10)))
        - 0.5 * np.abs(distance) * (channel == 2)
        + 0.3 * (clicks - 4) * np.tanh(visits - 3)
        + np.where(unknown_city, -1.0, of_city[city])
        + of_model[model]
    )
    probability = 1 / (1 + np.exp(-1.5 * score))
    texts = {
        "city": np.where(unknown_city, np.array(None), np.char.add("city ", city.astype(str))),
        "model": np.char.add("m", model.astype(str)),
        "channel": np.array(["web", "shop", "phone", "mail"])[channel],
        "bought": np.where(draw.random(rows) < probability, "yes", "no"),
    }
    numbers = {
        "age": age,
        "income": np.where(unknown_income, np.nan, income),
        "visits": visits,
        "distance": distance,
        "noise": noise,
        "clicks": clicks,
    }
    table = pa.table({**numbers, **texts}, schema=pa.schema(COLUMNS))
    return table, probability


if __name__ == "__main__":
    main()
