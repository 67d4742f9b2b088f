"""Protocols in Python: what agents say to each other, for all of them at once.

>>> import numpy as np, volery
>>> @volery.register_protocol("echo")
... class Echo(volery.Protocol):
...     "Says on what it heard last."
...
...     def exchange(self, inbox, outbox):
...         outbox.data[:] = inbox.data[:, :, 0]
...         outbox.send[:] = inbox.valid[:, :, 0]
>>> batch = volery.Batch("formation", 16, radio="disc", protocol="echo")
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from volery import _volery
from volery.task import NoConfig, load_options

if TYPE_CHECKING:
    from volery.batch import Batch
    from volery.radio import Inbox, Outbox

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_registered: dict[str, type[Protocol]] = {}


class Protocol:
    """What the agents of all worlds say, given what they hear.

    `Batch(..., protocol="name")` calls `exchange` before each step with what every agent holds and
    an empty outbox; what it writes is sent in that step, in place of the outbox columns of the
    action. An agent may use its own rows of the arrays only: that is what makes it a protocol.

    Memory that it keeps is its own: it is told of worlds that begin an episode (`reset`). Snapshots
    hold it where the class has both `snapshot` and `restore`; without them a restored batch goes on
    with what the protocol remembers by then.

    Attributes:
        Config: A dataclass with the protocol's options (see `volery.option`).
        config: An instance of it.
        batch: The batch that it runs in.
    """

    Config: ClassVar[type] = NoConfig

    config: Any
    batch: Batch

    def begin(self) -> None:
        """Called once, when a batch is built and the attributes above are set."""

    def reset(self, worlds: NDArray[np.int64]) -> None:
        """Forgets what belongs to the last episode.

        Args:
            worlds: (n,) indices of those that begin one.
        """

    def snapshot(self, worlds: NDArray[np.int64]) -> Mapping[str, ArrayLike]:
        """Returns what it remembers of some worlds, for `Batch.snapshot`.

        Args:
            worlds: (n,) their indices.

        Returns:
            Arrays of numbers by name, each of n rows.
        """
        return {}

    def restore(self, memory: Mapping[str, NDArray[Any]], worlds: NDArray[np.int64]) -> None:
        """Takes back what `snapshot` returned, for `Batch.restore`.

        Args:
            memory: The arrays.
            worlds: (n,) indices of the worlds that they are for now.
        """

    # a class that leaves both as they are has nothing in snapshots
    snapshot.remembers_nothing = restore.remembers_nothing = True  # type: ignore[attr-defined]

    def exchange(self, inbox: Inbox, outbox: Outbox) -> None:
        """Writes what everyone sends in the next step.

        Args:
            inbox: What every agent holds.
            outbox: Empty.
        """
        raise NotImplementedError


AnyProtocol = TypeVar("AnyProtocol", bound=Protocol)


def register_protocol(name: str) -> Callable[[type[AnyProtocol]], type[AnyProtocol]]:
    """Names a protocol, for `Batch(..., protocol=name)` and everything that is made of batches.

    Args:
        name: Lower case letters, digits and underscores.

    Returns:
        A decorator that returns the class. It raises TypeError where the class is no
        `volery.Protocol`, has no `exchange`, or only one of `snapshot` and `restore`.

    Raises:
        TypeError: Where the name is no string.
        ValueError: For a name that is malformed, or taken by a class of another module or name.
    """
    if not isinstance(name, str):
        raise TypeError(f"name: must be a string, not {name!r}")
    if not _NAME.fullmatch(name):
        raise ValueError(f"name = {name!r}: must be lower case letters, digits and underscores")

    def register(protocol: type[AnyProtocol]) -> type[AnyProtocol]:
        if not (isinstance(protocol, type) and issubclass(protocol, Protocol)):
            raise TypeError(f"register_protocol({name!r}): must decorate a volery.Protocol")
        if protocol.exchange is Protocol.exchange:
            raise TypeError(f"{protocol.__name__}: needs a method exchange(self, inbox, outbox)")
        if (protocol.snapshot is Protocol.snapshot) != (protocol.restore is Protocol.restore):
            raise TypeError(
                f"{protocol.__name__}: snapshot(self, worlds) and restore(self, memory, worlds) "
                "belong together; it has one of them"
            )
        if not dataclasses.is_dataclass(protocol.Config):
            raise TypeError(f"{protocol.__name__}.Config: must be a dataclass")
        old = _registered.get(name)
        if old is not None and (old.__module__, old.__qualname__) != (
            protocol.__module__,
            protocol.__qualname__,
        ):
            raise ValueError(f"name = {name!r}: {old.__module__}.{old.__qualname__} has it")
        _registered[name] = protocol
        return protocol

    return register


def protocol_names() -> list[str]:
    """Returns the names of all protocols, sorted."""
    return sorted(_registered)


def make_protocol(name: object, options: Mapping[str, Any] | None, batch: Batch) -> Protocol:
    """Returns a protocol bound to a batch.

    Raises:
        TypeError: For a name or an option of the wrong type.
        ValueError: For an unknown name or option, or a value out of range.
    """
    if not isinstance(name, str):
        raise TypeError(f"protocol: must be a name, not {name!r}")
    if name not in _registered:
        hint = _volery.nearest_name(name, protocol_names())
        raise ValueError(f"protocol = {name!r}: no such protocol{hint}")
    protocol = _registered[name]()
    protocol.config = load_options(type(protocol).Config, options or {}, "protocol_config")
    protocol.batch = batch
    protocol.begin()
    return protocol
