"""Where files are written: checked before anything is flown, drawn or replaced."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PICTURES = (".png", ".svg", ".pdf", ".webp")
VIDEOS = (".mp4", ".webm", ".gif")


def checked_output(
    path: str | os.PathLike[str], endings: Sequence[str] = (), source: Any = None
) -> Path:
    """Returns the path of a file that can be written; folders that are missing may be made.

    Args:
        path: Of the file.
        endings: What it may end in; anything where there are none.
        source: What the file is made from, a path or a recording: it is not to be overwritten.

    Raises:
        ValueError: For another ending, or the file that it is made from.
        IsADirectoryError: Where there is a folder of that name.
        NotADirectoryError: Where a file is in the way of the folder.
    """
    out = Path(path)
    if out.is_dir():
        raise IsADirectoryError(f"{out}: is a folder, must be the name of a file")
    if endings and out.suffix not in endings:
        raise ValueError(f"{out}: must end in one of {', '.join(endings)}")
    for folder in out.parents:
        if folder.exists():
            if not folder.is_dir():
                raise NotADirectoryError(f"{out}: cannot be written, {folder} is a file")
            break
    made_from = getattr(source, "path", source)
    if isinstance(made_from, (str, os.PathLike)) and out.resolve() == Path(made_from).resolve():
        raise ValueError(f"{out}: is what it would be made from; give it another name")
    return out
