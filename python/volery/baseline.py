"""Scripted policies: observations to actions, with local information only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from volery import _volery
from volery.arguments import checked_seed
from volery.buffers import Floats, Observation


class Baseline:
    """A scripted policy bound to the layout of a batch. It stays usable after the batch is closed.

    Policies that draw use a new draw at each call; two baselines of the same seed draw the same.
    """

    def __init__(self, engine: _volery.Batch, name: str | None, seed: int) -> None:
        self._layout = engine.layout
        self._policy = _volery.Policy(engine, name or "")
        self._seed = checked_seed("seed", seed)
        self._step = 0

    def act(self, obs: Observation, out: Floats | None = None) -> Floats:
        """Returns actions for observations.

        Args:
            obs: (..., O) float32, C-contiguous, or the groups of it by name.
            out: (..., U) float32 to write to; a new array where None.

        Returns:
            (..., U) float32.

        Raises:
            TypeError: For a wrong dtype.
            ValueError: For a wrong shape or strides, or where the two share memory.
        """
        flat = self._joined(obs) if isinstance(obs, Mapping) else obs
        if not isinstance(flat, np.ndarray):
            raise TypeError(f"observation: must be a numpy.ndarray, not {type(flat).__name__}")
        lead = flat.shape[:-1]
        if out is None:
            out = np.empty((*lead, self._layout.action_size), dtype=np.float32)
        elif isinstance(out, np.ndarray) and out.shape[:-1] != lead:
            wanted = (*lead, self._layout.action_size)
            raise ValueError(f"out: shape must be {wanted}, not {out.shape}")
        self._policy.act(_rows(flat, "observation"), _rows(out, "out"), self._seed, self._step)
        self._step += 1
        return out

    def _joined(self, groups: Mapping[str, Floats]) -> Floats:
        missing = [g.name for g in self._layout.groups if g.name not in groups]
        if missing:
            raise ValueError(f"observation: group {missing[0]!r} is missing")
        lead = groups[self._layout.groups[0].name].shape
        lead = lead[: len(lead) - len(self._layout.groups[0].shape)]
        parts = [groups[g.name].reshape(*lead, g.count) for g in self._layout.groups]
        return np.ascontiguousarray(np.concatenate(parts, axis=-1))


def _rows(array: Floats, name: str) -> Floats:
    """Returns (..., n) as (rows, n) without a copy."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name}: must be a numpy.ndarray, not {type(array).__name__}")
    # a reshape of other memory would be a copy, and `out` would never see the actions
    if not array.flags.c_contiguous:
        raise ValueError(f"{name}: strides must be those of a C-contiguous array")
    return array.reshape(-1, array.shape[-1] if array.ndim else 1)
