"""The run folder: everything about a run in open formats, written during training.

config.toml          the configuration, to repeat the run
metrics.jsonl        a line for each epoch of each member, appended and synced: the learning curves
checkpoints/         the best weights so far
model.safetensors    the model, written when training has ended
test.json            scores on the test samples, and those of the baseline
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
    """Refuse the path of an existing file or of a folder that is not empty.

    Raises:
        InputError: the path exists already.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError(
            f"{path}: got a path that exists already, expected a new folder for the run. Choose "
            "another with --out, or move it away."
        )


class RunFolder:
    """Writer of the folder of a run, which is created when training begins.

    Args:
        path: path of a folder that is empty or does not exist.
        config: configuration, which `chainrule train --config` takes.
    Raises:
        InputError: the path exists already.
    """

    def __init__(self, path: Path, config: RunConfig) -> None:
        check_new(path)
        self.path = path
        self._config = config
        self._began = ""
        self._saved = -math.inf

    def started(self) -> None:
        """Create the folder when training begins."""
        self._began = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        (self.path / "checkpoints").mkdir(parents=True, exist_ok=True)
        durable.write_text(self.path / "config.toml", tomli_w.dumps(self._config.as_toml()))

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Write the record of an epoch, and its weights if they are the best so far."""
        durable.append_line(self.path / "metrics.jsonl", json.dumps(record))
        if best and time.monotonic() - self._saved >= SECONDS_BETWEEN_CHECKPOINTS:
            save(model, self.path / "checkpoints" / "best.safetensors")
            self._saved = time.monotonic()

    def finished(self, run: Run) -> None:
        """Write the model and its scores when training has ended."""
        save(run.model, self.path / "model.safetensors")
        scores = {
            "test": run.test,
            "baseline": run.baseline,
            "best_epoch": run.best["epoch"],
            "stopped": run.stopped,
            "diverged": run.diverged,
            "samples": run.sizes,
            "began": self._began,
            "seconds": run.seconds,
            "leaks": run.leaks,
            "notes": run.notes,
            "constant_loss": run.constant_loss,
            "fingerprints": run.fingerprints,
        }
        if run.members:
            scores["members"] = [
                {"test": member.test, "best_epoch": member.best["epoch"], "stopped": member.stopped}
                for member in run.members
            ]
        durable.write_text(self.path / "test.json", json.dumps(scores, indent=2) + "\n")
