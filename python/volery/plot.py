"""Pictures of flights, with matplotlib where it is installed."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery

if TYPE_CHECKING:
    from volery.demo import Flight

Floats = NDArray[np.floating[Any]]

_INK = "#22303c"
_PAPER = "#fbfaf7"
_SOLID = "#c9c3b8"
_EDGE = "#8d8577"
_GOAL = "#d1495b"
_PATH_COLORS = "viridis"


def require_matplotlib() -> None:
    """Raises ImportError with the remedy where matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError("pictures need matplotlib: pip install 'volery[plot]'") from None


@dataclasses.dataclass(frozen=True)
class _Solid:
    """A static body as corners of its faces, and how it looks from above and from the side."""

    kind: str
    center: Floats  # (3,)
    rotation: Floats  # (3, 3), columns are its axes
    size: Floats  # (3,), full extents

    def outline(self, axes: tuple[int, int]) -> Floats:
        """Returns the convex outline of its points on two world axes, (n, 2)."""
        points = self.points()[:, list(axes)]
        return _hull(points)

    def points(self) -> Floats:
        """Returns points whose convex hull is the body, (n, 3)."""
        half = 0.5 * self.size
        if self.kind == "box":
            local = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T * half
        elif self.kind == "sphere":
            turn = np.linspace(0, 2 * math.pi, 24, endpoint=False)
            lift = np.linspace(-math.pi / 2, math.pi / 2, 13)
            t, u = (grid.ravel() for grid in np.meshgrid(turn, lift))
            local = half[0] * np.stack([np.cos(t) * np.cos(u), np.sin(t) * np.cos(u), np.sin(u)], 1)
        else:
            turn = np.linspace(0, 2 * math.pi, 32, endpoint=False)
            ring = np.stack([half[0] * np.cos(turn), half[0] * np.sin(turn), 0 * turn], 1)
            up = np.array([0, 0, half[2]])
            local = np.concatenate([ring - up, ring + up])
        return self.center + local @ self.rotation.T


def draw_flight(flight: Flight, file: Path) -> None:
    """Draws the paths of one world among its obstacles, from above and from the side.

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
    scene = _scene_of(flight.config["scene"])
    low, high = _room(scene)
    figure = Figure(figsize=(13.2, 9.6), facecolor=_PAPER)
    FigureCanvasAgg(figure)
    span = high - low
    grid = figure.add_gridspec(
        2,
        2,
        width_ratios=[span[0], span[2] + 1.2],
        height_ratios=[span[1], span[2]],
        left=0.06,
        right=0.97,
        bottom=0.07,
        top=0.87,
        hspace=0.13,
        wspace=0.12,
    )
    top = figure.add_subplot(grid[0, 0])
    front = figure.add_subplot(grid[1, 0])
    side = figure.add_subplot(grid[0, 1])
    paths = flight.path_w_m[:, world]
    times = np.arange(len(paths)) / flight.config["agent_rate_hz"]
    for axes, pair, title in (
        (top, (0, 1), "from above"),
        (front, (0, 2), "from the south"),
        (side, (2, 1), "from the east, on its side"),
    ):
        _draw_room(axes, scene, low, high, pair)
        lines = _draw_paths(axes, paths, times, flight.goal_w_m[world], pair)
        axes.set_title(title, loc="left", fontsize=10, color=_INK, pad=6)
    top.set_ylabel("y (m)")
    front.set_xlabel("x (m)")
    front.set_ylabel("z (m)")
    side.set_xlabel("z (m)")
    _legend(figure, grid, lines)
    _title(figure, flight, world)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=150, facecolor=_PAPER)


def _scene_of(scene: Any) -> dict[str, Any]:
    """Returns the scene's table, `base` included."""
    if isinstance(scene, str):
        path = Path(scene)
        if path.suffix != ".toml":
            path = Path(_volery.assets_folder()) / "scenes" / f"{scene}.toml"
        return dict(_volery.read_config(str(path))["scene"])
    base = _scene_of(scene["base"]) if "base" in scene else {}
    return {**base, **scene}


def _room(scene: dict[str, Any]) -> tuple[Floats, Floats]:
    low = np.array(scene["bounds_low_m"], dtype=float)
    high = np.array(scene["bounds_high_m"], dtype=float)
    # bounds reach a little below the ground
    low[2] = max(low[2], 0.0)
    return low, high


def _solids(scene: dict[str, Any]) -> list[_Solid]:
    solids = []
    for static in scene.get("statics", []):
        kind = static.get("kind", "box")
        if kind not in {"box", "cylinder", "sphere"}:
            continue
        solids.append(
            _Solid(
                kind,
                np.array(static.get("position_w_m", (0, 0, 0)), dtype=float),
                _rotation(*static.get("rpy_rad", (0, 0, 0))),
                np.array(static.get("size_m", (1, 1, 1)), dtype=float),
            )
        )
    return solids


def _rotation(roll: float, pitch: float, yaw: float) -> Floats:
    cr, sr = math.cos(roll), math.sin(roll)
    cp, sp = math.cos(pitch), math.sin(pitch)
    cy, sy = math.cos(yaw), math.sin(yaw)
    x = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    y = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    return z @ y @ x


def _hull(points: Floats) -> Floats:
    """Returns the convex hull of points in the plane, counter-clockwise (Andrew's chain)."""
    ordered = sorted({(round(float(x), 6), round(float(y), 6)) for x, y in points})

    def chain(sequence: list[tuple[float, float]]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for p in sequence:
            while len(out) > 1 and _turn(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _draw_room(
    axes: Any, scene: dict[str, Any], low: Floats, high: Floats, pair: tuple[int, int]
) -> None:
    from matplotlib.patches import Polygon

    i, j = pair
    (k,) = {0, 1, 2} - set(pair)
    # far solids first; nearer ones are drawn over them, a little darker
    toward = 1.0 if k in (0, 2) else -1.0
    solids = sorted(_solids(scene), key=lambda s: toward * float(s.points()[:, k].max()))
    for number, solid in enumerate(solids):
        shade = 0.55 + 0.35 * number / max(1, len(solids) - 1)
        axes.add_patch(
            Polygon(
                solid.outline(pair),
                facecolor=_SOLID,
                edgecolor=_EDGE,
                linewidth=0.8,
                alpha=shade,
                joinstyle="round",
                zorder=1 + 0.01 * number,
            )
        )
    axes.set_xlim(low[i], high[i])
    axes.set_ylim(low[j], high[j])
    axes.set_aspect("equal")
    axes.set_facecolor("white")
    axes.grid(color="#eceae4", linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_INK, labelsize=9, length=3)
    axes.xaxis.label.set_color(_INK)
    axes.yaxis.label.set_color(_INK)
    for spine in axes.spines.values():
        spine.set_color(_INK)
        spine.set_linewidth(1.4)


def _draw_paths(
    axes: Any, paths: Floats, times: Floats, goals: Floats, pair: tuple[int, int]
) -> Any:
    from matplotlib.collections import LineCollection

    i, j = pair
    lines = None
    for agent in range(paths.shape[1]):
        points = paths[:, agent][:, [i, j]]
        segments = np.stack([points[:-1], points[1:]], axis=1)
        lines = LineCollection(segments, cmap=_PATH_COLORS, linewidths=1.5, zorder=3)
        lines.set_array(times[:-1])
        lines.set_capstyle("round")
        axes.add_collection(lines)
    start, end = paths[0], paths[-1]
    axes.scatter(
        start[:, i], start[:, j], s=22, facecolor="white", edgecolor=_INK, linewidth=1.1, zorder=4
    )
    axes.scatter(
        goals[:, i], goals[:, j], s=95, facecolor="none", edgecolor=_GOAL, linewidth=1.3, zorder=5
    )
    axes.scatter(end[:, i], end[:, j], s=22, color=_GOAL, linewidth=0, zorder=6)
    return lines


def _legend(figure: Any, grid: Any, lines: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    corner = figure.add_subplot(grid[1, 1])
    corner.set_axis_off()
    handles = [
        Line2D([], [], marker="o", color="none", mec=_INK, mfc="white", ms=6, label="start"),
        Line2D(
            [], [], marker="o", color="none", mec=_GOAL, mfc="none", ms=10, label="slot at the end"
        ),
        Line2D(
            [], [], marker="o", color="none", mec="none", mfc=_GOAL, ms=6, label="drone at the end"
        ),
        Patch(facecolor=_SOLID, edgecolor=_EDGE, label="obstacle"),
    ]
    corner.legend(
        handles=handles, loc="upper left", frameon=False, fontsize=10, labelcolor=_INK, borderpad=0
    )
    place = corner.inset_axes((0.02, 0.16, 0.9, 0.07))
    bar = figure.colorbar(lines, cax=place, orientation="horizontal")
    bar.set_label("time of flight (s)", color=_INK, fontsize=10)
    bar.ax.tick_params(colors=_INK, labelsize=9, length=3)
    bar.outline.set_visible(False)


def _title(figure: Any, flight: Flight, world: int) -> None:
    agents = flight.path_w_m.shape[2]
    metrics = flight.metrics
    touches = int(metrics["collisions"][world].sum() + metrics["obstacle_hits"][world].sum())
    closest = float(metrics["closest_m"][world].min())
    contact = "touching nothing" if touches == 0 else f"{touches} touches"
    figure.text(
        0.06, 0.955, f"{agents} quadcopters fly in formation through a cluttered room",
        fontsize=17, color=_INK, weight="bold", va="center",
    )  # fmt: skip
    figure.text(
        0.06, 0.917,
        f"world {world} of {len(flight.goal_w_m)}, {contact}, never nearer than {closest:.2f} m "
        "to each other; each flies by what it senses itself",
        fontsize=11, color=_INK, va="center",
    )  # fmt: skip
