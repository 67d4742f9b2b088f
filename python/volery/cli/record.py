"""`volery record`: flies a task with a scripted policy into a file that can be played again."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from volery.cli.common import Progress, add_command, add_set, config_from


def add_record(commands: Any) -> None:
    """Adds `volery record`."""
    parser = add_command(
        commands,
        "record",
        "Fly a task with a scripted policy and record it, to be played again to the bit.",
        "  volery record --task formation --steps 120 --seed 5 --out a.vrec\n"
        "  volery record --task flocking --agents 100 --out flock.vrec --video flock.mp4\n"
        "  volery record --task hover --worlds 8 --policy random --poses 20 --out hover.vrec",
    )
    parser.add_argument("--task", required=True, help="task by name")
    parser.add_argument("--out", type=Path, required=True, help="the file, by convention .vrec")
    parser.add_argument("--steps", type=int, help="agent steps; one whole episode if left out")
    parser.add_argument("--seed", type=int, default=0, help="world i uses seed + i (default 0)")
    parser.add_argument("--worlds", type=int, default=1, help="worlds (default 1)")
    parser.add_argument("--agents", type=int, help="agents per world; the task's own if left out")
    parser.add_argument("--threads", type=int, default=1, help="threads; 0 is one per core")
    parser.add_argument("--policy", help="the task's baseline if left out; random")
    parser.add_argument(
        "--poses",
        type=float,
        default=0,
        metavar="HZ",
        help="store poses too, so many a second, for players that do not simulate",
    )
    parser.add_argument("--video", type=Path, help="draw it as well, .mp4")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_set(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from volery.arguments import checked_count
    from volery.batch import Batch
    from volery.outputs import VIDEOS, checked_output
    from volery.rendering import Painter

    config = config_from(arguments.settings)
    flags = {"num_agents": arguments.agents}
    config |= {key: value for key, value in flags.items() if value is not None}
    if arguments.steps is not None:
        checked_count("--steps", arguments.steps)
    if arguments.video is not None:
        checked_output(arguments.video, VIDEOS, arguments.out)
    with Batch(
        arguments.task,
        arguments.worlds,
        seed=arguments.seed,
        num_threads=arguments.threads,
        **config,
    ) as batch:
        settings = batch.config
        steps = arguments.steps or round(settings["episode_s"] * settings["agent_rate_hz"]) + 1
        policy = batch.baseline(arguments.policy, seed=arguments.seed)
        episodes = 0
        if arguments.video is not None:
            # says that there is no OpenGL before anything flies
            _ = Painter(batch).device
        with (
            batch.record(arguments.out, poses_hz=arguments.poses),
            Progress("record", steps) as progress,
        ):
            observation = batch.reset(seed=arguments.seed)
            for step in range(steps):
                observation, _, _, _, info = batch.step(policy.act(observation))
                episodes += int(info["ended"].sum())
                progress.update(step + 1)
        report = {
            "file": str(arguments.out),
            "bytes": arguments.out.stat().st_size,
            "task": arguments.task,
            "worlds": batch.num_worlds,
            "agents": batch.num_agents,
            "seed": arguments.seed,
            "steps": steps,
            "seconds": steps / settings["agent_rate_hz"],
            "episodes": episodes,
            "state_hash": f"0x{batch.state_hash():016x}",
        }
    if arguments.video is not None:
        from volery.video import write_video

        write_video(arguments.out, arguments.video)
        report["video"] = str(arguments.video)
    _print(report, arguments.json)
    return 0


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(report))
        return
    print(
        f"recording: {report['file']} ({report['bytes'] / 1e3:.1f} kB), {report['steps']} steps "
        f"({report['seconds']:.1f} s) of {report['worlds']} x {report['agents']} agents, "
        f"state {report['state_hash']}"
    )
    if "video" in report:
        print(f"video: {report['video']}")
