"""How arrays are stored in a page: quantised, as differences in time, in planes of bytes.

The container is "VOLP", the length of a JSON text as uint32 little-endian, the text, then the
blobs one after another, each at a multiple of 8 bytes; gzip and base64 wrap the whole. The text's
`blobs` names them: `at` and `size` in bytes from the end of the text, `shape`, and `type`:
  f32 f64 u8 u16 u32   the array itself, little-endian
  delta16  uint16 (T, N): every `key`-th row as it is, the one behind it as what it differs from
           that, others as what they differ from the straight line through the two rows before
           (mod 65536, signs folded: 0, -1, 1, -2, ...); all low bytes first, then all high ones.
           Lines instead of last values save a quarter.
player code: web/data.js.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"VOLP"
MISSING = 65535  # what stands for nan in quantised positions

_STEPS = 65534  # of a position between lowest and highest
_TURN_STEPS = 1023  # of a quaternion's component in [-sqrt(1/2), sqrt(1/2)]


class Container:
    """Collects blobs."""

    def __init__(self) -> None:
        self._table: dict[str, dict[str, Any]] = {}
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, name: str, array: NDArray[Any]) -> None:
        """Adds an array as it is."""
        kind = {"f4": "f32", "f8": "f64", "u1": "u8", "u2": "u16", "u4": "u32"}[array.dtype.str[1:]]
        self._append(name, np.ascontiguousarray(array).tobytes(), kind, array.shape)

    def add_deltas(self, name: str, rows: NDArray[np.uint16], key: int) -> None:
        """Adds rows (T, N) as differences in time, whole every `key` rows."""
        guess = np.zeros_like(rows)
        guess[1:] = rows[:-1]
        guess[2:] += rows[1:-1] - rows[:-2]
        guess[1::key] = rows[0:-1:key]
        deltas = (rows - guess).view(np.int16)
        deltas = ((deltas << 1) ^ (deltas >> 15)).view(np.uint16)
        deltas[::key] = rows[::key]
        planes = np.stack([deltas & 0xFF, deltas >> 8]).astype(np.uint8)
        self._append(name, planes.tobytes(), "delta16", rows.shape, key=key)

    def text(self, header: dict[str, Any]) -> str:
        """Returns everything as base64.

        Args:
            header: Becomes the JSON text, with the blobs added.
        """
        table = json.dumps({**header, "blobs": self._table}, separators=(",", ":"), allow_nan=False)
        raw = table.encode()
        raw += b" " * (-(len(raw) + 8) % 8)
        whole = b"".join([MAGIC, len(raw).to_bytes(4, "little"), raw, *self._parts])
        # no time stamp: the same flight gives the same page
        return base64.b64encode(gzip.compress(whole, 9, mtime=0)).decode()

    def _append(
        self, name: str, data: bytes, kind: str, shape: tuple[int, ...], **more: int
    ) -> None:
        self._table[name] = {"at": self._size, "size": len(data), "type": kind, "shape": shape}
        self._table[name].update(more)
        data += b"\0" * (-len(data) % 8)
        self._parts.append(data)
        self._size += len(data)


def quantised_positions(
    positions: NDArray[np.float32],
) -> tuple[NDArray[np.uint16], list[float], list[float]]:
    """Returns positions (T, N, 3) as (T, 3 N), all x first, with the lowest value and the step.

    What is not finite becomes MISSING. The largest error is half a step of its axis.
    """
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(positions).all(axis=-1))[..., None]
    seen = positions[finite[..., 0]].astype(np.float64)
    low = seen.min(axis=0) if len(seen) else np.zeros(3)
    high = seen.max(axis=0) if len(seen) else np.zeros(3)
    step = np.maximum((high - low) / _STEPS, 1e-9)
    filled = np.where(finite, positions, low)
    numbers = np.where(finite, np.rint((filled - low) / step), MISSING)
    planes = numbers.astype(np.uint16).transpose(0, 2, 1).reshape(len(positions), -1)
    return planes, [float(v) for v in low], [float(v) for v in step]


def quantised_turns(quats: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Returns quaternions (T, N, 4) as (T, 3 N): 32 bits each.

    The largest component follows from the others, which 10 bits hold (0.08 degrees); which one it
    is stands above the first of them.
    """
    lengths = np.linalg.norm(quats.astype(np.float64), axis=-1, keepdims=True)
    unit = np.where(lengths > 0, quats / np.maximum(lengths, 1e-30), (0.0, 0.0, 0.0, 1.0))
    largest = np.abs(unit).argmax(axis=-1)
    sign = np.where(np.take_along_axis(unit, largest[..., None], -1) < 0, -1.0, 1.0)
    rest = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])[largest]
    small = np.take_along_axis(unit * sign, rest, -1)
    numbers = np.rint((small / math.sqrt(2) + 0.5) * _TURN_STEPS)
    packed = np.clip(numbers, 0, _TURN_STEPS).astype(np.uint16)
    packed[..., 0] |= (largest << 10).astype(np.uint16)
    return packed.transpose(0, 2, 1).reshape(len(quats), -1)
