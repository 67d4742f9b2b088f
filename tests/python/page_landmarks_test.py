"""Landmarks of tasks in pages: what is kept of them, and how they look in Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from volery import Batch, page
from volery.page_flights import fly
from volery.page_landmarks import LandmarkLog
from volery.page_sampler import Sampler
from volery.page_track import Track

if TYPE_CHECKING:
    from conftest import Browser

# colors of the dark theme
OPEN, BUSY, JAMMER = (0xE6, 0x9F, 0x00), (0xF0, 0xE4, 0x42), (0xD5, 0x5E, 0x00)
# a ball is shaded and a thin line is mixed with the ground
COLOR_TOL = 70
NEAR_PX = 4


def mark(x: float, state: str = "open") -> dict[str, Any]:
    return {
        "name": "target",
        "kind": "target",
        "state": state,
        "position_w_m": (x, 0.0, 1.0),
        "axis_w": (0.0, 0.0, 1.0),
        "radius_m": 0.1,
    }


def spans_of(log: LandmarkLog) -> list[tuple[int, int, float, str]]:
    return [
        (int(s["first"]), int(s["end"]), float(s["position_w_m"][0]), log.looks[s["look"]][2])
        for s in log.result()
    ]


def test_what_stays_as_it_is_takes_one_span() -> None:
    log = LandmarkLog()
    for sample in range(10):
        log.add([mark(1), mark(2, "open" if sample < 6 else "busy")])
    assert spans_of(log) == [(0, 6, 2, "open"), (0, 10, 1, "open"), (6, 10, 2, "busy")]


def test_what_comes_back_or_stands_twice_is_told_apart() -> None:
    log = LandmarkLog()
    for marks in ([mark(1), mark(1)], [], [mark(1)], [mark(1), mark(1)]):
        log.add(marks)
    spans = [span[:2] for span in spans_of(log)]
    assert sorted(spans) == [(0, 1), (0, 1), (2, 4), (3, 4)]


def test_without_landmarks_there_is_nothing() -> None:
    log = LandmarkLog()
    log.add([])
    assert len(log.result()) == 0


def present(track: Track, sample: int) -> list[tuple[Any, ...]]:
    """What a track has at a sample, as a page tells it, sorted."""
    marks = track.landmarks
    here = marks[(marks["first"] <= sample) & (sample < marks["end"])]
    return sorted(
        (*track.landmark_looks[m["look"]], *m["position_w_m"].tolist(), float(m["radius_m"]))
        for m in here
    )


def test_a_track_has_the_landmarks_of_each_sample() -> None:
    with Batch("foraging", 1, 6, seed=2) as batch:
        pilot = batch.baseline(seed=2)
        observation = batch.reset()
        sampler, seen = Sampler(batch, rate_hz=10), []
        sampler.sample(just_reset=True)
        seen.append(batch.landmarks())
        for step in range(1, 301):
            observation = batch.step(pilot.act(observation))[0]
            sampler.sample(last=step == 300)
            if step % 3 == 0:
                seen.append(batch.landmarks())
    track = sampler.track()
    assert len(track.times_s) == len(seen)
    for sample, marks in enumerate(seen):
        wanted = sorted(
            (m["name"], m["kind"], m["state"], *m["position_w_m"], m["radius_m"]) for m in marks
        )
        assert present(track, sample) == wanted
    # items go, so that there is more than one moment to tell apart
    assert len(seen[-1]) < len(seen[0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("landmarks")


@pytest.fixture(scope="module")
def search(folder: Path) -> tuple[Track, Path]:
    track = fly("search_relay", 12, steps=600, seed=3)
    return track, page.write_page(track, folder / "search.html")


@pytest.fixture(scope="module")
def race(folder: Path) -> tuple[Track, Path]:
    track = fly("gates", 1, steps=150, seed=1)
    return track, page.write_page(track, folder / "race.html")


SHOWN = """[...volery.track.landmarks()]
  .map(({ look, center, radius }) => [...look, ...center, radius])"""


@pytest.mark.parametrize("flat", ["", "&flat"])
def test_a_page_shows_the_landmarks_of_every_moment(
    browser: Browser, search: tuple[Track, Path], flat: str
) -> None:
    track, path = search
    assert browser.open(path, f"t=0{flat}") == "ready"
    states = set()
    for sample in (0, len(track.times_s) // 3, len(track.times_s) - 1):
        browser.run(f"volery.seek({track.times_s[sample]})")
        report = browser.report()
        wanted = present(track, sample)
        for shown, true in zip(sorted(browser.run(SHOWN)), wanted, strict=True):
            assert tuple(shown[:3]) == true[:3]
            assert shown[3:] == pytest.approx(true[3:], abs=1e-6)
        states |= {row[2] for row in wanted}
        assert report["gl_errors"] == []
    # something was found, or one moment would look like another
    assert {"open", "busy"} <= states
    assert browser.complaints() == []


def view_of(browser: Browser, point: Any) -> tuple[int, int]:
    """Pixel of the screen on which a point lies, or would."""
    x, y = browser.run(f"volery.camera.project({[float(v) for v in point]}).slice(0, 2)")
    left, top = browser.run(
        "(({left, top}) => [left, top])(document.getElementById('view').getBoundingClientRect())"
    )
    return round(left + x), round(top + y)


def has_color(picture: Any, at: tuple[int, int], color: tuple[int, int, int]) -> bool:
    column, row = at
    part = picture[row - NEAR_PX : row + NEAR_PX + 1, column - NEAR_PX : column + NEAR_PX + 1]
    return bool(np.abs(part - color).max(axis=-1).min() < COLOR_TOL)


def painted(browser: Browser) -> Any:
    browser.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return browser.picture()


@pytest.mark.parametrize("flat", ["", "&flat"])
def test_targets_are_where_the_task_has_them(
    browser: Browser, search: tuple[Track, Path], flat: str
) -> None:
    track, path = search
    browser.open(path, f"t=0&cam=top{flat}")
    browser.run("for (const n of ['trails', 'links', 'labels']) volery.layers.scope[n] = 'off'")
    browser.report()
    targets = track.landmarks[(track.landmarks["first"] == 0)]
    targets = [m for m in targets if track.landmark_looks[m["look"]][1] == "target"]
    assert targets
    on = painted(browser)
    places = [view_of(browser, m["position_w_m"]) for m in targets]
    assert all(has_color(on, at, OPEN) for at in places)
    # they go and come with the goals
    browser.key("6", "Digit6")
    off = painted(browser)
    assert not any(has_color(off, at, OPEN) for at in places)


@pytest.mark.parametrize("flat", ["", "&flat"])
def test_a_gate_is_a_square_about_its_opening(
    browser: Browser, race: tuple[Track, Path], flat: str
) -> None:
    track, path = race
    browser.open(path, f"t=0&cam=-2.2,0.6,32,0,0,1{flat}")
    browser.run("for (const n of ['trails', 'labels']) volery.layers.scope[n] = 'off'")
    # the scene would hide parts of it
    browser.run("volery.scene.draw_statics = volery.scene.statics = () => {}, volery.touch()")
    browser.report()
    picture = painted(browser)
    gates = track.landmarks[track.landmarks["first"] == 0]
    for gate in gates:
        state = track.landmark_looks[gate["look"]][2]
        level = np.cross((0, 0, 1), gate["axis_w"])
        for side in (level, -level, np.array([0, 0, 1]), np.array([0, 0, -1])):
            at = view_of(browser, gate["position_w_m"] + side * gate["radius_m"])
            assert has_color(picture, at, BUSY if state == "busy" else OPEN)
    legend = browser.text("#legend")
    assert "gate, next1" in legend
    assert f"gate{len(gates) - 1}" in legend


def test_a_jammer_is_shown_from_when_it_is_put_down(browser: Browser, folder: Path) -> None:
    jammer = {"center_w_m": [0.5, 0.0, 1.0], "radius_m": 1.5}
    with Batch("formation", 1, 4, seed=5, radio="formation", scene="hover") as batch:
        pilot = batch.baseline(seed=5)
        observation = batch.reset()
        with batch.record(folder / "jam.vrec"):
            for step in range(60):
                if step == 30:
                    batch.radio.put_jammers(0, [jammer])
                observation = batch.step(pilot.act(observation))[0]
    path = page.write_page(folder / "jam.vrec", folder / "jam.html")
    browser.open(path, "t=0.5&cam=top")
    assert browser.run(SHOWN) == []
    browser.run("volery.seek(1.5)")
    assert "jammer1" in browser.text("#legend")
    assert browser.run(SHOWN) == [["jammer", "jammer", "busy", 0.5, 0, 1, 1.5]]
    browser.run("volery.layers.scope.labels = 'off'")
    rim = view_of(browser, (0.5, 1.5, 1.0))
    assert has_color(painted(browser), rim, JAMMER)
    assert browser.complaints() == []


def test_a_page_without_landmarks_has_none(browser: Browser, folder: Path) -> None:
    path = page.write_page(fly("hover", 2, steps=10), folder / "hover.html")
    assert browser.open(path) == "ready"
    assert browser.run(SHOWN) == []
    assert browser.complaints() == []


def joined_to(track: Track, agent: int, now: float) -> set[int]:
    """The agent and whom a message joined to it in the last 0.2 s, which is how long links stay."""
    packets = track.packets
    sent = (packets["time_s"] > now - 0.2 - 1e-9) & (packets["time_s"] <= now + 1e-9)
    own = sent & ((packets["sender"] == agent) | (packets["receiver"] == agent))
    return {agent, *packets["sender"][own].tolist(), *packets["receiver"][own].tolist()}


def test_a_layer_can_be_of_the_selected_and_their_neighbors(
    browser: Browser, search: tuple[Track, Path]
) -> None:
    track, path = search
    now = float(track.times_s[200])
    sizes = []
    browser.open(path, f"t={now}")
    browser.run("volery.layers.scope.trails = 'off'")
    for agent in range(track.num_agents):
        browser.run(f"volery.select({agent})")
        browser.run("volery.layers.scope.trails = 'neighbors', volery.draw()")
        members = set(browser.run("volery.layers.members('trails')"))
        assert members == joined_to(track, agent, now)
        sizes.append(len(members))
    assert max(sizes) > 1
    assert min(sizes) < track.num_agents
    # through the three by key
    browser.run("volery.layers.scope.trails = 'selected'")
    seen = []
    for _ in range(3):
        browser.key("!", "Digit1", modifiers=8)
        seen.append(browser.run("volery.layers.scope.trails"))
    assert seen == ["neighbors", "all", "selected"]


def test_nobody_has_neighbors_without_a_radio(browser: Browser, race: tuple[Track, Path]) -> None:
    browser.open(race[1], "t=0")
    assert browser.run("volery.layers.scopes('trails')") == ["off", "selected", "all"]
