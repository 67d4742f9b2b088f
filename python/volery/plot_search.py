"""The picture of `volery demo`: paths, targets, the ways of the reports, and who heard whom."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from volery.plot import (
    EDGE,
    INK,
    PAPER,
    STONE,
    View,
    draw_plan,
    draw_shadows,
    draw_shell,
    draw_solids,
    require_matplotlib,
    slice_of,
    style_axes,
)
from volery.plot_solids import Points, room_of, scene_table
from volery.relay_log import BASE, NEVER, Finding, curve, place_of, task_number

if TYPE_CHECKING:
    from volery.demo import Flight, Replay

# blue, vermilion, green, yellow of Okabe and Ito: told apart with every kind of color vision
_PATHS = ["#c9d6df", "#7fa6c0", "#2d6a96"]
_WORD = "#d55e00"
_HOME = "#00855f"
_LINKS = ["#f2eef6", "#b8a3cb", "#5b2a86"]
_TRAFFIC = "#ded5e8"
_TRAFFIC_INK = "#75598f"
_STILL = "#f0c419"

_LINKS_LABEL = "messages delivered between two drones, each drawn at the median of its path"
_EVERY = 3  # steps between two points of a drawn path


@dataclasses.dataclass(frozen=True)
class _Show:
    """One world's flight: what the picture shows."""

    scene: dict[str, Any]
    paths: Points  # (T + 1, A, 3)
    times: Points  # (T + 1,)
    findings: list[Finding]
    places: list[Points]  # (3,) of each finding
    heard: Points  # (A, A) messages delivered, by sender and receiver
    heard_ps: Points  # (T,) messages delivered per second
    found: Points  # (T + 1,)
    reported: Points  # (T + 1,)

    def way(self, finding: Finding) -> Points:
        """Returns the way of a report: the target, who saw it, the relays, the base; (n, 3).

        Everyone where they were when they learned of it.
        """
        agents = finding.way()
        spots = [self.paths[finding.step[agent], agent] for agent in agents]
        return np.array([self.places[self.findings.index(finding)], *spots])


def draw_search(flight: Flight, replayed: Replay, world: int, file: Path, dpi: int = 130) -> None:
    """Draws one world of a flight.

    Args:
        flight: What `volery.demo.fly` returned.
        replayed: What `volery.demo.replay` returned for that world.
        world: Its index.
        file: The picture; its folder is made. Of kind WebP it is made small, for a page.
        dpi: Points per inch; it is 16 inches wide.

    Raises:
        ImportError: Where matplotlib is missing.
        OSError: Where the file cannot be written.
    """
    require_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    show = _show(flight, replayed, world)
    figure = Figure(figsize=(16, 9.4), facecolor=PAPER)
    FigureCanvasAgg(figure)
    _draw_hall(figure.add_axes((0.005, 0.075, 0.645, 0.82)), show)
    _draw_links(figure.add_axes((0.69, 0.51, 0.27, 0.345)), figure, show)
    _draw_curves(figure.add_axes((0.69, 0.105, 0.27, 0.235)), show)
    _legend(figure, show)
    _title(figure, flight, world)
    file.parent.mkdir(parents=True, exist_ok=True)
    small: dict[str, Any] = (
        {"pil_kwargs": {"quality": 45, "method": 6}} if file.suffix == ".webp" else {}
    )
    figure.savefig(file, dpi=dpi, facecolor=PAPER, **small)


def _show(flight: Flight, replayed: Replay, world: int) -> _Show:
    findings = flight.findings[world]
    rate = flight.config["agent_rate_hz"]
    steps = len(replayed.messages)
    total = int(task_number(flight.config, "num_targets"))
    found, reported = curve(findings, steps, total)
    # over a second, from the step's half second before to that after it
    window = np.ones(rate)
    per_step = replayed.messages.sum(axis=(1, 2)).astype(float)
    inside = np.convolve(np.ones(steps), window, "same")
    return _Show(
        scene=scene_table(flight.config["scene"]),
        paths=replayed.path_w_m.astype(float),
        times=np.arange(steps + 1) / rate,
        findings=findings,
        places=[place_of(finding, flight.config) for finding in findings],
        heard=replayed.messages.sum(axis=0).astype(float),
        heard_ps=np.convolve(per_step, window, "same") / inside * rate,
        found=found,
        reported=reported,
    )


def _map(name: str, colors: list[str]) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(name, colors)


# --- in perspective ---------------------------------------------------------------------------


def _draw_hall(axes: Any, show: _Show) -> None:
    view = View()
    low, high = room_of(show.scene)
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    depths = view.depth(corners)
    span = (float(depths.min()), float(depths.max()))
    draw_shell(axes, view, low, high)
    draw_shadows(axes, view, show.scene, show.paths[::_EVERY])
    draw_solids(axes, view, show.scene, span)
    _draw_paths(axes, view, show, span)
    _draw_marks(axes, view, show, span)
    _draw_ways(axes, view, show)
    spots = view.flat(corners)
    axes.set_xlim(spots[:, 0].min() - 0.15, spots[:, 0].max() + 0.15)
    axes.set_ylim(spots[:, 1].min() - 0.6, spots[:, 1].max() + 0.1)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _draw_paths(axes: Any, view: View, show: _Show, span: tuple[float, float]) -> None:
    from matplotlib.collections import LineCollection

    paths, times = show.paths[::_EVERY], show.times[::_EVERY]
    starts, ends = paths[:-1].reshape(-1, 3), paths[1:].reshape(-1, 3)
    when = np.repeat(times[:-1], paths.shape[1])
    orders = np.array([slice_of(float(d), span) for d in view.depth(0.5 * (starts + ends))])
    segments = np.stack([view.flat(starts), view.flat(ends)], axis=1)
    colors = _map("paths", _PATHS)
    for order in np.unique(orders):
        chosen = orders == order
        lines = LineCollection(
            list(segments[chosen]), cmap=colors, linewidths=1.1, zorder=order + 0.5
        )
        lines.set_array(when[chosen])
        lines.set_clim(0, float(show.times[-1]))
        lines.set_capstyle("round")
        axes.add_collection(lines)


def _draw_marks(axes: Any, view: View, show: _Show, span: tuple[float, float]) -> None:
    drones = show.paths[:, 1:]
    dots: list[tuple[Points, dict[str, Any]]] = [
        (drones[0], {"s": 26, "fc": "white", "ec": INK, "lw": 1.0}),
        (drones[-1], {"s": 30, "fc": _PATHS[-1], "ec": "white", "lw": 0.8}),
    ]
    for points, look in dots:
        for point in points:
            x, y = view.flat(point)
            axes.scatter(x, y, zorder=slice_of(float(view.depth(point)), span) + 0.8, **look)


def _draw_ways(axes: Any, view: View, show: _Show) -> None:
    """The ways of the reports, the targets and the base, in front of everything."""
    from matplotlib.patheffects import Normal, Stroke

    halo = [Stroke(linewidth=4.2, foreground="white", alpha=0.85), Normal()]
    for finding, place in zip(show.findings, show.places, strict=True):
        if finding.way():
            spots = view.flat(show.way(finding))
            # the look from the drone at the target is no message
            axes.plot(*spots[:2].T, color=_WORD, lw=1.3, ls=(0, (1, 1.4)), zorder=200)
            axes.plot(
                *spots[1:].T,
                color=_WORD,
                lw=2.0,
                zorder=201,
                path_effects=halo,
                solid_joinstyle="round",
            )
            axes.scatter(*spots[1:-1].T, s=22, fc=_WORD, ec="white", lw=0.8, zorder=202)
        _draw_target(axes, view.flat(place), finding, 110)
    _draw_base(axes, view.flat(show.paths[0, BASE]), 190)


def _draw_target(axes: Any, spot: Points, finding: Finding, size: float) -> None:
    fill = _HOME if finding.reported_step != NEVER else _STILL
    axes.scatter(*spot, s=size, marker="D", fc=fill, ec="white", lw=1.1, zorder=203)


def _draw_base(axes: Any, spot: Points, size: float) -> None:
    axes.scatter(*spot, s=size, marker="s", fc=INK, ec="white", lw=1.4, zorder=204)


# --- from above -------------------------------------------------------------------------------


def _draw_links(axes: Any, figure: Any, show: _Show) -> None:
    """Who heard whom: a line per pair, by the messages delivered in either direction."""
    from matplotlib.collections import LineCollection

    draw_plan(axes, show.scene)
    middles = np.median(show.paths, axis=0)[:, :2]
    pairs = show.heard + show.heard.T
    one, other = np.nonzero(np.triu(pairs))
    count = pairs[one, other]
    order = np.argsort(count)
    segments = np.stack([middles[one], middles[other]], axis=1)[order]
    most = float(count.max()) if len(count) else 1.0
    lines = LineCollection(
        list(segments),
        cmap=_map("links", _LINKS),
        linewidths=0.3 + 3.4 * count[order] / most,
        capstyle="round",
        zorder=3,
    )
    lines.set_array(count[order])
    lines.set_clim(0, most)
    axes.add_collection(lines)
    axes.scatter(*middles[1:].T, s=24, fc=_PATHS[-1], ec="white", lw=0.7, zorder=5)
    for finding, place in zip(show.findings, show.places, strict=True):
        _draw_target(axes, place[:2], finding, 34)
    _draw_base(axes, middles[BASE], 70)
    axes.set_title(
        "from above: who heard whom",
        loc="left",
        fontsize=11,
        color=INK,
        pad=7,
    )
    axes.set_ylabel("y (m)", color=INK)
    axes.set_xlabel("x (m)", color=INK, labelpad=1)
    if len(count):
        place = axes.inset_axes((0.0, -0.2, 1.0, 0.03))
        bar = figure.colorbar(lines, cax=place, orientation="horizontal")
        bar.set_label(_LINKS_LABEL, color=INK, fontsize=9, labelpad=2)
        bar.ax.tick_params(colors=INK, labelsize=8.5, length=3)
        bar.outline.set_visible(False)


def _draw_curves(axes: Any, show: _Show) -> None:
    traffic = axes.twinx()
    traffic.fill_between(show.times[1:], show.heard_ps, color=_TRAFFIC, lw=0, zorder=1)
    traffic.set_ylabel("delivered per second", color=_TRAFFIC_INK, fontsize=9)
    traffic.tick_params(colors=_TRAFFIC_INK, labelsize=8.5, length=3)
    traffic.locator_params(axis="y", nbins=5)
    traffic.set_ylim(0, max(1.0, 2.2 * float(show.heard_ps.max(initial=0))))
    style_axes(axes)
    axes.set_zorder(traffic.get_zorder() + 1)
    axes.patch.set_visible(False)
    for spine in traffic.spines.values():
        spine.set_visible(False)
    look = {"where": "post", "zorder": 4}
    axes.step(show.times, show.found, color=_WORD, lw=1.8, ls=(0, (4, 1.5)), **look)
    axes.step(show.times, show.reported, color=_HOME, lw=2.2, **look)
    axes.fill_between(show.times, show.reported, step="post", color=_HOME, alpha=0.10, lw=0)
    axes.set_xlim(0, float(show.times[-1]))
    axes.set_ylim(0, 1.06)
    axes.set_xlabel("time (s)", color=INK)
    axes.set_title(
        "share of the targets found and reported, and the traffic",
        loc="left",
        fontsize=11,
        color=INK,
        pad=7,
    )


# --- words ------------------------------------------------------------------------------------


def _legend(figure: Any, show: _Show) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def dot(label: str, size: float, fill: str, edge: str, marker: str = "o") -> Any:
        return Line2D([], [], marker=marker, ls="none", ms=size, mfc=fill, mec=edge, label=label)

    marks = [
        dot("base", 10, INK, "white", "s"),
        dot("target, reported", 9, _HOME, "white", "D"),
        Line2D([], [], color=_WORD, lw=2, label="way of a first report, hop by hop"),
        Line2D([], [], color=_WORD, lw=1.3, ls=(0, (1, 1.4)), label="sight of the target"),
        dot("drone at the start", 6, "white", INK),
        dot("at the end", 6, _PATHS[-1], "white"),
        Line2D([], [], color=_PATHS[-1], lw=1.6, label="path, darker with time"),
        Patch(facecolor=tuple(STONE), edgecolor=EDGE, label="obstacle"),
    ]
    if any(finding.reported_step == NEVER for finding in show.findings):
        marks.insert(2, dot("target, seen only", 9, _STILL, "white", "D"))
    look = {"frameon": False, "fontsize": 10, "labelcolor": INK, "handletextpad": 0.5}
    figure.legend(
        handles=marks,
        loc="lower left",
        bbox_to_anchor=(0.02, 0.015),
        ncols=len(marks) // 2 + len(marks) % 2,
        columnspacing=1.8,
        **look,
    )
    curves = [
        Line2D([], [], color=_WORD, lw=1.8, ls=(0, (4, 1.5)), label="found"),
        Line2D([], [], color=_HOME, lw=2.2, label="reported"),
        Patch(facecolor=_TRAFFIC, label="messages delivered per second"),
    ]
    figure.legend(
        handles=curves,
        loc="lower left",
        bbox_to_anchor=(0.685, 0.005),
        ncols=3,
        columnspacing=1.4,
        **look,
    )


def _title(figure: Any, flight: Flight, world: int) -> None:
    config, metrics = flight.config, flight.metrics
    agents = metrics["success"].shape[1]
    title = f"{agents - 1} quadcopters search a hall and report by radio"
    figure.text(0.02, 0.953, title, fontsize=21, color=INK, weight="bold", va="center")
    total = int(task_number(config, "num_targets"))
    home = round(float(metrics["reported"][world, 0]) * total)
    hops = [int(f.hops[BASE]) for f in flight.findings[world] if f.way()]
    text = f"World {world + 1} of {len(metrics['success'])}, the median one by area under reported"
    text += f" ({metrics['reported_area'][world, 0]:.3f}): the base heard of {home} of {total}"
    text += " targets"
    if hops:
        text += f", over {np.mean(hops):.1f} hops in the mean"
    figure.text(0.02, 0.91, text + ".", fontsize=12.5, color=INK, va="center")
