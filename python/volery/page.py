"""A page that plays a recording: one HTML file, no network, opens from disk.

    volery.page.write_page("run.vrec", "run.html")

docs/player.md says what the page can do. The player is plain JavaScript in `web/`, one module per
file; here they are joined and packed.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from pathlib import Path
from typing import Any

import numpy as np

from volery import page_scene
from volery.outputs import checked_output
from volery.page_codec import Container, quantised_positions, quantised_turns
from volery.page_flights import track_of
from volery.page_track import Track

MAX_BYTES = 20_000_000

_WEB = Path(__file__).parent / "web"

_MODULES = (
    *("math", "data", "themes", "shaders", "gl", "meshes", "camera", "strokes", "messages"),
    *("layers", "scene", "overlay", "flat", "facts", "compare", "chart", "timebar", "panels"),
    *("commands", "menu", "input", "clock", "subject", "report", "main"),
)
_KEY_S = 1.0  # between whole rows among the differences


def write_page(
    source: str | Path | Track | Any,
    out: str | Path,
    *,
    world: int = 0,
    rate_hz: float = 20,
    title: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Path:
    """Writes a page that plays one world of a recording.

    Args:
        source: Path of a recording, an open `volery.Recording`, or a `Track`.
        out: The page, .html.
        world: Which world of the recording.
        rate_hz: Of the poses stored; the player interpolates between them.
        title: Of the page; the task and its number of agents where None.
        max_bytes: A larger page is refused.

    Returns:
        The path of the page.

    Raises:
        ValueError: For a world that is not there, a rate that is not positive, a page that would
            be too large or take the place of the recording; nothing is written then.
        OSError: For a recording that cannot be read or a page that cannot be written.
    """
    path = checked_output(out, source=source)
    track = source if isinstance(source, Track) else track_of(source, world, rate_hz)
    text = page_text(track, title)
    size = len(text.encode())
    if size > max_bytes:
        rate = len(track.times_s) / max(track.duration_s, track.step_s)
        raise ValueError(
            f"page: {track.num_agents} agents x {track.duration_s:.0f} s at {rate:.3g} Hz make "
            f"{size / 1e6:.1f} MB, more than max_bytes = {max_bytes / 1e6:.1f} MB; try "
            f"rate_hz = {_rate_below(rate * max_bytes / size):g}, or record fewer steps"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def page_text(track: Track, title: str | None = None) -> str:
    """Returns the page as text.

    Args:
        track: What it plays.
        title: See `write_page`.
    """
    name = f"{track.config['task']}, {track.num_agents} agents" if title is None else title
    # a lone surrogate, as file names may hold, is no text that a page could show
    name = name.encode(errors="replace").decode()
    body = (_WEB / "page.html").read_text(encoding="utf-8")
    parts = {
        "title": html.escape(name),
        "data": _payload(track, name),
        **packed_player(),
    }
    for key, value in parts.items():
        body = body.replace(f"<!--{key}-->", value, 1)
    return body


def packed_player() -> dict[str, str]:
    """Returns the player's markup and script as base64 of gzip; the page unpacks them."""
    parts = {"markup": player_markup(), "script": player_code()}
    return {
        name: base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
        for name, text in parts.items()
    }


def player_markup() -> str:
    """Returns what the player shows itself in, and its style."""
    style = _stripped((_WEB / "player.css").read_text(encoding="utf-8"))
    return f"<style>{style}</style>" + (_WEB / "player.html").read_text(encoding="utf-8")


def player_code() -> str:
    """Returns the player's modules as one script."""
    modules = [_stripped((_WEB / f"{m}.js").read_text(encoding="utf-8")) for m in _MODULES]
    return '(() => {\n"use strict";\n' + "\n".join(modules) + "\n})();"


def _stripped(code: str) -> str:
    """Returns code without its comments and indentation.

    A comment behind code has two blanks before it, which no text in the player has.
    """
    lines = (line.strip().split("  // ", 1)[0] for line in code.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _rate_below(rate_hz: float) -> float:
    """Returns a round rate with some room below the one given."""
    for choice in (20, 15, 10, 5, 4, 3, 2, 1, 0.5, 0.2):
        if choice <= 0.9 * rate_hz:
            return choice
    return 0.1


def _payload(track: Track, title: str) -> str:
    """Returns everything that is shown, packed."""
    blobs = Container()
    spacing_s = track.duration_s / max(1, len(track.times_s) - 1)
    key = max(1, round(_KEY_S / max(spacing_s, 1e-9)))
    team_names, team_of = page_scene.teams_of(track.config["teams"], track.num_agents)
    header = {
        **_facts(track, title),
        "scene": page_scene.scene_of(track.config["scene"]),
        "vehicles": page_scene.vehicles_of(track.config["vehicle"]),
        "teams": team_names,
        "series": [{"name": s.name, "unit": s.unit} for s in track.series],
    }
    blobs.add("times", track.times_s)
    blobs.add("episode_s", track.episode_s.astype(np.float32))
    blobs.add("steps", track.steps.astype(np.uint32))
    blobs.add("cut", track.cut.astype(np.uint8))
    blobs.add("life", track.life)
    if track.touch is not None and track.touch.any():
        blobs.add("touch", track.touch)
    if track.wind_w_mps is not None and track.wind_w_mps.any():
        blobs.add("wind", track.wind_w_mps.astype(np.float32))
    _add_landmarks(blobs, header, track)
    blobs.add("team_of", np.array(team_of, np.uint8 if len(team_names) < 256 else np.uint16))
    for i, series in enumerate(track.series):
        blobs.add(f"series{i}", series.values.astype(np.float32))
    _add_bodies(blobs, header, track, key)
    _add_packets(blobs, track)
    return blobs.text(header)


def _facts(track: Track, title: str) -> dict[str, Any]:
    from volery import __version__

    config = track.config
    digest = hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode()).hexdigest()
    radio = config["radio"] or None
    return {
        "format": 1,
        "volery": __version__,
        "title": title,
        "task": config["task"],
        "world": track.world,
        "worlds": config["num_worlds"],
        "agents": track.num_agents,
        "num_props": track.prop_positions_w_m.shape[1],
        "step_s": track.step_s,
        # browsers hold whole numbers of 53 bits
        "seed": track.seed if (track.seed or 0) < 2**53 else str(track.seed),
        "config": digest[:12],
        "note": track.note,
        "fates": track.fates,
        "packets_total": track.packets_total,
        "packet_stride": track.packet_stride,
        "packet_sender_stride": track.packet_sender_stride,
        "latency_s": radio["timing"]["latency_steps"] * track.step_s if radio else 0,
        "range_m": radio["range"]["range_m"] if radio and radio["range"]["kind"] == "disc" else [],
    }


def _add_bodies(blobs: Container, header: dict[str, Any], track: Track, key: int) -> None:
    bodies = {
        "position": (track.positions_w_m, track.quats_wb_xyzw),
        "prop_position": (track.prop_positions_w_m, track.prop_quats_wb_xyzw),
    }
    names = {"position": ("positions", "turns"), "prop_position": ("prop_positions", "prop_turns")}
    for what, (positions, quats) in bodies.items():
        rows, low, step = quantised_positions(positions)
        header[what] = {"low": low, "step": step}
        blobs.add_deltas(names[what][0], rows, key)
        blobs.add_deltas(names[what][1], quantised_turns(quats), key)
    if track.goals_w_m is not None and np.nan_to_num(track.goals_w_m).any():
        rows, low, step = quantised_positions(track.goals_w_m)
        header["goal"] = {"low": low, "step": step}
        blobs.add_deltas("goals", rows, key)


def _add_landmarks(blobs: Container, header: dict[str, Any], track: Track) -> None:
    marks = track.landmarks
    if not len(marks):
        return
    header["looks"] = track.landmark_looks
    blobs.add("landmark_span", np.stack([marks["first"], marks["end"]], axis=1))
    blobs.add("landmark_look", marks["look"])
    places = [marks["position_w_m"], marks["axis_w"], marks["radius_m"][:, None]]
    blobs.add("landmark_place", np.concatenate(places, axis=1))


def _add_packets(blobs: Container, track: Track) -> None:
    packets = track.packets
    if not track.fates:
        return
    blobs.add("fate_counts", track.fate_counts.astype(np.uint32))
    blobs.add("packet_time", packets["time_s"])
    blobs.add("packet_delay", packets["delay_s"])
    blobs.add("packet_sender", packets["sender"].astype(np.uint32))
    blobs.add("packet_receiver", packets["receiver"].astype(np.uint32))
    blobs.add("packet_fate", packets["fate"])
    blobs.add("packet_bytes", packets["bytes"].astype(np.uint32))
    blobs.add("packet_distance", packets["distance_m"])
