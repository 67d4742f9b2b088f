"""`volery demo`: swarms search a hall and report by radio; table, picture, film and page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from volery.cli.common import Progress, add_command, add_set, config_from, table


def add_demo(commands: Any) -> None:
    """Adds `volery demo`."""
    parser = add_command(
        commands,
        "demo",
        "Let 32 swarms of 32 drones search a hall and report by radio; draw and film one of them.",
        "  volery demo\n  volery demo --worlds 8 --threads 2 --out /tmp/demo.png",
    )
    parser.add_argument("--worlds", type=int, default=32, help="halls (default 32)")
    parser.add_argument(
        "--agents", type=int, default=32, help="drones per hall, the base among them (default 32)"
    )
    parser.add_argument("--threads", type=int, default=0, help="threads; one per core if left out")
    parser.add_argument("--seed", type=int, default=0, help="of the first hall (default 0)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out/demo.png"),
        help="the picture; video, page and recording stand beside it",
    )
    add_set(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    # matplotlib is wanted only here; say so before anything flies
    from volery import demo, demo_report, plot, plot_search
    from volery.outputs import PICTURES, checked_output

    plot.require_matplotlib()
    checked_output(arguments.out, PICTURES)
    config = config_from(arguments.settings)
    flight = demo.fly(
        arguments.worlds,
        arguments.agents,
        threads=arguments.threads,
        seed=arguments.seed,
        progress=Progress,
        **config,
    )
    print(table(demo_report.report(flight), indent=""))
    world = flight.shown_world
    plot_search.draw_search(flight, demo.replay(flight, world), world, arguments.out)
    print(f"picture: {arguments.out}")
    _show(flight, world, arguments.out)
    return 0


def _show(flight: Any, world: int, out: Path) -> None:
    """Films the flight and writes its page; without OpenGL there is no film, and it says so."""
    from volery import demo_show

    shown = demo_show.show(flight, world, out, Progress)
    if shown.video is None:
        print(f"no video: {shown.why_no_video}")
    else:
        print(f"video: {shown.video} ({demo_show.SPEED} times real time)")
    print(f"page: {shown.page} (open it in any browser: xdg-open {shown.page})")
    print(f"recording: {shown.recording} (in a window: ./run view {shown.recording})")
