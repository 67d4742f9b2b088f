"""The command line program `volery`: list, describe, bench, demo, ... (see --help).

Exit codes: 0 ok, 1 failed while running, 2 bad command line, config or file, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

_EXAMPLES = """\
examples:
  volery list                              what there is
  volery describe formation                a task with its tables
  volery describe vehicle cf2x             a vehicle with what follows from it
  volery plot thrust --vehicle cf2x        a curve as the engine flies it
  volery bench hover --json                figures of this machine
  volery demo                              32 swarms search a hall, a table and a picture
  volery eval controllers                  how well each control law flies
  volery eval tasks                        each task's scripted policy against chance
  volery record --task hover --out a.vrec  a run that can be played again
  volery replay a.vrec --verify            the same run, compared step by step
  volery plot response                     steps and tracks of a control law
  volery view --task formation             a window on a run, live or recorded

exit codes: 0 ok, 1 failed while running, 2 bad command line, config or file
`volery COMMAND --help` says more."""


class _Parser(argparse.ArgumentParser):
    """Complains in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: {message} (see --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program.

    Args:
        argv: Arguments without the program's name; those of the process where None.

    Returns:
        The exit code.
    """
    try:
        parser = _parser()
        arguments = parser.parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse ends --help and usage errors so
        return stop.code if isinstance(stop.code, int) else EXIT_USAGE
    except BrokenPipeError:  # `volery list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except KeyboardInterrupt:
        return _fail("interrupted", EXIT_INTERRUPTED)
    except (ValueError, TypeError, OSError) as error:
        return _fail(str(error), EXIT_USAGE)
    except (RuntimeError, MemoryError, ImportError) as error:
        return _fail(str(error), EXIT_FAILED)
    return code


def _fail(message: str, code: int) -> int:
    print("volery: " + " ".join(message.split()), file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    # here, so that `volery --help` of a broken build still says what is wrong in one line
    from volery import __version__
    from volery.cli import bench, demo, describe, evaluate, plot, record, replay, vehicle, view

    parser = _Parser(
        prog="volery",
        description="Worlds of quadcopters with real contacts.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"volery {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    describe.add_list(commands)
    describe.add_describe(commands)
    bench.add_bench(commands)
    demo.add_demo(commands)
    evaluate.add_eval(commands)
    plot.add_plot(commands)
    record.add_record(commands)
    replay.add_replay(commands)
    vehicle.add_vehicle(commands)
    view.add_view(commands)
    return parser
