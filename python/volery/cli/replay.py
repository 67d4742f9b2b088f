"""`volery replay`: plays a recording again, compares it step by step, makes a page of it."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from volery.cli.common import Progress, add_command


def add_replay(commands: Any) -> None:
    """Adds `volery replay`."""
    parser = add_command(
        commands,
        "replay",
        "Play a recording again and say where it differs, if it does, or make a page of it.",
        "  volery replay a.vrec                  what it is, and whether it replays to the bit\n"
        "  volery replay a.vrec --html a.html    a page that plays it in a browser\n"
        "  volery replay a.vrec --verify --json\n\n"
        "exit code 1 where the replay differs from the recording",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a recording, .vrec")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="simulate it again and compare; what happens anyway without --html",
    )
    parser.add_argument("--html", type=Path, help="write a page that plays it")
    parser.add_argument("--threads", type=int, default=1, help="threads; 0 is one per core")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from volery.outputs import checked_output
    from volery.recording import Recording

    if arguments.html is not None:
        checked_output(arguments.html, source=arguments.file)
    recording = Recording(arguments.file, num_threads=arguments.threads)
    report: dict[str, Any] = {
        "file": str(arguments.file),
        "version": recording.header["version"],
        "task": recording.config["task"],
        "worlds": recording.num_worlds,
        "agents": recording.num_agents,
        "steps": recording.num_steps,
        "seconds": recording.duration_s,
        "complete": recording.complete,
    }
    if recording.notice:
        report["notice"] = recording.notice
    code = 0
    if arguments.verify or arguments.html is None:
        code = _verify(recording, report)
    if arguments.html is not None:
        from volery.page import write_page

        write_page(arguments.file, arguments.html)
        report["page"] = str(arguments.html)
    _print(report, arguments.json)
    return code


def _verify(recording: Any, report: dict[str, Any]) -> int:
    start = time.perf_counter()
    with Progress("replay", recording.num_steps) as progress:
        difference = recording.verify(progress.update)
    took_s = max(time.perf_counter() - start, 1e-9)
    rows = recording.position * recording.num_worlds * recording.num_agents
    report["agent_steps_per_s"] = rows / took_s
    report["verified"] = difference is None
    if difference is None:
        report["state_hash"] = f"0x{recording.state_hash():016x}"
        return 0
    report["difference"] = {
        "step": difference.step,
        "after": difference.what,
        "worlds": difference.worlds,
        "fields": difference.fields,
    }
    report["text"] = str(difference)
    return 1


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps({k: v for k, v in report.items() if k != "text"}))
        return
    print(
        f"{report['file']}: {report['task']}, {report['worlds']} x {report['agents']} agents, "
        f"{report['steps']} steps ({report['seconds']:.1f} s), volery {report['version']}"
    )
    if "notice" in report:
        print(f"notice: {report['notice']}")
    if report.get("verified"):
        print(f"replays to the bit, state {report['state_hash']}")
    elif "text" in report:
        print(f"differs at {report['text']}")
    if "page" in report:
        print(f"page: {report['page']}")
