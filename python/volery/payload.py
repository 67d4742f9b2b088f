"""What a message carries, as a radio's config has it (`radio.payload`), and as Python does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery.arguments import checked_count
from volery.buffers import Floats


def encoded(data: Any, payload: Mapping[str, Any]) -> tuple[NDArray[Any], int]:
    """Returns what is sent as at most `size` numbers, and its length in bytes where it has one.

    Args:
        data: Up to M numbers in [-1, 1], a token, bytes, or text, as the payload asks.
        payload: `kind` and `size` (M).

    Raises:
        TypeError: For data of another kind.
        ValueError: For data that is too large or out of range.
    """
    kind, size = payload["kind"], int(payload["size"])
    if kind == "token":
        token = checked_count("data", data, low=0)
        if token >= size:
            raise ValueError(f"data = {token}: no such token; there are {size}")
        scores = np.full(size, -1.0, np.float32)
        scores[token] = 1
        return scores, 0
    if kind in ("bytes", "text"):
        wanted = bytes if kind == "bytes" else str
        if not isinstance(data, wanted):
            raise TypeError(
                f"data: must be {wanted.__name__} for a payload of {kind}, not "
                f"{type(data).__name__}"
            )
        raw = data.encode() if isinstance(data, str) else bytes(data)
        if len(raw) > size:
            raise ValueError(f"data: {len(raw)} bytes, the radio takes at most {size}")
        return np.frombuffer(raw, np.uint8), len(raw)
    numbers = np.asarray(data, dtype=np.float32)
    if numbers.ndim != 1 or len(numbers) > size:
        raise ValueError(f"data: has shape {numbers.shape}, must be at most ({size},) numbers")
    if not ((numbers >= -1) & (numbers <= 1)).all():
        raise ValueError("data: numbers must be in [-1, 1]")
    return numbers, 0


def decoded(data: Floats, length: int, payload: Mapping[str, Any]) -> Floats | bytes | str:
    """Returns the data of a message as its receiver sees it.

    Args:
        data: (M,) as the inbox holds it.
        length: Bytes of it that were sent; of payloads of bytes and text.
        payload: See `encoded`.
    """
    if payload["kind"] not in ("bytes", "text"):
        return data
    raw = data[:length].astype(np.uint8).tobytes()
    # a lie or a cut may leave half a character
    return raw if payload["kind"] == "bytes" else raw.decode(errors="replace")
