"""`volery plot`: recorded flights, curves of vehicles and tracks of their controllers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from volery.cli.common import add_command

SUFFIX = ".vrec"

_RESPONSE = "steps of 1 m sideways and up, and the tracks of circle and figure-eight"


def add_plot(commands: Any) -> None:
    """Adds `volery plot`."""
    from volery.plot_curves import PLOTS

    docs = {name: draw.__doc__ for name, draw in PLOTS.items()} | {"response": _RESPONSE}
    kinds = "\n".join(f"  {name:<14} {docs[name]}" for name in sorted(docs))
    parser = add_command(
        commands,
        "plot",
        "Draw a picture of a recording, or of what the engine does (needs matplotlib).",
        "  volery plot run.vrec --out run.png\n"
        "  volery plot run.vrec --out radio.svg --kind radio\n"
        "  volery plot thrust --vehicle cf2x\n"
        "  volery plot ground-effect --vehicle my.toml -o ground.png\n"
        "  volery plot response --controller lee --controller pid\n\n"
        f"kinds:\n{kinds}\n"
        f"  a .vrec file   paths in 3-D, figures over time and the radio of a recorded flight",
    )
    known = sorted(docs)
    parser.add_argument(
        "kind",
        type=lambda text: _kind(text, known),
        metavar="KIND|RECORDING",
        help="what to draw: a kind, or a recording",
    )
    parser.add_argument(
        "--vehicle", default="cf2x", help="name or path of a TOML file (default cf2x)"
    )
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        default=None,
        help="the picture, .png, .svg, .pdf or .webp (default out/KIND-VEHICLE.png, or "
        "out/RECORDING.png)",
    )
    recording = parser.add_argument_group("recording")
    recording.add_argument(
        "--kind",
        dest="part",
        choices=("paths", "metrics", "radio", "all"),
        default="all",
        help="which picture (default all)",
    )
    recording.add_argument("--world", type=int, default=0, metavar="W", help="default 0")
    recording.add_argument(
        "--rate", type=float, default=20, metavar="HZ", help="of the samples (default 20)"
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


def _kind(text: str, known: list[str]) -> str:
    """Returns what to draw, of a word that is a kind or the path of a recording."""
    if text in known or Path(text).suffix == SUFFIX or Path(text).is_file():
        return text
    from volery import _volery

    raise argparse.ArgumentTypeError(
        f"invalid choice: {text!r} is no {SUFFIX} file and no kind"
        + _volery.nearest_name(text, known)
    )


def _run(arguments: argparse.Namespace) -> int:
    from volery.outputs import PICTURES, checked_output
    from volery.plot import require_matplotlib
    from volery.plot_curves import PLOTS
    from volery.vehicles import require_rotorcraft

    require_matplotlib()
    if arguments.kind not in (*PLOTS, "response"):
        from volery import plot_recording

        out = arguments.out or Path("out") / f"{Path(arguments.kind).stem}.png"
        plot_recording.draw(
            arguments.kind, out, arguments.part, world=arguments.world, rate_hz=arguments.rate
        )
        print(f"picture: {out}")
        return 0
    require_rotorcraft(arguments.vehicle, f"plot {arguments.kind}")
    stem = f"{arguments.kind}-{Path(arguments.vehicle).stem}"
    if arguments.kind == "response":
        from volery.plot_response import draw_response

        laws = arguments.controller or ["lee"]
        out = checked_output(
            arguments.out or Path("out") / f"{stem}-{'-'.join(laws)}.png", PICTURES
        )
        rates = (arguments.physics_rate, arguments.control_rate)
        draw_response(arguments.vehicle, laws, rates, out)
    else:
        out = checked_output(arguments.out or Path("out") / f"{stem}.png", PICTURES)
        PLOTS[arguments.kind](arguments.vehicle, out)
    print(f"picture: {out}")
    return 0
