"""Helpers of gym-pybullet-drones' example scripts."""

from __future__ import annotations

import argparse
import time


def sync(i: int, start_time: float, timestep: float) -> None:
    """Sleeps so that a loop runs no faster than real time.

    Args:
        i: Number of the iteration.
        start_time: When the loop began, from `time.time()`.
        timestep: Simulated seconds per iteration.
    """
    # short steps are checked about every 1/24 s only, as in the original
    if timestep > 0.04 or i % max(1, int(1 / (24 * timestep))) == 0:
        ahead = timestep * i - (time.time() - start_time)
        if ahead > 0:
            time.sleep(ahead)


def str2bool(val: object) -> bool:
    """Returns the truth value of a command line argument.

    Raises:
        argparse.ArgumentTypeError: Where it is none.
    """
    if isinstance(val, bool):
        return val
    if isinstance(val, str):
        text = val.lower()
        if text in ("yes", "true", "t", "y", "1"):
            return True
        if text in ("no", "false", "f", "n", "0"):
            return False
    raise argparse.ArgumentTypeError(f"{val!r}: must be yes or no")
