"""Public data that the repository may not ship: whoever runs a benchmark says where it is."""

import os
from pathlib import Path


def public_data(holds: str) -> Path:
    """The folder that the environment variable CHAINRULE_DATA names.

    Args:
        holds: what a benchmark wants of it, such as mnist/.
    Raises:
        SystemExit: it names none.
    """
    if "CHAINRULE_DATA" not in os.environ:
        raise SystemExit(f"Set CHAINRULE_DATA to the folder that holds {holds}.")
    return Path(os.environ["CHAINRULE_DATA"])
