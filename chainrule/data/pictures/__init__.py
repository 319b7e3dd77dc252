"""Reading of pictures: folders of files, tables that name files, arrays in npz files, and IDX.

They are decoded once, into one array of bytes, so that training never waits for a file.
"""

from chainrule.data.pictures.arrays import read_npz
from chainrule.data.pictures.folder import folder_holds_pictures, read_folder
from chainrule.data.pictures.picture_table import read_picture_table

__all__ = [
    "folder_holds_pictures",
    "read_folder",
    "read_npz",
    "read_picture_table",
]
