"""chainrule demo: train on two real data sets."""

import shlex
import time
from pathlib import Path

from chainrule.cli.config import load_config
from chainrule.cli.folder import check_writable
from chainrule.cli.train import train_command
from chainrule.demo import write_data


def demo_command(out: Path) -> None:
    """Write the data sets into a folder, and train on each as `chainrule train` does."""
    check_writable(out)
    out.mkdir(parents=True, exist_ok=True)
    penguins, digits = write_data(out)
    for data, target in ((penguins, "species"), (digits, "digit")):
        folder = out / f"{data.stem}-{time.strftime('%Y%m%d-%H%M%S')}"
        command = ["chainrule", "train", str(data), "--target", target, "--out", str(folder)]
        print(f"$ {shlex.join(command)}", flush=True)
        train_command(load_config({"data": data, "target": target}, None), folder, as_json=False)
        print()
    print("These were real data. Now yours: chainrule train YOUR-DATA.csv --target COLUMN")
