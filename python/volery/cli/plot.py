"""`volery plot`: curves of a vehicle and tracks of its controllers, measured in the engine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from volery.cli.common import add_command

_RESPONSE = "steps of 1 m sideways and up, and the tracks of circle and figure-eight"


def add_plot(commands: Any) -> None:
    """Adds `volery plot`."""
    from volery.plot_curves import PLOTS

    docs = {name: draw.__doc__ for name, draw in PLOTS.items()} | {"response": _RESPONSE}
    kinds = "\n".join(f"  {name:<14} {docs[name]}" for name in sorted(docs))
    parser = add_command(
        commands,
        "plot",
        "Draw a picture of what the engine does (needs matplotlib).",
        "  volery plot thrust --vehicle cf2x\n"
        "  volery plot ground-effect --vehicle my.toml -o ground.png\n"
        "  volery plot response --controller lee --controller pid\n\n"
        f"kinds:\n{kinds}",
    )
    parser.add_argument("kind", choices=sorted(docs), metavar="KIND", help="what to draw")
    parser.add_argument(
        "--vehicle", default="cf2x", help="name or path of a TOML file (default cf2x)"
    )
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        default=None,
        help="the picture, .png, .svg or .pdf (default out/KIND-VEHICLE.png)",
    )
    response = parser.add_argument_group("response")
    response.add_argument(
        "--controller",
        action="append",
        metavar="LAW",
        help="control law; may be repeated (default lee)",
    )
    response.add_argument("--physics-rate", type=int, default=240, metavar="HZ", help="default 240")
    response.add_argument("--control-rate", type=int, default=240, metavar="HZ", help="default 240")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from volery.plot import require_matplotlib
    from volery.vehicles import require_rotorcraft

    require_matplotlib()
    require_rotorcraft(arguments.vehicle, f"plot {arguments.kind}")
    stem = f"{arguments.kind}-{Path(arguments.vehicle).stem}"
    if arguments.kind == "response":
        from volery.plot_response import draw_response

        laws = arguments.controller or ["lee"]
        out = arguments.out or Path("out") / f"{stem}-{'-'.join(laws)}.png"
        rates = (arguments.physics_rate, arguments.control_rate)
        draw_response(arguments.vehicle, laws, rates, out)
    else:
        from volery.plot_curves import PLOTS

        out = arguments.out or Path("out") / f"{stem}.png"
        PLOTS[arguments.kind](arguments.vehicle, out)
    print(f"picture: {out}")
    return 0
