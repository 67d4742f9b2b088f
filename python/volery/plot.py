"""What pictures of flights share: the paper, a view in perspective, the room and its obstacles."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from volery.plot_solids import Points, hull, room_of, solids_of

INK = "#22303c"
PAPER = "#fbfaf7"
EDGE = "#8d8577"
STONE = np.array([0.80, 0.77, 0.71])

_WALL = "#f1eee7"
_WALL_BEHIND = "#f6f3ed"
_FLOOR = "#e9e5db"
_GRID = "#d9d4c8"

_SLICES = 120  # of depth, back to front


def require_matplotlib() -> None:
    """Raises ImportError with the remedy where matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError("pictures need matplotlib: pip install 'volery[plot]'") from None


@dataclasses.dataclass(frozen=True)
class View:
    """A parallel projection from the south-east and above."""

    azimuth_rad: float = math.radians(-73)
    elevation_rad: float = math.radians(44)

    @property
    def toward(self) -> Points:
        """Returns the direction to the viewer."""
        a, e = self.azimuth_rad, self.elevation_rad
        return np.array([math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)])

    def flat(self, points: Points) -> Points:
        """Returns the place of points (..., 3) on the paper, (..., 2)."""
        a, e = self.azimuth_rad, self.elevation_rad
        right = np.array([-math.sin(a), math.cos(a), 0.0])
        up = np.array([-math.sin(e) * math.cos(a), -math.sin(e) * math.sin(a), math.cos(e)])
        return np.stack([points @ right, points @ up], axis=-1)

    def depth(self, points: Points) -> Points:
        """Returns how near to the viewer points are."""
        near: Points = points @ self.toward
        return near


def slice_of(depth: float, span: tuple[float, float]) -> float:
    """Returns the slice of a depth: what is nearer is drawn later."""
    share = (depth - span[0]) / (span[1] - span[0])
    return 10 + math.floor(_SLICES * min(max(share, 0.0), 1.0))


def draw_shell(axes: Any, view: View, low: Points, high: Points) -> None:
    """The floor and the two walls behind, with a meter grid."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Polygon

    x0, y0, z0 = low
    x1, y1, z1 = high
    floor = [(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)]
    west = [(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)]
    north = [(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)]
    for corners, color in ((west, _WALL), (north, _WALL_BEHIND), (floor, _FLOOR)):
        axes.add_patch(Polygon(view.flat(np.array(corners)), fc=color, ec=EDGE, lw=1.0, zorder=1))
    lines = []
    for x in np.arange(math.ceil(x0), x1 + 1e-6):
        lines += [[(x, y0, z0), (x, y1, z0)], [(x, y1, z0), (x, y1, z1)]]
    for y in np.arange(math.ceil(y0), y1 + 1e-6):
        lines += [[(x0, y, z0), (x1, y, z0)], [(x0, y, z0), (x0, y, z1)]]
    for z in np.arange(math.ceil(z0), z1 + 1e-6):
        lines += [[(x0, y0, z), (x0, y1, z)], [(x0, y1, z), (x1, y1, z)]]
    axes.add_collection(
        LineCollection(list(view.flat(np.array(lines))), colors=_GRID, linewidths=0.7, zorder=2)
    )
    # a meter along the front edge
    scale = view.flat(np.array([[x0, y0, z0], [x0 + 1, y0, z0]])) - (0, 0.16)
    axes.plot(*scale.T, color=INK, lw=2, solid_capstyle="butt", zorder=3)
    axes.text(
        *(scale.mean(axis=0) - (0, 0.09)), "1 m", color=INK, fontsize=10, ha="center", va="top"
    )


def draw_shadows(axes: Any, view: View, scene: dict[str, Any], paths: Points) -> None:
    """What a lamp at the ceiling would leave on the floor, of solids and of paths (T, A, 3)."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Polygon

    for solid in solids_of(scene):
        outline = hull(solid.points()[:, :2])
        ground = np.column_stack([outline, np.zeros(len(outline))])
        axes.add_patch(Polygon(view.flat(ground), fc="#000000", ec="none", alpha=0.07, zorder=4))
    spots = view.flat(paths * (1, 1, 0)).transpose(1, 0, 2)
    axes.add_collection(
        LineCollection(list(spots), colors="#000000", alpha=0.05, linewidths=1.6, zorder=5)
    )


def draw_solids(axes: Any, view: View, scene: dict[str, Any], span: tuple[float, float]) -> None:
    """Draws the obstacles, each face in its slice of depth."""
    from matplotlib.collections import PolyCollection

    light = np.array([0.25, -0.55, 0.8]) / np.linalg.norm([0.25, -0.55, 0.8])
    slices: dict[float, list[tuple[Points, Points]]] = {}
    for solid in solids_of(scene):
        for face in solid.faces():
            if face.normal @ view.toward <= 0:
                continue
            shade = 0.62 + 0.38 * max(0.0, float(face.normal @ light))
            order = slice_of(float(view.depth(face.corners).mean()), span)
            slices.setdefault(order, []).append((view.flat(face.corners), STONE * shade))
    for order, faces in slices.items():
        colors = [np.clip(color, 0, 1) for _, color in faces]
        axes.add_collection(
            PolyCollection(
                [corners for corners, _ in faces],
                facecolors=colors,
                edgecolors=colors,
                linewidths=0.4,
                zorder=order,
            )
        )


def draw_plan(axes: Any, scene: dict[str, Any]) -> None:
    """The obstacles from above, and axes in meters."""
    from matplotlib.patches import Polygon

    low, high = room_of(scene)
    solids = sorted(solids_of(scene), key=lambda solid: float(solid.points()[:, 2].max()))
    for number, solid in enumerate(solids):
        axes.add_patch(
            Polygon(
                hull(solid.points()[:, :2]),
                fc=tuple(STONE),
                ec=EDGE,
                lw=0.8,
                alpha=0.6,
                zorder=1 + 0.01 * number,
            )
        )
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_aspect("equal")
    style_axes(axes)


def style_axes(axes: Any) -> None:
    """The look of axes with numbers on them."""
    axes.set_facecolor("white")
    axes.grid(color="#eceae4", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=9, length=3)
    for spine in axes.spines.values():
        spine.set_color(EDGE)
