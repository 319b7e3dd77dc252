"""The run folder: everything about a run in open formats, written while it goes on.

config.toml          all that is needed to run it again
metrics.jsonl        a line an epoch, of each member, appended and synced: the learning curves
checkpoints/         the best weights so far
model.safetensors    the model, once training has ended
test.json            scores on the test samples, and what guessing would score
"""

import json
import math
import time
from pathlib import Path

import tomli_w

from chainrule import durable
from chainrule.errors import InputError
from chainrule.training.loop.record import Record
from chainrule.training.model.model import Model
from chainrule.training.model.model_file import save
from chainrule.training.run_config import RunConfig
from chainrule.training.train import Run

# Short runs would spend more time on checkpoints than on training.
SECONDS_BETWEEN_CHECKPOINTS = 5.0


def check_new(path: Path) -> None:
    """Refuse a place for a run where something is already.

    Raises:
        InputError: there is a file, or a folder that is not empty.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError(
            f"{path}: there is something here already; expected a new folder for the run. "
            "Choose another with --out, or move it away."
        )


class RunFolder:
    """Writes one run. The folder appears when training begins, not before.

    Args:
        path: of the folder, which must not exist or be empty.
        config: that `chainrule train --config` takes.
    Raises:
        InputError: there is something at the path already.
    """

    def __init__(self, path: Path, config: RunConfig) -> None:
        check_new(path)
        self.path = path
        self._config = config
        self._began = ""
        self._saved = -math.inf

    def started(self) -> None:
        """Training begins: lay out the folder."""
        self._began = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        (self.path / "checkpoints").mkdir(parents=True, exist_ok=True)
        durable.write_text(self.path / "config.toml", tomli_w.dumps(self._config.as_toml()))

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """An epoch ended: note it, and keep its weights if they are the best so far."""
        durable.append_line(self.path / "metrics.jsonl", json.dumps(record))
        if best and time.monotonic() - self._saved >= SECONDS_BETWEEN_CHECKPOINTS:
            save(model, self.path / "checkpoints" / "best.safetensors")
            self._saved = time.monotonic()

    def finished(self, run: Run) -> None:
        """Training ended: write the model and its scores."""
        save(run.model, self.path / "model.safetensors")
        scores = {
            "test": run.test,
            "baseline": run.baseline,
            "best_epoch": run.best["epoch"],
            "stopped": run.stopped,
            "samples": run.sizes,
            "began": self._began,
            "seconds": run.seconds,
            "leaks": run.leaks,
            "notes": run.notes,
        }
        if run.members:
            scores["members"] = [
                {"test": one.test, "best_epoch": one.best["epoch"], "stopped": one.stopped}
                for one in run.members
            ]
        durable.write_text(self.path / "test.json", json.dumps(scores, indent=2) + "\n")
