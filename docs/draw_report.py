"""Draw the top of a report into docs/pictures/report.png, the picture of the README.

    python -m docs.draw_report

Trains on the digits of the demo, and takes the picture of the page with Chromium, which has to be
installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from chainrule.demo import write_data

PICTURE = Path(__file__).parent / "pictures" / "report.png"
WIDTH, HEIGHT = 1280, 1372
COLOURS = 64


def main() -> None:
    """Train, and draw the report."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if browser is None:
        sys.exit("chromium: got no such program, expected one. Install it: apt install chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_data(folder)
        train = f"-m chainrule train {folder}/digits.csv --target digit --out {folder}/run"
        subprocess.run([sys.executable, *train.split()], check=True)
        page, screenshot = folder / "run" / "report.html", folder / "report.png"
        # A page of one's own making needs no sandbox, which containers do not allow.
        options = f"--headless --no-sandbox --hide-scrollbars --window-size={WIDTH},{HEIGHT}"
        subprocess.run(
            [browser, *options.split(), f"--screenshot={screenshot}", page.as_uri()],
            check=True,
            capture_output=True,
        )
        with Image.open(screenshot) as picture:
            palette = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            palette.save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
