"""Tasks by name: the engine's own and those that were registered in Python."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from volery import _volery
from volery.task import Task, spec_of
from volery.task_driver import Driver

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_registered: dict[str, type[Task]] = {}
_added: list[Callable[[str], None]] = []

AnyTask = TypeVar("AnyTask", bound=Task)


class Option(NamedTuple):
    """A field of a Python task's config, as `_volery.ConfigField` describes the engine's."""

    path: str
    type: str
    unit: str
    low: float
    high: float
    default_text: str
    doc: str


class Entry(NamedTuple):
    """A task that a config may name."""

    name: str
    doc: str
    fields: list[Any]


def register_task(name: str) -> Callable[[type[AnyTask]], type[AnyTask]]:
    """Makes a class a task like the built-in ones, for `Batch`, `make_vec` and `parallel_env`.

        @volery.register_task("stay_low")
        class StayLow(volery.Task): ...

    Args:
        name: Of the task: lower case letters, digits and underscores.

    Returns:
        A decorator that returns the class. It raises TypeError where the class is no `volery.Task`
        or an attribute has the wrong type.

    Raises:
        TypeError: Where the name is no string.
        ValueError: For a name that is malformed or taken. Registering a class of the same module
            and name again replaces it, as it happens in a notebook.
    """
    if not isinstance(name, str):
        raise TypeError(f"name: must be a string, not {name!r}; use @register_task('my_task')")
    if not _NAME.fullmatch(name):
        raise ValueError(f"name = {name!r}: must be lower case letters, digits and underscores")
    if name in {entry.name for entry in _volery.tasks()}:
        raise ValueError(f"name = {name!r}: a built-in task has it")

    def register(task: type[AnyTask]) -> type[AnyTask]:
        if not (isinstance(task, type) and issubclass(task, Task)):
            raise TypeError(f"register_task({name!r}): must decorate a subclass of volery.Task")
        old = _registered.get(name)
        if old is not None and _origin(old) != _origin(task):
            raise ValueError(f"name = {name!r}: {old.__module__}.{old.__qualname__} has it")
        if task.score is Task.score:
            raise TypeError(f"{task.__name__}: needs a method score(self, state, scores)")
        if not dataclasses.is_dataclass(task.Config):
            raise TypeError(f"{task.__name__}.Config: must be a dataclass")
        spec_of(name, task)
        _registered[name] = task
        for tell in _added:
            tell(name)
        return task

    return register


def on_register(tell: Callable[[str], None]) -> None:
    """Calls `tell(name)` for every task that is registered from now on."""
    _added.append(tell)


def python_task(name: object) -> type[Task] | None:
    """Returns the class of a registered task, or None."""
    return _registered.get(name) if isinstance(name, str) else None


def driver_of(name: object, config: Mapping[str, Any]) -> Driver | None:
    """Returns what runs a registered task, or None where the engine knows the name or nobody does.

    Raises:
        TypeError: For a value of the wrong type in `config["task_config"]`.
        ValueError: For an unknown key or a value out of range in it.
    """
    task = python_task(name)
    if task is None:
        return None
    return Driver(str(name), task, config.get("task_config", {}))


def task_names() -> list[str]:
    """Returns the names of all tasks, sorted."""
    return sorted([*(entry.name for entry in _volery.tasks()), *_registered])


def task_entries() -> list[Any]:
    """Returns name, doc and config fields of all tasks, sorted by name."""
    found = [*_volery.tasks(), *(_entry(name, task) for name, task in _registered.items())]
    return sorted(found, key=lambda entry: entry.name)


def _origin(task: type[Task]) -> tuple[str, str]:
    return task.__module__, task.__qualname__


def _entry(name: str, task: type[Task]) -> Entry:
    options = [_option(field) for field in dataclasses.fields(task.Config)]
    start = Option("start", "table", "", -math.inf, math.inf, str(dict(task.start)), "of agents")
    return Entry(name, spec_of(name, task)["doc"], [*options, start])


def _option(field: dataclasses.Field[Any]) -> Option:
    about = field.metadata
    return Option(
        field.name,
        type(field.default).__name__,
        about.get("unit", ""),
        about.get("low", -math.inf),
        about.get("high", math.inf),
        str(field.default),
        about.get("doc", ""),
    )
