"""A recipe: a command line of `chainrule train`, run in a process as by a user."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Recipe:
    """A training command.

    Attributes:
        name: name in the tables.
        options: options of the command, including the data, without the seed.
    """

    name: str
    options: str

    @property
    def command(self) -> str:
        """The command line."""
        return f"chainrule train {self.options} --seed SEED"

    def run(self, folder: Path, seed: int) -> dict[str, Any]:
        """Run the command with `--json` in the folder of the data, and return its output.

        Raises:
            SystemExit: the command failed; with its error output.
        """
        with tempfile.TemporaryDirectory() as out:
            command = [sys.executable, "-m", "chainrule", "train", *self.options.split()]
            command += ["--seed", str(seed), "--out", f"{out}/run", "--json"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{self.name}: {done.stderr}")
        result = dict(json.loads(done.stdout))
        print(
            f"{self.name}, seed {seed}: {result['test']} in {result['seconds']:.0f} s", flush=True
        )
        return result
