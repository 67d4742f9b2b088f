"""Finding and starting the programs of C++: `volery-view` and `volery-sim`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

_SCRIPT_MARK = b"#!"

# how else to get at what a program does, for its message
_INSTEAD = {
    "volery-view": "; render_mode='rgb_array' needs no window",
    "volery-sim": "; `volery bench` and `volery replay` do much of the same",
}


def find_program(name: str) -> str:
    """Returns the path of a program of Volery's.

    Looks at its variable in the environment (VOLERY_VIEW, VOLERY_SIM), into the package, into the
    build folder of a checkout and into PATH.

    Raises:
        RuntimeError: Where there is none: the package was built without it; or where the variable
            names something else.
    """
    variable = name.upper().replace("-", "_")
    package = Path(__file__).resolve().parent
    candidates = [
        package / "bin" / name,
        package.parents[1] / "build" / "release" / name,
        *(path for folder in os.get_exec_path() if not _is_script(path := Path(folder) / name)),
    ]
    given = os.environ.get(variable)
    if given:
        if not _is_program(Path(given)):
            raise RuntimeError(f"{variable} = {given!r}: is no program; unset it, or name {name}")
        return given
    for candidate in candidates:
        if _is_program(candidate):
            return str(candidate)
    raise RuntimeError(
        f"{name}: no such program; this package was built without it. Build it with `./run build`, "
        f"put it into PATH or name it in {variable}{_INSTEAD[name]}"
    )


def run_sim() -> NoReturn:
    """The installed command `volery-sim`: becomes the program in the package."""
    try:
        path = find_program("volery-sim")
    except RuntimeError as error:
        sys.exit(f"volery-sim: {error}")
    os.execv(path, ["volery-sim", *sys.argv[1:]])


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


# pip's own starter of run_sim() is called volery-sim too, and must not be taken for the program
def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SCRIPT_MARK)) == _SCRIPT_MARK
    except OSError:
        return False
