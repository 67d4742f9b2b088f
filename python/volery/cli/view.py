"""`volery view`: starts the window program volery-view."""

from __future__ import annotations

import argparse
import subprocess
from typing import Any

from volery.cli.common import add_command
from volery.programs import find_program

_EXAMPLES = """\
  volery view --task formation --agents 32
  volery view run.vrec
  volery view scene.toml --task formation
  volery view --task formation --screenshot out.png --at 3.0"""


def add_view(commands: Any) -> None:
    """Adds `volery view`."""
    parser = add_command(
        commands, "view", "Open a window on a live run, a recording or a scene.", _EXAMPLES
    )
    # options are volery-view's own, --help too: nothing that begins with a dash is looked at here
    parser.prefix_chars = "\0"
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    return subprocess.run(
        [find_program("volery-view"), *arguments.arguments], check=False
    ).returncode
