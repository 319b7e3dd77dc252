"""How an example is run: python examples/NN_name.py [--short] [--out FOLDER]."""

import argparse
import textwrap
from collections.abc import Callable
from pathlib import Path

# An example: draws its picture into a folder, prints its finding and returns the finding's figures.
# Short, it does the same with fewer steps and seeds.
Main = Callable[[bool, Path], dict[str, float]]


def print_finding(text: str) -> None:
    """Print what an example found, in lines of at most 100 characters."""
    print(textwrap.fill(f"FINDING: {text}", 100))


def run(main: Main, description: str | None) -> None:
    """Run an example as the command line says.

    Args:
        main: of the example.
        description: its docstring, for --help.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="fewer steps and seeds")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).parent / "pictures",
        help="folder for the picture (default: examples/pictures)",
    )
    given = parser.parse_args()
    main(given.short, given.out)
