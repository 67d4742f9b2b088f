"""The radio of a recorded flight: who heard whom, fates over time, delivery over distance."""

from __future__ import annotations

from typing import Any

import numpy as np

from volery.page_track import Track
from volery.plot import INK, draw_plan, style_axes
from volery.plot_solids import room_of, scene_table

# fates that share a color share a reason; told apart with every kind of color vision
_FATES = {
    "delivered": ("#2d6a96", "delivered"),
    "occluded": ("#e69f00", "blocked by a body"),
    "lost": ("#f0c419", "lost, bit errors"),
    "bit_error": ("#f0c419", "lost, bit errors"),
    "jammed": ("#a84f80", "jammed"),
    "collision": ("#d55e00", "collided, or the receiver was sending"),
    "half_duplex": ("#d55e00", "collided, or the receiver was sending"),
}
_OTHER = ("#b9b3a6", "no room, late, or receiver dead")
_HIDDEN = ("out_of_range", "masked", "duplicate")
_LINKS = ["#f2eef6", "#b8a3cb", "#5b2a86"]
_BINS = 16


def draw_radio(panel: Any, track: Track) -> None:
    """Draws three views of the messages of a track that has some."""
    look = {"bottom": 0.25, "top": 0.88}
    grid = panel.add_gridspec(1, 3, left=0.06, right=0.95, wspace=0.26, **look)
    _draw_links(panel.add_subplot(grid[0, 0]), panel, track)
    _draw_fates(panel.add_subplot(grid[0, 1]), track)
    _draw_distances(panel.add_subplot(grid[0, 2]), track)


def _draw_links(axes: Any, panel: Any, track: Track) -> None:
    """Who heard whom from above: a line per pair by the messages delivered either way."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import LinearSegmentedColormap

    scene = {"bounds_low_m": (-50, -50, -1), "bounds_high_m": (50, 50, 50)}
    scene |= scene_table(track.config["scene"])
    draw_plan(axes, scene)
    there = track.life > 0
    paths = np.where(there[..., None], track.positions_w_m, np.nan)[:, there.any(axis=0)]
    middles = np.full((track.num_agents, 2), np.nan)
    middles[there.any(axis=0)] = np.nanmedian(paths, axis=0)[:, :2]
    heard = track.packets[track.packets["fate"] == track.fates.index("delivered")]
    ends = np.sort(np.stack([heard["sender"], heard["receiver"]], axis=1), axis=1)
    pairs, count = np.unique(ends, axis=0, return_counts=True)
    order = np.argsort(count)
    most = float(count.max(initial=1))
    lines = LineCollection(
        list(middles[pairs[order]]),
        cmap=LinearSegmentedColormap.from_list("links", _LINKS),
        linewidths=0.3 + 2.7 * count[order] / most,
        capstyle="round",
        zorder=3,
    )
    lines.set_array(count[order])
    lines.set_clim(0, most)
    axes.add_collection(lines)
    size = 20 if track.num_agents <= 64 else 5
    axes.scatter(*middles.T, s=size, fc="#2d6a96", ec="white", lw=0.6, zorder=5)
    _zoom(axes, middles, scene)
    axes.set_title("from above: who heard whom", loc="left", fontsize=10.5, color=INK)
    axes.set_xlabel("x (m)", color=INK, labelpad=1)
    axes.set_ylabel("y (m)", color=INK, labelpad=1)
    if len(count):
        bar = panel.colorbar(lines, cax=axes.inset_axes((0.0, -0.27, 1.0, 0.03)),
                             orientation="horizontal")  # fmt: skip
        cut = track.packet_stride * track.packet_sender_stride
        what = "messages delivered, drawn at the median of the path"
        bar.set_label(what + (f"; 1 of {cut} shown" if cut > 1 else ""), color=INK, fontsize=8.5)
        bar.ax.tick_params(colors=INK, labelsize=8, length=3)
        bar.outline.set_visible(False)


def _zoom(axes: Any, middles: Any, scene: dict[str, Any]) -> None:
    """Shows the room, or where the agents are where it is much larger."""
    seen = middles[np.isfinite(middles).all(axis=1)]
    low, high = room_of(scene)
    if len(seen) and np.ptp(seen, axis=0).max() < 0.3 * (high - low)[:2].max():
        margin = max(1.0, 0.2 * float(np.ptp(seen, axis=0).max()))
        axes.set_xlim(seen[:, 0].min() - margin, seen[:, 0].max() + margin)
        axes.set_ylim(seen[:, 1].min() - margin, seen[:, 1].max() + margin)


def _draw_fates(axes: Any, track: Track) -> None:
    """Messages per second, one above the other by fate; all of them, shown ones or not."""
    style_axes(axes)
    per_s: dict[tuple[str, str], Any] = {}
    spans = np.maximum(np.diff(track.times_s, prepend=track.times_s[0] - track.step_s), 1e-9)
    # over about a second, or single steps would be all that one sees
    width = max(1, min(len(spans), round(1.0 / float(np.median(spans)))))
    window = np.ones(width)
    elapsed = np.convolve(spans, window, "same")
    for number, name in enumerate(track.fates):
        if name in _HIDDEN:
            continue
        counts = np.convolve(track.fate_counts[:, number].astype(float), window, "same")
        look = _FATES.get(name, _OTHER)
        per_s[look] = per_s.get(look, 0) + counts / elapsed
    shown = {look: rate for look, rate in per_s.items() if rate.max() > 0}
    if shown:
        axes.stackplot(
            track.times_s,
            *shown.values(),
            colors=[color for color, _ in shown],
            labels=[label for _, label in shown],
            lw=0,
            zorder=2,
        )
    axes.set_xlim(0, max(track.duration_s, 1e-9))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("time (s)", color=INK, labelpad=1)
    axes.set_title("messages per second and receiver", loc="left", fontsize=10.5, color=INK)
    words: dict[str, Any] = {"frameon": False, "fontsize": 8.5, "labelcolor": INK}
    if shown:
        axes.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.17), ncols=2, **words)


def _draw_distances(axes: Any, track: Track) -> None:
    """Share of the messages within reach that were delivered, by distance."""
    style_axes(axes)
    packets = track.packets
    far = float(packets["distance_m"].max(initial=1e-3))
    edges = np.linspace(0, far * 1.0001, _BINS + 1)
    delivered = packets["fate"] == track.fates.index("delivered")
    every, _ = np.histogram(packets["distance_m"], edges)
    good, _ = np.histogram(packets["distance_m"][delivered], edges)
    middle = 0.5 * (edges[1:] + edges[:-1])
    number = axes.twinx()
    number.bar(middle, every, width=0.92 * edges[1], color="#ded5e8", zorder=1)
    number.set_ylim(0, 2.4 * max(1, every.max()))
    number.tick_params(colors="#75598f", labelsize=8.5, length=3)
    number.set_ylabel("messages", color="#75598f", fontsize=9)
    number.locator_params(axis="y", nbins=5)
    for spine in number.spines.values():
        spine.set_visible(False)
    axes.set_zorder(number.get_zorder() + 1)
    axes.patch.set_visible(False)
    some = every > 0
    share = 100 * good[some] / every[some]
    axes.plot(middle[some], share, color="#2d6a96", lw=1.8, marker="o", ms=4, zorder=4)
    axes.set_xlim(0, far)
    axes.set_ylim(0, 105)
    axes.set_xlabel("distance (m)", color=INK, labelpad=1)
    axes.set_title("delivered of those within reach (%)", loc="left", fontsize=10.5, color=INK)
