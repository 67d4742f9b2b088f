"""Pictures of a recorded flight: paths in 3-D, figures over time, what became of the messages.

volery.plot_recording.draw("run.vrec", "run.png")
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from volery.outputs import PICTURES, checked_output
from volery.page_flights import track_of
from volery.page_scene import scene_of, teams_of
from volery.page_track import ALIVE, DEAD, Track
from volery.plot import (
    EDGE,
    INK,
    PAPER,
    STONE,
    View,
    draw_shadows,
    draw_solids,
    require_matplotlib,
    slice_of,
    style_axes,
)
from volery.plot_solids import Points, room_of, scene_table

KINDS = ("paths", "metrics", "radio", "all")

# Okabe and Ito, dark enough on paper; light at the start of a path
_TEAMS = [
    ("#c3d9e8", "#0072b2"),
    ("#f3dfb0", "#c47f00"),
    ("#ecd3e1", "#a84f80"),
    ("#bfe3d7", "#00795a"),
]
_WORD = "#d55e00"
_WALLS = ("#f1eee7", "#f6f3ed", "#e9e5db")
_GRID = "#d9d4c8"
_MAX_SEGMENTS = 40000  # of all paths; beyond, samples are left out
_MAX_GOALS = 100
_MAX_CRASHES = 300


def draw(
    source: str | Path | Track | Any,
    out: str | Path,
    kind: str = "all",
    *,
    world: int = 0,
    rate_hz: float = 20,
    dpi: int = 120,
) -> Path:
    """Draws a world of a recording.

    Args:
        source: Path of a recording, an open `volery.Recording`, or a `Track`.
        out: The picture: .png, .svg, .pdf or .webp; its folder is made.
        kind: One of `KINDS`.
        world: Which world.
        rate_hz: Of the samples that paths and curves are drawn from.
        dpi: Points per inch.

    Returns:
        The path of the picture.

    Raises:
        ImportError: Where matplotlib is missing.
        ValueError: For an unknown kind or ending, a world that is not there, or kind "radio" where
            no messages were recorded.
        OSError: For a recording that cannot be read or a picture that cannot be written.
    """
    if kind not in KINDS:
        raise ValueError(f"kind = {kind!r}: must be one of {', '.join(KINDS)}")
    require_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from volery.plot_radio import draw_radio

    path = checked_output(out, PICTURES, source)
    track = source if isinstance(source, Track) else track_of(source, world, rate_hz)
    radio = bool(track.fates) and track.packets_total > 0
    if kind == "radio" and not radio:
        raise ValueError(
            f"radio: no messages were sent in this flight of {track.config['task']}; "
            "there are paths and metrics"
        )
    rows = math.ceil(len(track.series) / 3)
    heights = {"paths": 8.0, "metrics": 1.0 + 2.1 * rows, "radio": 4.9}
    parts = [k for k in heights if kind in (k, "all") and (k != "radio" or radio)]
    figure = Figure(figsize=(13, sum(heights[p] for p in parts) + 0.9), facecolor=PAPER)
    FigureCanvasAgg(figure)
    shares = [0.9, *(heights[p] for p in parts)]
    panels = np.atleast_1d(figure.subfigures(len(shares), 1, height_ratios=shares))
    _title(panels[0], track)
    draws = {"paths": draw_paths, "metrics": draw_metrics, "radio": draw_radio}
    for part, panel in zip(parts, panels[1:], strict=True):
        panel.set_facecolor(PAPER)
        draws[part](panel, track)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=dpi, facecolor=PAPER)
    return path


def team_names(track: Track) -> list[str]:
    """Returns the names of the teams, or one for all."""
    return teams_of(track.config["teams"], track.num_agents)[0] or ["agents"]


def _title(panel: Any, track: Track) -> None:
    panel.set_facecolor(PAPER)
    name = f"{track.config['task']}: {track.num_agents} agent"
    name += "s" if track.num_agents != 1 else ""
    panel.text(0.03, 0.72, name, fontsize=19, color=INK, weight="bold", va="center")
    seed = "" if track.seed is None else f", seed {track.seed}"
    resets = int(track.cut.sum())
    ends = "" if not resets else f", {resets} reset{'s' if resets > 1 else ''}"
    worlds = track.config["num_worlds"]
    text = f"world {track.world} of {worlds}{seed}, {track.duration_s:.1f} s at "
    text += f"{1 / track.step_s:.4g} Hz{ends}"
    panel.text(0.03, 0.25, text, fontsize=12, color=INK, va="center")


# --- paths ------------------------------------------------------------------------------------


def draw_paths(panel: Any, track: Track) -> None:
    """Draws the paths in perspective among the bodies of the scene."""
    axes = panel.add_axes((0.02, 0.08, 0.96, 0.91))
    view = View()
    scene = scene_table(track.config["scene"])
    low, high = _room(track, scene)
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    depths = view.depth(corners)
    span = (float(depths.min()), float(depths.max()))
    _draw_box(axes, view, low, high)
    stride = max(1, math.ceil(track.positions_w_m[..., 0].size / _MAX_SEGMENTS))
    draw_shadows(axes, view, scene, track.positions_w_m[::stride].astype(float))
    draw_solids(axes, view, scene, span)
    _draw_meshes(axes, view, track, span)
    _draw_lines(axes, view, track, span, stride)
    marks = _draw_marks(axes, view, track, span)
    spots = view.flat(corners)
    reach = float(np.ptp(spots[:, 0]))
    axes.set_xlim(spots[:, 0].min() - 0.05 * reach, spots[:, 0].max() + 0.05 * reach)
    axes.set_ylim(spots[:, 1].min() - 0.06 * reach, spots[:, 1].max() + 0.01 * reach)
    axes.set_aspect("equal")
    axes.set_axis_off()
    panel.legend(
        handles=marks,
        loc="lower center",
        ncols=len(marks),
        frameon=False,
        fontsize=10,
        labelcolor=INK,
        handletextpad=0.5,
        columnspacing=1.6,
    )


def _room(track: Track, scene: dict[str, Any]) -> tuple[Points, Points]:
    """Returns the corners of what is shown: a walled room whole, else what was flown through."""
    low, high = room_of({"bounds_low_m": (-50, -50, -1), "bounds_high_m": (50, 50, 50), **scene})
    statics = scene.get("statics", [])
    planes = [s for s in statics if s.get("kind") == "plane"]
    if any(abs(np.array(p.get("rpy_rad", (0, 0, 0)))[:2]).max() > 0.1 for p in planes):
        return low, high
    seen = track.positions_w_m[track.life > 0].reshape(-1, 3)
    if track.goals_w_m is not None:
        goals = track.goals_w_m[track.life > 0].reshape(-1, 3)
        seen = np.concatenate([seen, goals[np.isfinite(goals).all(axis=1)]])
    seen = seen[np.isfinite(seen).all(axis=1)]
    if not len(seen):
        return low, high
    margin = max(0.3, 0.12 * float(np.ptp(seen, axis=0).max()))
    first, last = seen.min(axis=0) - margin, seen.max(axis=0) + margin
    # the ground is where heights are read from
    first[2] = min(0.0, seen[:, 2].min())
    return np.maximum(low, np.floor(first)), np.minimum(high, np.ceil(last))


def _spacing(extent: float) -> float:
    """Returns a round distance between lines: some ten of them over the extent."""
    power = 10.0 ** math.floor(math.log10(max(extent, 1e-3) / 8))
    return next(k * power for k in (1, 2, 5, 10) if extent / (k * power) <= 14)


def _draw_box(axes: Any, view: View, low: Points, high: Points) -> None:
    """The floor and the two walls behind, with lines and meters along the front edges."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Polygon

    (x0, y0, z0), (x1, y1, z1) = low, high
    floor = [(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)]
    west = [(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)]
    north = [(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)]
    for corners, color in zip((west, north, floor), _WALLS, strict=True):
        axes.add_patch(Polygon(view.flat(np.array(corners)), fc=color, ec=EDGE, lw=1.0, zorder=1))
    step = _spacing(float(max(x1 - x0, y1 - y0)))
    ticks = [np.arange(math.ceil(a / step - 1e-9), b / step + 1e-9) * step
             for a, b in ((x0, x1), (y0, y1), (z0, z1))]  # fmt: skip
    lines = [[(x, y0, z0), (x, y1, z0)] for x in ticks[0]]
    lines += [[(x, y1, z0), (x, y1, z1)] for x in ticks[0]]
    lines += [[(x0, y, z0), (x1, y, z0)] for y in ticks[1]]
    lines += [[(x0, y, z0), (x0, y, z1)] for y in ticks[1]]
    lines += [[(x0, y0, z), (x0, y1, z)] for z in ticks[2]]
    lines += [[(x0, y1, z), (x1, y1, z)] for z in ticks[2]]
    axes.add_collection(
        LineCollection(list(view.flat(np.array(lines))), colors=_GRID, linewidths=0.7, zorder=2)
    )
    gap = 0.015 * float(np.ptp(view.flat(np.array(floor))[:, 0]))
    # the front edges along x and y, and the one at the left along z
    edges: list[tuple[Any, tuple[float, float], dict[str, Any]]] = [
        ((np.nan, y0, z0), (0, -gap), {"ha": "center", "va": "top"}),
        ((x1, np.nan, z0), (gap, 0), {"ha": "left", "va": "center"}),
        ((x0, y0, np.nan), (-gap, 0), {"ha": "right", "va": "center"}),
    ]
    for axis, (place, shift, align) in enumerate(edges):
        for value in ticks[axis]:
            spot = view.flat(np.where(np.isnan(place), value, place)) + shift
            axes.text(*spot, f"{value:g}", color=INK, fontsize=9, **align)
        middle = np.where(np.isnan(place), 0.5 * (low[axis] + high[axis]), place)
        spot = view.flat(middle) + 3.2 * np.array(shift)
        axes.text(*spot, f"{'xyz'[axis]} (m)", color=INK, fontsize=10, **align)


def _draw_meshes(axes: Any, view: View, track: Track, span: tuple[float, float]) -> None:
    """Hulls and meshes, triangle by triangle."""
    from matplotlib.collections import PolyCollection

    light = np.array([0.25, -0.55, 0.8]) / np.linalg.norm([0.25, -0.55, 0.8])
    slices: dict[float, list[tuple[Points, Points]]] = {}
    for body in scene_of(track.config["scene"])["statics"]:
        if "triangles" not in body:
            continue
        local = np.array(body["vertices"]).reshape(-1, 3)
        points = local @ _matrix(body["quat"]).T + np.array(body["position"])
        for corners in points[np.array(body["triangles"]).reshape(-1, 3)]:
            normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
            normal /= max(float(np.linalg.norm(normal)), 1e-12)
            shade = 0.62 + 0.38 * abs(float(normal @ light))
            order = slice_of(float(view.depth(corners).mean()), span)
            slices.setdefault(order, []).append((view.flat(corners), STONE * shade))
    for order, faces in slices.items():
        colors = [np.clip(color, 0, 1) for _, color in faces]
        look: dict[str, Any] = {
            "facecolors": colors,
            "edgecolors": colors,
            "linewidths": 0.4,
            "zorder": order,
        }
        axes.add_collection(PolyCollection([corners for corners, _ in faces], **look))


def _matrix(quat_xyzw: list[float]) -> Points:
    x, y, z, w = quat_xyzw
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _draw_lines(
    axes: Any, view: View, track: Track, span: tuple[float, float], stride: int
) -> None:
    """The paths, darker with time; nothing is drawn across a reset or where nobody is."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import LinearSegmentedColormap

    chosen = np.arange(0, len(track.times_s), stride)
    resets = np.cumsum(track.cut)[chosen]
    paths = track.positions_w_m[chosen].astype(float)
    there = track.life[chosen] > 0
    team_of = np.array(teams_of(track.config["teams"], track.num_agents)[1])
    linked = there[:-1] & there[1:] & (np.diff(resets) == 0)[:, None]
    linked &= np.isfinite(paths).all(axis=2)[:-1] & np.isfinite(paths).all(axis=2)[1:]
    when, who = np.nonzero(linked)
    starts, ends = paths[when, who], paths[when + 1, who]
    orders = np.array([slice_of(float(d), span) for d in view.depth(0.5 * (starts + ends))])
    segments = np.stack([view.flat(starts), view.flat(ends)], axis=1)
    width = 1.6 if track.num_agents <= 16 else 1.1 if track.num_agents <= 200 else 0.6
    for team, (pale, full) in enumerate(_TEAMS):
        colors = LinearSegmentedColormap.from_list("paths", [pale, full])
        mine = team_of[who] % len(_TEAMS) == team
        for order in np.unique(orders[mine]):
            part = mine & (orders == order)
            look = {"linewidths": width, "zorder": order + 0.5, "capstyle": "round"}
            lines = LineCollection(list(segments[part]), cmap=colors, **look)
            lines.set_array(track.times_s[chosen][when[part]])
            lines.set_clim(0, max(track.duration_s, 1e-9))
            axes.add_collection(lines)


def _draw_marks(axes: Any, view: View, track: Track, span: tuple[float, float]) -> list[Any]:
    """Starts, ends, wrecks and goals; returns what the legend shows."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    names, team_of = teams_of(track.config["teams"], track.num_agents)
    small = track.num_agents > 64
    first = (track.life > 0).argmax(axis=0)
    rows = np.arange(track.num_agents)
    crashes = np.argwhere((track.life[1:] == DEAD) & (track.life[:-1] == ALIVE))[:_MAX_CRASHES]
    if track.goals_w_m is not None and track.num_agents <= _MAX_GOALS:
        for goal in track.goals_w_m[-1]:
            if np.isfinite(goal).all():
                look: dict[str, Any] = {"s": 38, "marker": "D", "fc": "none", "ec": INK, "lw": 1.0}
                axes.scatter(
                    *view.flat(goal), zorder=slice_of(float(view.depth(goal)), span), **look
                )
    for agent in rows[(track.life > 0).any(axis=0)]:
        start, end = track.positions_w_m[first[agent], agent], track.positions_w_m[-1, agent]
        color = _TEAMS[team_of[agent] % len(_TEAMS)][1]
        dots = [(start, {"s": 9 if small else 24, "fc": "white", "ec": color, "lw": 1.0})]
        if track.life[-1, agent] != DEAD:
            dots.append((end, {"s": 10 if small else 30, "fc": color, "ec": "white", "lw": 0.8}))
        for point, look in dots:
            order = slice_of(float(view.depth(point)), span) + 0.8
            axes.scatter(*view.flat(point), zorder=order, **look)
    for before, agent in crashes:
        point = track.positions_w_m[before + 1, agent]
        order = slice_of(float(view.depth(point)), span) + 0.9
        axes.scatter(*view.flat(point), zorder=order, s=34, marker="x", c=_WORD, lw=1.6)
    marks: list[Any] = [
        Line2D([], [], color=_TEAMS[t % len(_TEAMS)][1], lw=2.2, label=name)
        for t, name in enumerate((names or ["path, darker with time"])[:8])
    ]
    dot: dict[str, Any] = {"marker": "o", "ls": "none", "ms": 6}
    marks.append(Line2D([], [], mfc="white", mec=INK, label="start", **dot))
    marks.append(Line2D([], [], mfc=INK, mec="white", label="end", **dot))
    if len(crashes):
        marks.append(Line2D([], [], marker="x", ls="none", ms=7, mec=_WORD, mew=2, label="crashed"))
    if track.goals_w_m is not None and track.num_agents <= _MAX_GOALS:
        look = {"marker": "D", "ls": "none", "ms": 6, "mfc": "none", "mec": INK}
        marks.append(Line2D([], [], label="goal at the end", **look))
    if any(s.get("kind") != "plane" for s in scene_table(track.config["scene"]).get("statics", [])):
        marks.append(Patch(facecolor=tuple(STONE), edgecolor=EDGE, label="obstacle"))
    return marks


# --- figures over time ------------------------------------------------------------------------


def draw_metrics(panel: Any, track: Track) -> None:
    """Draws every figure of the world over time, with the resets."""
    columns = min(3, len(track.series))
    rows = math.ceil(len(track.series) / columns)
    height = 1.0 + 2.1 * rows
    grid = panel.add_gridspec(
        rows,
        columns,
        left=0.06,
        right=0.98,
        top=1 - 0.5 / height,
        bottom=0.6 / height,
        hspace=0.62,
        wspace=0.2,
    )
    resets = track.times_s[track.cut]
    for number, series in enumerate(track.series):
        axes = panel.add_subplot(grid[number // columns, number % columns])
        style_axes(axes)
        for reset in resets[:200]:
            axes.axvline(reset, color=EDGE, lw=0.8, ls=(0, (2, 2)), zorder=1)
        axes.plot(track.times_s, series.values, color=_TEAMS[0][1], lw=1.3, zorder=3)
        axes.set_xlim(0, max(track.duration_s, 1e-9))
        axes.set_title(f"{series.name} ({series.unit})", loc="left", fontsize=10.5, color=INK)
        axes.locator_params(axis="y", nbins=5)
        if series.unit == "agents":
            axes.set_ylim(0, 1.08 * track.num_agents)
        if number + columns >= len(track.series):
            axes.set_xlabel("time (s)", color=INK, labelpad=1)
