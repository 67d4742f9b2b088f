"""Pictures of flights, with matplotlib where it is installed."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from volery.plot_solids import Points, hull, room_of, scene_table, solids_of

if TYPE_CHECKING:
    from volery.demo import Flight

_INK = "#22303c"
_PAPER = "#fbfaf7"
_WALL = "#f1eee7"
_FLOOR = "#e9e5db"
_GRID = "#d9d4c8"
_STONE = np.array([0.80, 0.77, 0.71])
_EDGE = "#8d8577"
_GOAL = "#d1495b"
_COLORS = "viridis"

_SLICES = 120  # of depth, back to front
_MOMENTS = (0.45, 0.62, 0.8)  # shares of the flying time at which the formation is outlined
_STILL_MPS = 0.1  # mean speed below which the formation has arrived


def require_matplotlib() -> None:
    """Raises ImportError with the remedy where matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError("pictures need matplotlib: pip install 'volery[plot]'") from None


@dataclasses.dataclass(frozen=True)
class _View:
    """A parallel projection from the south-east and above."""

    azimuth_rad: float = math.radians(-62)
    elevation_rad: float = math.radians(30)

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


@dataclasses.dataclass(frozen=True)
class _Course:
    """One world's flight: what the picture shows."""

    paths: Points  # (T + 1, A, 3)
    goals: Points  # (A, 3)
    times: Points  # (T + 1,)
    arrival_s: float

    def at(self, time_s: float) -> Points:
        """Returns where the agents are then, (A, 3)."""
        where: Points = self.paths[int(np.searchsorted(self.times, time_s))]
        return where


def draw_flight(flight: Flight, file: Path) -> None:
    """Draws the paths of one world among its obstacles, in perspective and from above.

    Args:
        flight: What `volery.demo.fly` returned.
        file: The picture; its folder is made.

    Raises:
        ImportError: Where matplotlib is missing.
        OSError: Where the file cannot be written.
    """
    require_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    world = flight.best_world
    course = _course(flight, world)
    scene = scene_table(flight.config["scene"])
    figure = Figure(figsize=(15, 8.4), facecolor=_PAPER)
    FigureCanvasAgg(figure)
    _draw_perspective(figure.add_axes((0.01, 0.02, 0.62, 0.86)), scene, course)
    lines = _draw_from_above(figure.add_axes((0.665, 0.25, 0.315, 0.5625)), scene, course)
    _legend(figure, lines)
    _title(figure, flight, world)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=140, facecolor=_PAPER)


def _course(flight: Flight, world: int) -> _Course:
    paths = flight.path_w_m[:, world].astype(float)
    rate = flight.config["agent_rate_hz"]
    times = np.arange(len(paths)) / rate
    speed = np.linalg.norm(np.diff(paths, axis=0), axis=2).mean(axis=1) * rate
    moving = np.flatnonzero(speed > _STILL_MPS)
    arrival = times[moving[-1] + 1] if len(moving) else times[-1]
    return _Course(paths, flight.goal_w_m[world].astype(float), times, float(arrival))


# --- in perspective ---------------------------------------------------------------------------


def _draw_perspective(axes: Any, scene: dict[str, Any], course: _Course) -> None:
    view = _View()
    low, high = room_of(scene)
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    depths = view.depth(corners)
    span = (float(depths.min()), float(depths.max()))
    _draw_shell(axes, view, low, high)
    _draw_shadows(axes, view, scene, course)
    _draw_solids(axes, view, scene, span)
    _draw_tracks(axes, view, course, span)
    _draw_marks(axes, view, course, span)
    spots = view.flat(corners)
    axes.set_xlim(spots[:, 0].min() - 0.15, spots[:, 0].max() + 0.15)
    axes.set_ylim(spots[:, 1].min() - 0.45, spots[:, 1].max() + 0.1)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _zorder(depth: float, span: tuple[float, float]) -> float:
    """Returns the slice of a depth: what is nearer is drawn later."""
    share = (depth - span[0]) / (span[1] - span[0])
    return 10 + math.floor(_SLICES * min(max(share, 0.0), 1.0))


def _draw_shell(axes: Any, view: _View, low: Points, high: Points) -> None:
    """The floor and the two walls behind, with a metre grid."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Polygon

    x0, y0, z0 = low
    x1, y1, z1 = high
    floor = [(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)]
    west = [(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)]
    north = [(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)]
    for corners, color in ((west, _WALL), (north, "#f6f3ed"), (floor, _FLOOR)):
        axes.add_patch(Polygon(view.flat(np.array(corners)), fc=color, ec=_EDGE, lw=1.0, zorder=1))
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
    # a metre along the front edge
    scale = view.flat(np.array([[x0, y0, z0], [x0 + 1, y0, z0]])) - (0, 0.16)
    axes.plot(*scale.T, color=_INK, lw=2, solid_capstyle="butt", zorder=3)
    axes.text(
        *(scale.mean(axis=0) - (0, 0.09)), "1 m", color=_INK, fontsize=10, ha="center", va="top"
    )


def _draw_shadows(axes: Any, view: _View, scene: dict[str, Any], course: _Course) -> None:
    """What a lamp at the ceiling would leave on the floor."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Polygon

    for solid in solids_of(scene):
        outline = hull(solid.points()[:, :2])
        ground = np.column_stack([outline, np.zeros(len(outline))])
        axes.add_patch(Polygon(view.flat(ground), fc="#000000", ec="none", alpha=0.07, zorder=4))
    ground = course.paths * (1, 1, 0)
    spots = view.flat(ground).transpose(1, 0, 2)
    axes.add_collection(
        LineCollection(list(spots), colors="#000000", alpha=0.07, linewidths=2.2, zorder=5)
    )


def _draw_solids(axes: Any, view: _View, scene: dict[str, Any], span: tuple[float, float]) -> None:
    from matplotlib.collections import PolyCollection

    light = np.array([0.25, -0.55, 0.8]) / np.linalg.norm([0.25, -0.55, 0.8])
    slices: dict[float, list[tuple[Points, Points]]] = {}
    for solid in solids_of(scene):
        for face in solid.faces():
            if face.normal @ view.toward <= 0:
                continue
            shade = 0.62 + 0.38 * max(0.0, float(face.normal @ light))
            order = _zorder(float(view.depth(face.corners).mean()), span)
            slices.setdefault(order, []).append((view.flat(face.corners), _STONE * shade))
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


def _draw_tracks(axes: Any, view: _View, course: _Course, span: tuple[float, float]) -> None:
    from matplotlib.collections import LineCollection

    stop = int(np.searchsorted(course.times, course.arrival_s)) + 1
    paths, times = course.paths[:stop:2], course.times[:stop:2]
    starts, ends = paths[:-1].reshape(-1, 3), paths[1:].reshape(-1, 3)
    when = np.repeat(times[:-1], paths.shape[1])
    depths = view.depth(0.5 * (starts + ends))
    orders = np.array([_zorder(float(depth), span) for depth in depths])
    segments = np.stack([view.flat(starts), view.flat(ends)], axis=1)
    for order in np.unique(orders):
        chosen = orders == order
        lines = LineCollection(
            list(segments[chosen]), cmap=_COLORS, linewidths=2.0, zorder=order + 0.5
        )
        lines.set_array(when[chosen])
        lines.set_clim(0, course.arrival_s)
        lines.set_capstyle("round")
        axes.add_collection(lines)


def _draw_marks(axes: Any, view: _View, course: _Course, span: tuple[float, float]) -> None:
    import matplotlib

    colors = matplotlib.colormaps[_COLORS]
    marks: list[tuple[Points, dict[str, Any]]] = [
        (course.paths[0], {"s": 30, "fc": "white", "ec": _INK, "lw": 1.2}),
        (course.goals, {"s": 120, "fc": "none", "ec": _GOAL, "lw": 1.4}),
        (course.paths[-1], {"s": 30, "fc": _GOAL, "ec": "white", "lw": 0.6}),
    ]
    for share in _MOMENTS:
        dots = {"s": 26, "fc": colors(share), "ec": "white", "lw": 0.6}
        marks.append((course.at(share * course.arrival_s), dots))
    for points, look in marks:
        for point in points:
            x, y = view.flat(point)
            axes.scatter(x, y, zorder=_zorder(float(view.depth(point)), span) + 0.8, **look)


# --- from above -------------------------------------------------------------------------------


def _draw_from_above(axes: Any, scene: dict[str, Any], course: _Course) -> Any:
    import matplotlib
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Polygon

    low, high = room_of(scene)
    solids = sorted(solids_of(scene), key=lambda solid: float(solid.points()[:, 2].max()))
    for number, solid in enumerate(solids):
        axes.add_patch(
            Polygon(
                hull(solid.points()[:, :2]),
                fc=tuple(_STONE),
                ec=_EDGE,
                lw=0.8,
                alpha=0.6,
                zorder=1 + 0.01 * number,
            )
        )
    lines = None
    for agent in range(course.paths.shape[1]):
        points = course.paths[:, agent, :2]
        segments = np.stack([points[:-1], points[1:]], axis=1)
        lines = LineCollection(list(segments), cmap=_COLORS, linewidths=1.3, zorder=3)
        lines.set_array(course.times[:-1])
        lines.set_clim(0, course.arrival_s)
        axes.add_collection(lines)
    colors = matplotlib.colormaps[_COLORS]
    for share in _MOMENTS:
        dots = course.at(share * course.arrival_s)
        axes.scatter(*dots.T[:2], s=12, fc=colors(share), ec="white", lw=0.4, zorder=4)
    axes.scatter(*course.paths[0].T[:2], s=16, fc="white", ec=_INK, lw=1.0, zorder=5)
    axes.scatter(*course.goals.T[:2], s=60, fc="none", ec=_GOAL, lw=1.2, zorder=5)
    axes.scatter(*course.paths[-1].T[:2], s=16, fc=_GOAL, lw=0, zorder=6)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_aspect("equal")
    axes.set_facecolor("white")
    axes.grid(color="#eceae4", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.set_title("from above", loc="left", fontsize=11, color=_INK, pad=7)
    axes.set_xlabel("x (m)", color=_INK)
    axes.set_ylabel("y (m)", color=_INK)
    axes.tick_params(colors=_INK, labelsize=9, length=3)
    for spine in axes.spines.values():
        spine.set_color(_EDGE)
    return lines


# --- words ------------------------------------------------------------------------------------


def _legend(figure: Any, lines: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def dot(label: str, size: float, fill: str, edge: str) -> Any:
        return Line2D([], [], marker="o", ls="none", ms=size, mfc=fill, mec=edge, label=label)

    figure.legend(
        handles=[
            dot("start", 6, "white", _INK),
            dot("slot at the end", 10, "none", _GOAL),
            dot("drone at the end", 6, _GOAL, _GOAL),
            Patch(facecolor=tuple(_STONE), edgecolor=_EDGE, label="obstacle"),
        ],
        loc="lower left",
        bbox_to_anchor=(0.652, 0.12),
        ncols=4,
        frameon=False,
        fontsize=9.5,
        labelcolor=_INK,
        handlelength=1.6,
        handletextpad=0.4,
        columnspacing=1.0,
    )
    place = figure.add_axes((0.668, 0.085, 0.31, 0.018))
    bar = figure.colorbar(lines, cax=place, orientation="horizontal")
    bar.set_label("time of flight (s); dots: the formation on its way", color=_INK, fontsize=10)
    bar.ax.tick_params(colors=_INK, labelsize=9, length=3)
    bar.outline.set_visible(False)


def _title(figure: Any, flight: Flight, world: int) -> None:
    metrics = flight.metrics
    agents = flight.path_w_m.shape[2]
    touches = int(metrics["collisions"][world].sum() + metrics["obstacle_hits"][world].sum())
    closest = float(metrics["closest_m"][world].min())
    contact = "touching nothing" if touches == 0 else f"{touches} touches"
    title = f"{agents} quadcopters fly in formation through a cluttered room"
    figure.text(0.03, 0.945, title, fontsize=20, color=_INK, weight="bold", va="center")
    text = (
        f"World {world + 1} of {len(flight.goal_w_m)}: {contact}, never nearer than "
        f"{closest:.2f} m to each other. Each drone steers by its own sensors."
    )
    figure.text(0.03, 0.9, text, fontsize=12, color=_INK, va="center")
