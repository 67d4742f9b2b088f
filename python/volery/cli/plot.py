"""`volery plot`: curves of a vehicle, measured in the engine, as pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from volery.cli.common import add_command


def add_plot(commands: Any) -> None:
    """Adds `volery plot`."""
    from volery.plot_curves import PLOTS

    kinds = "\n".join(f"  {name:<14} {draw.__doc__}" for name, draw in PLOTS.items())
    parser = add_command(
        commands,
        "plot",
        "Draw a curve of a vehicle, measured in the engine beside its formula.",
        "  volery plot thrust --vehicle cf2x\n"
        "  volery plot ground-effect --vehicle my.toml -o ground.png\n\n"
        f"kinds:\n{kinds}",
    )
    parser.add_argument("kind", choices=sorted(PLOTS), metavar="KIND", help="what to draw")
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
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from volery.plot import require_matplotlib
    from volery.plot_curves import PLOTS

    require_matplotlib()
    stem = Path(arguments.vehicle).stem
    out = arguments.out or Path("out") / f"{arguments.kind}-{stem}.png"
    PLOTS[arguments.kind](arguments.vehicle, out)
    print(f"picture: {out}")
    return 0
