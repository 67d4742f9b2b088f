"""The picture of `volery plot response`: steps and tracks of control laws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from volery.evaluation import Response, fly, hover_batch, references, start_on, step_response
from volery.plot import require_matplotlib

_INK = "#22303c"
_GRID = "#d9d4c8"
_WANTED = "#8d8577"
# distinct in hue and lightness, for any number of laws up to five
_COLORS = ("#1f5a7a", "#d1495b", "#3a7d44", "#8f5fbf", "#c98a1b")
# dashes let a line shine through that lies underneath, as Lee's under INDI's
_DASHES: tuple[Any, ...] = ("-", "-", "-", "-", (0, (4, 3)))
_STYLES = tuple(zip(_COLORS, _DASHES, strict=True))
_SHOWN_S = 5.0


def draw_response(vehicle: str, laws: Sequence[str], rates_hz: tuple[int, int], path: Path) -> None:
    """Writes the picture.

    Args:
        vehicle: Name.
        laws: Control laws, drawn over each other.
        rates_hz: Physics and control rate.
        path: PNG to write; its folder is made.

    Raises:
        ImportError: Where matplotlib is missing.
        ValueError: For an unknown law or vehicle, rates that do not divide.
    """
    require_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    steps = {law: [step_response(vehicle, law, rates_hz, axis) for axis in (0, 2)] for law in laws}
    tracks = {law: _tracks(vehicle, law, rates_hz) for law in laws}

    figure = Figure(figsize=(11, 8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, 2)
    for ax, title, index in ((axes[0, 0], "1 m sideways", 0), (axes[0, 1], "1 m up", 1)):
        _draw_steps(ax, title, {law: pair[index] for law, pair in steps.items()})
    for ax, name in ((axes[1, 0], "circle"), (axes[1, 1], "figure-eight")):
        _draw_track(ax, name, {law: found[name] for law, found in tracks.items()})
    figure.suptitle(
        f"{vehicle}: {', '.join(laws)} at {rates_hz[0]} Hz physics, {rates_hz[1]} Hz control",
        color=_INK,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def _style(ax: Any, title: str) -> None:
    ax.set_title(title, fontsize=11, color=_INK)
    ax.grid(color=_GRID, linewidth=0.6)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _draw_steps(ax: Any, title: str, responses: dict[str, Response]) -> None:
    _style(ax, title)
    ax.axhline(1.0, color=_WANTED, linewidth=1, linestyle="--")
    for (color, dash), (law, response) in zip(_STYLES, responses.items(), strict=False):
        label = f"{law}: rise {response.rise_s:.2f} s, overshoot {response.overshoot:.1%}"
        ax.plot(response.time_s, response.position_m, color=color, linestyle=dash, label=label)
    ax.set_xlim(0, _SHOWN_S)
    ax.set_xlabel("time, s")
    ax.set_ylabel("position, m")
    ax.legend(loc="lower right", fontsize=9, frameon=False)


def _tracks(vehicle: str, law: str, rates_hz: tuple[int, int]) -> dict[str, Any]:
    """Per reference: path (T, 3), times (T,), root mean square error."""
    flown = {name: references()[name] for name in ("circle", "figure-eight")}
    with hover_batch(vehicle, law, len(flown), rates_hz) as batch:
        trackers = start_on(batch, list(flown.values()))
        steps = list(fly(batch, trackers, max(r.duration_s for r in flown.values())))
    times = np.array([time_s for time_s, _, _ in steps])
    found = {}
    for world, (name, reference) in enumerate(flown.items()):
        path = np.array([position[world] for _, position, _ in steps])
        wanted = reference.at(times).position_w_m
        steady = times >= reference.steady_s
        error = np.linalg.norm(path - wanted, axis=1)[steady]
        found[name] = (path, wanted, float(np.sqrt(np.mean(error**2))))
    return found


def _draw_track(ax: Any, name: str, tracks: dict[str, Any]) -> None:
    _style(ax, name)
    _, wanted, _ = next(iter(tracks.values()))
    ax.plot(wanted[:, 0], wanted[:, 1], color=_WANTED, linewidth=1, linestyle="--")
    for (color, dash), (law, (path, _, rmse_m)) in zip(_STYLES, tracks.items(), strict=False):
        label = f"{law}: RMSE {1000 * rmse_m:.0f} mm"
        ax.plot(path[:, 0], path[:, 1], color=color, linestyle=dash, label=label)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xlabel("east, m")
    ax.set_ylabel("north, m")
    # below: the curves leave no room for it inside
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, fontsize=9, frameon=False)
