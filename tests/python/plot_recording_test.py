"""Pictures of recorded flights."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from volery import Batch, plot_recording
from volery.cli import main
from volery.page_flights import fly
from volery.page_track import Track

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def flight() -> Track:
    return fly("search_relay", 6, steps=150, seed=3)


def drawn(monkeypatch: pytest.MonkeyPatch, track: Track, out: Path, kind: str) -> Any:
    """Draws, and returns the figure that was saved."""
    from matplotlib.figure import Figure

    kept: list[Any] = []
    save = Figure.savefig

    def keep(figure: Any, *arguments: Any, **options: Any) -> None:
        kept.append(figure)
        save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", keep)
    plot_recording.draw(track, out, kind, dpi=40)
    return kept[0]


def axes_of(figure: Any) -> dict[str, Any]:
    """Axes by title, those of the subfigures too."""
    panels = [figure, *figure.subfigs]
    return {a.get_title(loc="left"): a for panel in panels for a in panel.axes}


@pytest.mark.parametrize("kind", plot_recording.KINDS)
def test_each_kind_makes_a_picture(flight: Track, tmp_path: Path, kind: str) -> None:
    image = pytest.importorskip("matplotlib.image")
    out = plot_recording.draw(flight, tmp_path / "new" / f"{kind}.png", kind, dpi=40)
    picture = image.imread(out)[..., :3]
    assert picture.shape[1] == 13 * 40
    # not paper alone
    assert (np.abs(picture - picture[0, 0]).max(axis=-1) > 0.05).mean() > 0.02


def test_curves_show_the_figures_of_the_track(
    monkeypatch: pytest.MonkeyPatch, flight: Track, tmp_path: Path
) -> None:
    axes = axes_of(drawn(monkeypatch, flight, tmp_path / "a.png", "metrics"))
    assert list(axes) == [f"{s.name} ({s.unit})" for s in flight.series]
    for series in flight.series:
        line = axes[f"{series.name} ({series.unit})"].lines[-1]
        np.testing.assert_array_equal(line.get_xdata(), flight.times_s)
        np.testing.assert_array_equal(line.get_ydata(), series.values)


def test_the_radio_shows_all_fates_and_the_share_delivered_by_distance(
    monkeypatch: pytest.MonkeyPatch, flight: Track, tmp_path: Path
) -> None:
    axes = axes_of(drawn(monkeypatch, flight, tmp_path / "a.png", "radio"))
    curve = axes["delivered of those within reach (%)"].lines[0]
    packets = flight.packets
    edge = 0.5 * (curve.get_xdata()[0] + curve.get_xdata()[1])
    near = packets[packets["distance_m"] < edge]
    share = 100 * (near["fate"] == flight.fates.index("delivered")).mean()
    assert curve.get_ydata()[0] == pytest.approx(share)
    labels = [text.get_text() for text in axes["messages per second and receiver"].legend_.texts]
    assert "delivered" in labels
    assert len(labels) == len(set(labels))


def test_nothing_is_drawn_across_a_reset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    track = fly("hover", 2, steps=100, seed=0, episode_s=1)
    jump = np.linalg.norm(np.diff(track.positions_w_m, axis=0), axis=-1)
    assert jump[np.flatnonzero(track.cut) - 1].max() > 0.3
    figure = drawn(monkeypatch, track, tmp_path / "a.png", "paths")
    lengths = [
        np.linalg.norm(np.diff(segment, axis=0), axis=1).max()
        for panel in figure.subfigs
        for axes in panel.axes
        for lines in axes.collections
        # those colored by time are paths; grid and shadows are not
        if lines.get_array() is not None
        for segment in lines.get_segments()
    ]
    assert len(lengths) > 50
    assert max(lengths) < 0.3


@pytest.mark.parametrize(
    "flown",
    [
        {"task": "hover", "num_agents": 1},
        {"task": "gates", "num_agents": 2, "scene": "gates"},
        {"task": "hover", "num_agents": 2, "scene": "arch"},
        {"task": "formation", "num_agents": 6, "vehicle": ["cf2x", "rover"], "action": "velocity",
         "teams": ["a", "b", "c", "d", "e", "f"]},
        {"task": "formation", "num_agents": 3, "join_s": [0.0, 0.5, 1.0]},
        {"task": "flocking", "num_agents": 300},
    ],
    ids=["one", "gates", "hulls", "mixed", "late", "many"],
)  # fmt: skip
def test_other_flights_are_drawn_without_complaint(flown: dict[str, Any], tmp_path: Path) -> None:
    track = fly(**flown, steps=20, seed=0)
    assert plot_recording.draw(track, tmp_path / "a.png", dpi=30).stat().st_size > 1000


def test_a_flight_of_one_sample_is_drawn(flight: Track, tmp_path: Path) -> None:
    rows = ("times_s", "episode_s", "steps", "cut", "positions_w_m", "quats_wb_xyzw", "life")
    rows += ("prop_positions_w_m", "prop_quats_wb_xyzw", "fate_counts", "goals_w_m")
    short = {name: getattr(flight, name)[:1] for name in rows}
    series = [dataclasses.replace(s, values=s.values[:1]) for s in flight.series]
    track = dataclasses.replace(flight, **short, series=series)
    assert plot_recording.draw(track, tmp_path / "a.png", dpi=30).exists()


def test_what_cannot_be_drawn_is_refused(tmp_path: Path, flight: Track) -> None:
    silent = fly("hover", 1, steps=3)
    with pytest.raises(ValueError, match="no messages were sent in this flight of hover"):
        plot_recording.draw(silent, tmp_path / "a.png", "radio")
    with pytest.raises(ValueError, match="kind = 'lines': must be one of paths, metrics"):
        plot_recording.draw(silent, tmp_path / "a.png", "lines")
    with pytest.raises(ValueError, match="gibberish"):
        plot_recording.draw(silent, tmp_path / "a.gibberish")
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "run.vrec"
    with Batch("hover", 2, 3, seed=3) as batch:
        pilot = batch.baseline(seed=3)
        observation = batch.reset()
        with batch.record(path):
            for _ in range(30):
                observation = batch.step(pilot.act(observation))[0]
    return path


def test_the_program_draws_a_recording(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.png"
    command = ["plot", str(recorded), "--out", str(out), "--kind", "paths", "--world", "1"]
    assert main(command) == 0
    assert f"picture: {out}" in capsys.readouterr().out
    assert out.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.vrec"], ["none.vrec"]),
        (["RECORDED", "--kind", "radio"], ["no messages were sent"]),
        (["RECORDED", "--kind", "lines"], ["invalid choice", "paths"]),
        (["RECORDED", "--world", "2"], ["world = 2", "[0, 1]"]),
        (["RECORDED", "--rate", "0"], ["rate_hz = 0"]),
        (["trust"], ["invalid choice: 'trust'", "thrust"]),
    ],
)
def test_the_program_refuses_in_one_line(
    recorded: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: list[str],
) -> None:
    given = [str(recorded) if a == "RECORDED" else a for a in arguments]
    assert main(["plot", *given, "--out", str(tmp_path / "a.png")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert all(word in said for word in words)
