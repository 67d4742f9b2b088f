"""Graphs of who sees whom, from observations, in the forms that graph networks take.

Nodes are the agents of all worlds: agent a of world w is node w * A + a, as in an observation
reshaped to (W * A, O). An edge runs from an agent that is seen to the one that sees it, so that
messages flow along edges. `torch_geometric.data.Data(x, *map(torch.from_numpy, (graph.edge_index,
graph.edge_attr)))` is all that it takes there; nothing here needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery._volery import Layout

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
# columns of every slot: relative position, relative velocity, mask
_POSITION = slice(0, 3)
_MASK = 6
_INDEX = "_index"


@dataclass(frozen=True)
class Graph:
    """Who sees whom, N = W * A nodes and E edges, sorted by the agent that sees, nearest first.

    Attributes:
        edge_index: (2, E); row 0 the nodes that are seen, row 1 those that see them.
        edge_attr: (E, F + 1) the columns of the slot without mask and index (relative position,
            relative velocity, ...), then the distance.
        pointer: (N + 1) edges of node i are pointer[i] .. pointer[i + 1]: with `edge_index[0]`
            the graph in compressed rows.
        neighbors: (W, A, K) world-local indices of the agents in the slots, -1 where there are
            none: the graph padded.
    """

    edge_index: Ints
    edge_attr: Floats
    pointer: Ints
    neighbors: Ints

    @property
    def num_nodes(self) -> int:
        """N."""
        return len(self.pointer) - 1

    @property
    def num_edges(self) -> int:
        """E."""
        return int(self.edge_index.shape[1])

    @property
    def degree(self) -> Ints:
        """(W, A) how many others each agent sees."""
        return np.diff(self.pointer).reshape(self.neighbors.shape[:2])


def from_observation(
    layout: Layout, observation: Floats | Mapping[str, Floats], group: str = "neighbors"
) -> Graph:
    """Returns the graph that a group of neighbor slots holds.

    Slots with agents that are not there (false positives) make no edges.

    Args:
        layout: Of the batch.
        observation: (W, A, O), or the groups of a dict observation.
        group: Name of the group, (W, A, K, F).

    Raises:
        ValueError: Where there is no such group, or none that tells whom it shows.
    """
    slots, names = _slots(layout, observation, group)
    if not names[-1].endswith(_INDEX):
        raise ValueError(
            f"group {group!r} does not tell whom it shows: set sensor_config={{{group!r}: "
            "{'index': True}}"
        )
    _, num_agents, _, width = slots.shape
    index = slots[..., width - 1].astype(np.int64)
    there = (slots[..., _MASK] != 0) & (index >= 0)
    neighbors = np.where(there, index, -1)

    # flat in the order (world, agent, slot), which is that of the edges
    worlds, agents, places = np.nonzero(there)
    source = worlds * num_agents + neighbors[worlds, agents, places]
    target = worlds * num_agents + agents
    kept = [c for c in range(width - 1) if c != _MASK]
    values = slots[worlds, agents, places]
    distance = np.sqrt(np.square(values[:, _POSITION]).sum(axis=1, keepdims=True))
    counts = there.sum(axis=2).ravel()
    return Graph(
        edge_index=np.stack([source, target]),
        edge_attr=np.concatenate([values[:, kept], distance], axis=1, dtype=np.float32),
        pointer=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        neighbors=neighbors,
    )


def _slots(layout: Layout, observation: Any, name: str) -> tuple[Floats, list[str]]:
    """The group as (W, A, K, F), and the names of the columns of its first slot."""
    found = [group for group in layout.groups if group.name == name]
    if not found or len(found[0].shape) != 2:
        known = [group.name for group in layout.groups if len(group.shape) == 2]
        raise ValueError(f"no group {name!r} of slots in this observation; there are {known}")
    group = found[0]
    if isinstance(observation, Mapping):
        slots = observation[name]
    else:
        slots = observation[..., group.first : group.first + group.count]
    shape = (layout.num_worlds, layout.num_agents, *group.shape)
    if slots.size != np.prod(shape):
        raise ValueError(f"observation of shape {_shape(observation)} is not of {shape}")
    columns = layout.observation[group.first : group.first + group.shape[1]]
    return slots.reshape(shape), [column.name for column in columns]


def _shape(observation: Any) -> Any:
    """The shape of an array, or those of the arrays of a dict; for messages."""
    if isinstance(observation, Mapping):
        return {name: part.shape for name, part in observation.items()}
    return observation.shape
