"""Public data that the repository may not ship; an environment variable gives its folder."""

import os
from pathlib import Path


def public_data(holds: str) -> Path:
    """Return the folder that the environment variable CHAINRULE_DATA names.

    Args:
        holds: required contents, such as mnist/.
    Raises:
        SystemExit: the variable is not set.
    """
    if "CHAINRULE_DATA" not in os.environ:
        raise SystemExit(f"Set CHAINRULE_DATA to the folder that holds {holds}.")
    return Path(os.environ["CHAINRULE_DATA"])
