"""The static bodies of a scene as points and faces, for pictures. Plain NumPy, no matplotlib."""

from __future__ import annotations

import dataclasses
import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery

Points = NDArray[np.float64]

_CELL_M = 0.35  # faces are cut into cells of this size, so that they can be sorted by depth
_ROUND = 32  # sides of a circle


@dataclasses.dataclass(frozen=True)
class Face:
    """A flat polygon with its outward normal."""

    corners: Points  # (n, 3)
    normal: Points  # (3,)


@dataclasses.dataclass(frozen=True)
class Solid:
    """A box, cylinder or sphere."""

    kind: str
    center: Points  # (3,)
    rotation: Points  # (3, 3), its columns are the body's axes
    size: Points  # (3,), full extents

    def points(self) -> Points:
        """Returns points whose convex hull is the body, (n, 3)."""
        return np.concatenate([face.corners for face in self.faces()])

    def faces(self) -> list[Face]:
        """Returns its surface in small pieces."""
        local = {"box": self._box, "sphere": self._sphere}.get(self.kind, self._cylinder)()
        return [
            Face(self.center + f.corners @ self.rotation.T, self.rotation @ f.normal) for f in local
        ]

    def _box(self) -> list[Face]:
        faces = []
        for axis in range(3):
            i, j = (axis + 1) % 3, (axis + 2) % 3
            for sign in (-1, 1):
                normal = np.zeros(3)
                normal[axis] = sign
                for a, b in _cells(self.size[i]):
                    for c, d in _cells(self.size[j]):
                        corners = np.tile(0.5 * self.size * normal, (4, 1))
                        corners[:, i] = (a, b, b, a)
                        corners[:, j] = (c, c, d, d)
                        faces.append(Face(corners, normal))
        return faces

    def _cylinder(self) -> list[Face]:
        radius, half = 0.5 * self.size[0], 0.5 * self.size[2]
        turn = np.linspace(0, 2 * math.pi, _ROUND + 1)
        ring = radius * np.stack([np.cos(turn), np.sin(turn)], 1)
        faces = []
        for sign in (-1, 1):
            cap = np.column_stack([ring[:-1], np.full(_ROUND, sign * half)])
            faces.append(Face(cap, np.array([0.0, 0.0, sign])))
        for k in range(_ROUND):
            middle = 0.5 * (turn[k] + turn[k + 1])
            normal = np.array([math.cos(middle), math.sin(middle), 0.0])
            for low, high in _cells(self.size[2]):
                corners = np.zeros((4, 3))
                corners[:, :2] = ring[[k, k + 1, k + 1, k]]
                corners[:, 2] = (low, low, high, high)
                faces.append(Face(corners, normal))
        return faces

    def _sphere(self) -> list[Face]:
        radius = 0.5 * self.size[0]
        turn = np.linspace(0, 2 * math.pi, _ROUND + 1)
        lift = np.linspace(-math.pi / 2, math.pi / 2, _ROUND // 2 + 1)

        def on_sphere(t: float, u: float) -> list[float]:
            return [math.cos(t) * math.cos(u), math.sin(t) * math.cos(u), math.sin(u)]

        faces = []
        for t, next_t in itertools.pairwise(turn):
            for u, next_u in itertools.pairwise(lift):
                quad = [on_sphere(t, u), on_sphere(next_t, u)]
                quad += [on_sphere(next_t, next_u), on_sphere(t, next_u)]
                normal = np.array(on_sphere(0.5 * (t + next_t), 0.5 * (u + next_u)))
                faces.append(Face(radius * np.array(quad), normal))
        return faces


def _cells(extent: float) -> list[tuple[float, float]]:
    count = max(1, math.ceil(extent / _CELL_M))
    edges = np.linspace(-0.5 * extent, 0.5 * extent, count + 1)
    return [(float(a), float(b)) for a, b in itertools.pairwise(edges)]


def scene_table(scene: Any) -> dict[str, Any]:
    """Returns the table of a scene given by name, path or table, `base` included."""
    if isinstance(scene, str):
        path = Path(scene)
        if path.suffix != ".toml":
            path = Path(_volery.assets_folder()) / "scenes" / f"{scene}.toml"
        return dict(_volery.read_config(str(path))["scene"])
    base = scene_table(scene["base"]) if "base" in scene else {}
    return {**base, **scene}


def room_of(scene: dict[str, Any]) -> tuple[Points, Points]:
    """Returns the corners of the bounds, above the ground."""
    low = np.array(scene["bounds_low_m"], dtype=float)
    high = np.array(scene["bounds_high_m"], dtype=float)
    low[2] = max(low[2], 0.0)
    return low, high


def solids_of(scene: dict[str, Any]) -> list[Solid]:
    """Returns the boxes, cylinders and spheres of a scene; planes are the room itself."""
    return [
        Solid(
            static["kind"],
            np.array(static.get("position_w_m", (0, 0, 0)), dtype=float),
            _rotation(*static.get("rpy_rad", (0, 0, 0))),
            np.array(static.get("size_m", (1, 1, 1)), dtype=float),
        )
        for static in scene.get("statics", [])
        if static.get("kind") in {"box", "cylinder", "sphere"}
    ]


def _rotation(roll: float, pitch: float, yaw: float) -> Points:
    cr, sr = math.cos(roll), math.sin(roll)
    cp, sp = math.cos(pitch), math.sin(pitch)
    cy, sy = math.cos(yaw), math.sin(yaw)
    x = np.array([[1.0, 0, 0], [0, cr, -sr], [0, sr, cr]])
    y = np.array([[cp, 0, sp], [0, 1.0, 0], [-sp, 0, cp]])
    z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1.0]])
    product: Points = z @ y @ x
    return product


def hull(points: Points) -> Points:
    """Returns the convex hull of points in the plane, counter-clockwise (Andrew's chain)."""
    ordered = sorted({(round(float(x), 6), round(float(y), 6)) for x, y in points})

    def turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    def chain(sequence: list[tuple[float, float]]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for p in sequence:
            while len(out) > 1 and turn(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))
