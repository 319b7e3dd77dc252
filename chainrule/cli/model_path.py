"""Path of a model: its file, or the folder of its run."""

from pathlib import Path

from chainrule.errors import InputError


def resolve_model_file(path: Path) -> Path:
    """Return the file of a model; for the folder of a run, the model file in it.

    Raises:
        InputError: the folder has no model file, or the path is that of a device or a pipe.
    """
    if path.exists() and not path.is_dir() and not path.is_file():
        raise InputError(
            f"{path}: got a device or a pipe, expected a model or the folder of a run. Give "
            "another, such as runs/NAME-DATE-TIME."
        )
    if not path.is_dir():
        return path
    file = path / "model.safetensors"
    if not file.is_file():
        raise InputError(
            f"{path}: got a folder without a model.safetensors, expected the folder of a run that "
            "has ended, or a model. Give another, such as runs/NAME-DATE-TIME."
        )
    return file
