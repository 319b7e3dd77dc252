"""The pictures of the examples, put into the book as pictures/NN_name.png."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files


# Before the plugin for languages, which then shares them between the languages.
@event_priority(100)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add each picture that an example drew."""
    folder = Path(config.config_file_path).parent / config.extra["pictures"]
    pictures = sorted(folder.glob("*.png"))
    if not pictures:
        raise PluginError(
            f"{folder}: got no pictures, expected those of the examples. "
            "Draw them by: make examples"
        )
    for picture in pictures:
        files.append(File.generated(config, f"pictures/{picture.name}", abs_src_path=str(picture)))
    return files
