"""A log of landmarks: what tasks show, from which sample to which it stayed as it was.

Most of them never move and change once or never, so that a span of samples for each says all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LANDMARK = np.dtype(
    [
        ("first", "u4"),  # sample
        ("end", "u4"),  # the sample after the last
        ("look", "u2"),  # index into the looks
        ("position_w_m", "f4", 3),
        ("axis_w", "f4", 3),
        ("radius_m", "f4"),
    ]
)

# name, kind and state, as `Batch.landmarks` has them
Look = tuple[str, str, str]


class LandmarkLog:
    """Takes note of the landmarks of each sample in turn.

    Attributes:
        looks: Name, kind and state that landmarks had, each once.
    """

    def __init__(self) -> None:
        self.looks: list[Look] = []
        self._samples = 0
        self._begun: dict[tuple[Any, ...], list[int]] = {}
        self._spans: list[tuple[Any, ...]] = []

    def add(self, landmarks: Sequence[Mapping[str, Any]]) -> None:
        """Adds those of the next sample."""
        now: Counter[tuple[Any, ...]] = Counter()
        for one in landmarks:
            look = self._number((one["name"], one["kind"], one["state"]))
            now[look, one["position_w_m"], one["axis_w"], one["radius_m"]] += 1
        # of those that are equal in everything it makes no difference which one goes
        for mark, begun in self._begun.items():
            while len(begun) > now[mark]:
                self._spans.append((begun.pop(), self._samples, *mark))
        for mark, count in now.items():
            begun = self._begun.setdefault(mark, [])
            begun += [self._samples] * (count - len(begun))
        self._samples += 1

    def result(self) -> NDArray[Any]:
        """Returns all spans, structured as `LANDMARK`, by their first sample."""
        running = [
            (first, self._samples, *mark) for mark, begun in self._begun.items() for first in begun
        ]
        return np.array(sorted([*self._spans, *running]), LANDMARK)

    def _number(self, look: Look) -> int:
        if look not in self.looks:
            self.looks.append(look)
        return self.looks.index(look)
