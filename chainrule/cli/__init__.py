"""The command line: chainrule train, predict, check, demo."""

import sys

from chainrule.cli.app import app
from chainrule.errors import InputError


def main() -> None:
    """Run the command that the arguments name.

    A mistake in what was given is one message on standard error and exit status 2, without a
    traceback; an interruption is exit status 130.
    """
    try:
        app()
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
