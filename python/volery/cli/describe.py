"""`volery list` and `volery describe`: what there is and what it means."""

from __future__ import annotations

import argparse
import math
from typing import Any

from volery import _volery
from volery._volery import Column
from volery.batch import Batch
from volery.cli import vehicle
from volery.cli.common import add_command, add_set, config_from, table
from volery.registration import env_id
from volery.task_registry import task_entries


def add_list(commands: Any) -> None:
    """Adds `volery list`."""
    parser = add_command(
        commands,
        "list",
        "List tasks, vehicles, scenes, sensors, action levels and policies.",
        "  volery list\n  volery list sensors",
    )
    parser.add_argument("kind", nargs="?", choices=sorted(_kinds()), help="one kind alone")
    parser.set_defaults(run=_run_list)


def add_describe(commands: Any) -> None:
    """Adds `volery describe`."""
    parser = add_command(
        commands,
        "describe",
        "Show a task (fields, actions, observations, rewards) or a vehicle (parameters, gains).",
        "  volery describe hover\n  volery describe formation --set num_agents=4\n"
        "  volery describe vehicle cf2x --json",
    )
    parser.add_argument("task", help="a task's name, or the word vehicle")
    parser.add_argument("vehicle", nargs="?", help="after that word: a name or a TOML file")
    parser.add_argument("--json", action="store_true", help="print a vehicle as one JSON object")
    add_set(parser)
    parser.set_defaults(run=_run_describe)


def _kinds() -> dict[str, list[tuple[str, str]]]:
    def entries(found: Any) -> list[tuple[str, str]]:
        return [(entry.name, entry.doc) for entry in found]

    def assets(kind: str) -> list[tuple[str, str]]:
        folder = f"{_volery.assets_folder()}/{kind}"
        found = []
        for name in _volery.asset_names(kind):
            contents = _volery.read_config(f"{folder}/{name}.toml")
            found.append((name, str(contents.get("scene", contents).get("doc", ""))))
        return found

    return {
        "tasks": entries(task_entries()),
        "vehicles": assets("vehicles"),
        "scenes": assets("scenes"),
        "sensors": entries(_volery.sensors()),
        "actions": entries(_volery.controllers()),
        "policies": entries(_volery.policies()),
    }


def _run_list(arguments: argparse.Namespace) -> int:
    for kind, entries in _kinds().items():
        if arguments.kind in (None, kind):
            print(kind)
            print(table(entries))
    return 0


def _run_describe(arguments: argparse.Namespace) -> int:
    if arguments.task == "vehicle":
        if arguments.vehicle is None:
            raise ValueError("describe vehicle: which one? `volery list vehicles` names them")
        return vehicle.describe(arguments.vehicle, as_json=arguments.json)
    if arguments.vehicle is not None or arguments.json:
        raise ValueError("describe: a second name and --json go with `describe vehicle` alone")
    config = config_from(arguments.settings)
    for key, value in (("num_worlds", 1), ("num_threads", 1)):
        config.setdefault(key, value)
    with Batch(arguments.task, **config) as batch:
        entry = next(entry for entry in task_entries() if entry.name == arguments.task)
        print(f"{entry.name}: {entry.doc}\n")
        print(_summary(batch))
        print("\ntask_config (defaults in brackets)")
        print(table([_field_row(field) for field in entry.fields]))
        print(f"\naction, {batch.action_size} columns")
        print(table([_column_row(column) for column in batch.layout.action]))
        print(f"\nobservation, {batch.observation_size} columns")
        print(_observation(batch))
        print("\nreward terms")
        print(table([(term.name, term.doc) for term in batch.layout.reward_terms]))
        print("\nmetrics of an episode")
        print(table([(term.name, term.doc) for term in batch.layout.metrics]))
    return 0


def _summary(batch: Batch) -> str:
    config = batch.config
    scene = config["scene"]
    rates = f"{config['physics_rate_hz']} Hz physics, {config['agent_rate_hz']} Hz steps"
    return table(
        [
            ("id", env_id(config["task"])),
            ("agents", str(batch.num_agents)),
            ("vehicle", str(config["vehicle"])),
            ("scene", scene if isinstance(scene, str) else "(table)"),
            ("action level", config["action"]),
            ("sensors", ", ".join(config["sensors"])),
            ("baseline", batch.baseline_name),
            ("episode", f"{config['episode_s']:g} s, {rates}"),
            ("on_crash", config["on_crash"]),
        ]
    )


def _field_row(field: Any) -> tuple[str, str, str]:
    kind = field.type + (f", {field.unit}" if field.unit else "")
    if math.isfinite(field.low) and math.isfinite(field.high):
        kind += f", {field.low:g} to {field.high:g}"
    return field.path, kind, f"{field.doc} [{field.default_text}]"


def _column_row(column: Column) -> tuple[str, str, str, str, str]:
    span = f"{column.low:.4g} to {column.high:.4g}"
    return column.name, column.unit, column.frame, span, column.doc


def _observation(batch: Batch) -> str:
    rows: list[tuple[str, str, str, str, str]] = []
    for group in batch.layout.groups:
        shape = " x ".join(str(n) for n in group.shape)
        rows.append((group.name, f"({shape})", "", "", group.doc))
        columns = batch.layout.observation[group.first : group.first + group.count]
        # of repeated slots the first one says it all
        shown = columns[: group.shape[-1]] if len(group.shape) > 1 else columns
        for column in shown:
            name, unit, frame, span, doc = _column_row(column)
            rows.append(("  " + name, unit, frame, span, doc))
        if len(shown) < len(columns):
            rows.append((f"  and {group.shape[0] - 1} more slots", "", "", "", ""))
    return table(rows)
