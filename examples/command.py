"""The command line of the examples: python examples/NN_name.py [--short] [--out FOLDER]."""

import argparse
import textwrap
from collections.abc import Callable
from pathlib import Path

# An example: draws its figure into a folder, prints its finding and returns the values behind it.
# In short mode it uses fewer steps and seeds.
Main = Callable[[bool, Path], dict[str, float]]


def print_finding(text: str) -> None:
    """Print the finding of an example, in lines of at most 100 characters."""
    print(textwrap.fill(f"FINDING: {text}", 100))


def run(main: Main, description: str | None) -> None:
    """Run an example with the options of the command line.

    Args:
        main: main function of the example.
        description: docstring of the example, for --help.
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
    arguments = parser.parse_args()
    main(arguments.short, arguments.out)
