"""`volery plot`: pictures of what the engine does."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from volery.cli.common import add_command


def add_plot(commands: Any) -> None:
    """Adds `volery plot`."""
    parser = add_command(
        commands,
        "plot",
        "Draw a picture (needs matplotlib).",
        "  volery plot response --vehicle cf2x --controller lee\n"
        "  volery plot response --controller lee --controller pid --out out/steps.png\n\n"
        "response: steps of 1 m sideways and up, and the tracks of circle and figure-eight",
    )
    parser.add_argument("what", choices=["response"], help="what to draw")
    parser.add_argument("--vehicle", default="cf2x", metavar="NAME", help="vehicle (cf2x)")
    parser.add_argument(
        "--controller",
        action="append",
        metavar="LAW",
        help="control law; may be repeated (default lee)",
    )
    parser.add_argument("--physics-rate", type=int, default=240, metavar="HZ", help="default 240")
    parser.add_argument("--control-rate", type=int, default=240, metavar="HZ", help="default 240")
    parser.add_argument("--out", type=Path, metavar="FILE", help="PNG (out/response-....png)")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from volery.plot import require_matplotlib
    from volery.plot_response import draw_response

    require_matplotlib()
    laws = arguments.controller or ["lee"]
    path = arguments.out or Path(f"out/response-{arguments.vehicle}-{'-'.join(laws)}.png")
    draw_response(arguments.vehicle, laws, (arguments.physics_rate, arguments.control_rate), path)
    print(f"wrote {path}")
    return 0
