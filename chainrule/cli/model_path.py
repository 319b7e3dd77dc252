"""Where a model is that a person names: in a file, or in the folder of its run."""

from pathlib import Path

from chainrule.errors import InputError


def resolve_model_file(given: Path) -> Path:
    """The file of a model, given itself or the folder of the run that made it.

    Raises:
        InputError: it is a folder without one.
    """
    if not given.is_dir():
        return given
    inside = given / "model.safetensors"
    if not inside.is_file():
        raise InputError(
            f"{given}: got a folder without a model.safetensors, expected the folder of a run that "
            "has ended, or a model. Give another, such as runs/NAME-DATE-TIME."
        )
    return inside
