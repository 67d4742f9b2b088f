"""What the commands share: settings, tables, a progress bar."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

from volery import _volery


def add_command(commands: Any, name: str, about: str, examples: str) -> argparse.ArgumentParser:
    """Adds a command with examples under its help."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=about,
        description=about,
        epilog="examples:\n" + examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


def add_set(parser: argparse.ArgumentParser) -> None:
    """Adds `--set a.b=c`."""
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a field of the config, e.g. task_config.spacing_m=0.6; may be repeated",
    )


def config_from(settings: Iterable[str]) -> dict[str, Any]:
    """Returns the table that the settings make, later ones winning."""
    config: dict[str, Any] = {}
    for setting in settings:
        _merge(config, _volery.parse_setting(setting))
    return config


def _merge(into: dict[str, Any], over: dict[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def table(rows: Sequence[Sequence[str]], indent: str = "  ") -> str:
    """Returns rows as aligned columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    lines = (
        indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


class Progress:
    """A bar on the error stream where that is a terminal, nothing in a pipe."""

    _WIDTH = 32
    _PERIOD_S = 0.1

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = max(1, total)
        self._shown = sys.stderr.isatty()
        self._start = time.monotonic()
        self._drawn = 0.0

    def resize(self, total: int) -> None:
        """Sets what there is to do, where that is known late."""
        self._total = max(1, total)

    def update(self, done: int, note: str = "") -> None:
        """Draws the bar, at most ten times a second."""
        now = time.monotonic()
        if not self._shown or (now - self._drawn < self._PERIOD_S and done < self._total):
            return
        self._drawn = now
        share = done / self._total
        bar = "█" * int(share * self._WIDTH)
        left_s = (now - self._start) * (self._total - done) / max(1, done)
        text = f"\r\033[K{self._label} [{bar:·<{self._WIDTH}}] {share:4.0%} {left_s:3.0f} s left"
        print(text + (f"  {note}" if note else ""), end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Clears the bar."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
