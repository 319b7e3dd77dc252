"""A recipe: a command line of `chainrule train`, run as a person would run it."""

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
        name: for people.
        options: of the command, its data included, but no seed.
    """

    name: str
    options: str

    @property
    def command(self) -> str:
        """As it would be typed."""
        return f"chainrule train {self.options} --seed SEED"

    def run(self, folder: Path, seed: int) -> dict[str, Any]:
        """What the command tells with `--json`, run in the folder of the data.

        Raises:
            SystemExit: it failed; with what it said.
        """
        with tempfile.TemporaryDirectory() as out:
            command = [sys.executable, "-m", "chainrule", "train", *self.options.split()]
            command += ["--seed", str(seed), "--out", f"{out}/run", "--json"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{self.name}: {done.stderr}")
        told = dict(json.loads(done.stdout))
        print(f"{self.name}, seed {seed}: {told['test']} in {told['seconds']:.0f} s", flush=True)
        return told
