"""Pages in Chromium: they load without complaint, play, and show what was recorded."""

from __future__ import annotations

import json
import math
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from volery import Batch, page
from volery.page_flights import fly
from volery.page_track import DEAD, Track
from volery.recording import Recording

if TYPE_CHECKING:
    from conftest import Browser

# a drone of 5 px or more, drawn at the pixel nearest to its projection
NEAR_PX = 7
# shading makes it darker than the team's color, smoothing mixes the ground in at its rim
COLOR_TOL = 70
# 10 bits per component, then interpolation in float32
TURN_TOL = 2e-3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def flight() -> Track:
    """Two teams over open ground: nothing hides a drone."""
    return fly("formation", 8, steps=150, seed=4, scene="hover", teams=["red", "blue"])


@pytest.fixture(scope="module")
def flight_page(flight: Track, folder: Path) -> Path:
    return page.write_page(flight, folder / "flight.html")


@pytest.fixture(scope="module")
def search(folder: Path) -> tuple[Track, Path]:
    track = fly("search_relay", 12, steps=300, seed=3)
    return track, page.write_page(track, folder / "search.html")


def tolerance(track: Track) -> float:
    """Half a step of 16 bits over what the positions span, and float32."""
    span = np.ptp(track.positions_w_m.reshape(-1, 3), axis=0).max()
    return 0.5 * float(span) / 65534 + 1e-6


def check_poses(report: dict[str, Any], track: Track, sample: int) -> None:
    for row, agent in enumerate(report["agents"]):
        true = track.positions_w_m[sample, agent]
        np.testing.assert_allclose(report["positions"][row], true, atol=tolerance(track))
        turn = abs(np.dot(report["quats"][row], track.quats_wb_xyzw[sample, agent]))
        assert turn == pytest.approx(1, abs=TURN_TOL)
        assert report["states"][row] == track.life[sample, agent]


def test_a_page_opens_from_disk_without_complaint(browser: Browser, flight_page: Path) -> None:
    assert browser.open(flight_page) == "ready"
    report = browser.report()
    assert "SwiftShader" in report["renderer"]
    assert report["gl_errors"] == []
    assert report["drawn"] == 8
    assert browser.run("document.title") == "formation, 8 agents"
    assert browser.complaints() == []


def test_every_moment_shows_the_poses_that_were_recorded(
    browser: Browser, flight: Track, flight_page: Path
) -> None:
    browser.open(flight_page, "t=0")
    for sample in (0, 1, 37, 74, len(flight.times_s) - 1):
        browser.run(f"volery.seek({flight.times_s[sample]})")
        report = browser.report()
        assert report["step"] == flight.steps[sample]
        check_poses(report, flight, sample)


def test_a_page_of_a_recording_shows_what_the_recording_has(browser: Browser, folder: Path) -> None:
    with Batch("formation", 2, 5, seed=5) as batch:
        pilot = batch.baseline(seed=5)
        observation = batch.reset()
        with batch.record(folder / "run.vrec"):
            for _ in range(60):
                observation = batch.step(pilot.act(observation))[0]
    path = page.write_page(folder / "run.vrec", folder / "run.html", world=1)
    recording = Recording(folder / "run.vrec")
    browser.open(path, "t=0")
    for step in (0, 20, 60):
        recording.seek(step)
        true = recording.state("position_w_m")[1]
        browser.run(f"volery.seek({step} * {recording.step_s})")
        report = browser.report()
        assert report["step"] == step
        for row, agent in enumerate(report["agents"]):
            # 16 bits over the 8 m of the room at most
            np.testing.assert_allclose(report["positions"][row], true[agent], atol=8 / 65534)
    assert browser.complaints() == []


def test_between_two_samples_bodies_are_between_their_poses(
    browser: Browser, flight: Track, flight_page: Path
) -> None:
    middle = (flight.times_s[20] + flight.times_s[21]) / 2
    browser.open(flight_page, f"t={middle}")
    wanted = flight.positions_w_m[20:22].mean(axis=0)
    report = browser.report()
    for row, agent in enumerate(report["agents"]):
        np.testing.assert_allclose(
            report["positions"][row], wanted[agent], atol=2 * tolerance(flight)
        )


def projected(point: np.ndarray[Any, Any], camera: list[float], size: list[float]) -> Any:
    """Where a camera of the player shows a point, computed apart from it."""
    yaw, pitch, distance, *pivot = camera
    away = np.array(
        [math.cos(pitch) * math.cos(yaw), math.cos(pitch) * math.sin(yaw), math.sin(pitch)]
    )
    right = np.array([-math.sin(yaw), math.cos(yaw), 0])
    up = np.cross(away, right)
    offset = point - (np.array(pivot) + distance * away)
    k = size[1] / (2 * math.tan(math.pi / 8) * -(offset @ away))
    return size[0] / 2 + (offset @ right) * k, size[1] / 2 - (offset @ up) * k


@pytest.mark.parametrize("sample", [0, 30, 75])
def test_the_picture_shows_the_drones_where_the_recording_has_them(
    browser: Browser, flight: Track, flight_page: Path, sample: int
) -> None:
    camera = [-1.8, 0.6, 7.0, 0.0, 0.0, 1.0]
    link = f"t={flight.times_s[sample]}&cam={','.join(map(str, camera))}"
    browser.open(flight_page, link)
    # without what is drawn in the same color beside the bodies
    browser.run("for (const n of ['trails','goals','labels']) volery.layers.scope[n] = 'off'")
    report = browser.report()
    browser.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    left, top = browser.run(
        "(({left, top}) => [left, top])(document.getElementById('view').getBoundingClientRect())"
    )
    picture = browser.picture()
    colors = {0: (0x56, 0xB4, 0xE9), 1: (0xE6, 0x9F, 0x00)}
    for agent in range(flight.num_agents):
        x, y = projected(flight.positions_w_m[sample, agent], camera, report["size"])
        column, row = round(left + x), round(top + y)
        part = picture[row - NEAR_PX : row + NEAR_PX + 1, column - NEAR_PX : column + NEAR_PX + 1]
        apart = np.abs(part - colors[agent % 2]).max(axis=-1)
        other = np.abs(part - colors[1 - agent % 2]).max(axis=-1)
        assert apart.min() < COLOR_TOL, f"agent {agent} is not at {column}, {row}"
        assert apart.min() < other.min()


def test_space_plays_and_pauses(browser: Browser, flight_page: Path) -> None:
    browser.open(flight_page, "t=1")
    assert not browser.report()["playing"]
    browser.key(" ", "Space")
    assert browser.report()["playing"]
    browser.until("volery.time > 1.2")
    browser.key(" ", "Space")
    stopped = browser.report()["time"]
    time.sleep(0.2)
    assert browser.report()["time"] == stopped
    assert browser.run("document.getElementById('play').textContent") == "Play"


def test_keys_step_and_jump(browser: Browser, flight: Track, flight_page: Path) -> None:
    browser.open(flight_page, "t=2")
    spacing = float(flight.times_s[1])
    at = float(flight.times_s[flight.times_s <= 2 + 1e-9][-1])
    for key, modifiers, wanted in [
        ("ArrowRight", 0, at + spacing),
        ("ArrowLeft", 0, at),
        ("ArrowRight", 8, at + 1),
        ("ArrowLeft", 2, 0),
        ("End", 0, flight.duration_s),
        ("Home", 0, 0),
    ]:
        browser.key(key, modifiers=modifiers)
        assert browser.report()["time"] == pytest.approx(wanted, abs=1e-6), key


def test_the_time_bar_scrubs(browser: Browser, flight: Track, flight_page: Path) -> None:
    browser.open(flight_page, "t=0")
    box = browser.run("(({x, y, width, height}) => [x, y, width, height])"
                      "(document.getElementById('bar').getBoundingClientRect())")  # fmt: skip
    y = box[1] + box[3] / 2
    browser.drag((box[0] + 8, y), (box[0] + box[2] / 2, y))
    report = browser.report()
    assert report["time"] == pytest.approx(flight.duration_s / 2, rel=0.02)
    assert not report["playing"]


def test_a_seek_keeps_playing_and_a_loop_begins_anew(browser: Browser, flight_page: Path) -> None:
    browser.open(flight_page)
    assert browser.report()["playing"]
    browser.run("volery.seek(volery.track.end_s - 0.05)")
    browser.until("volery.time < 2")
    assert browser.report()["playing"]


def test_without_loop_it_stops_at_the_end_and_space_replays(
    browser: Browser, flight: Track, flight_page: Path
) -> None:
    browser.open(flight_page, "t=4.9")
    browser.run("volery.toggle_loop(); volery.play()")
    browser.until("!volery.playing")
    assert browser.report()["time"] == pytest.approx(flight.duration_s)
    assert browser.run("document.getElementById('play').textContent") == "Replay"
    browser.key(" ", "Space")
    assert browser.report()["time"] < 1


def test_a_click_selects_the_drone_under_it(browser: Browser, flight_page: Path) -> None:
    browser.open(flight_page, "t=3")
    report = browser.report()
    x, y, _ = report["on_screen"][1]
    left, top = browser.run("(({x, y}) => [x, y])(volery.input.view.getBoundingClientRect())")
    browser.click(left + x + 2, top + y - 2)
    assert browser.report()["selection"] == [report["agents"][1]]
    text = browser.run("document.getElementById('inspect').textContent")
    assert re.search(r"height z-?\d+\.\d\d m", text)
    # an empty place clears it, and so does Esc
    browser.click(left + 5, top + 300)
    assert browser.report()["selection"] == []
    browser.click(left + x, top + y)
    browser.key("Escape")
    assert browser.report()["selection"] == []


def test_the_list_finds_and_selects(browser: Browser, flight_page: Path) -> None:
    browser.open(flight_page, "t=0")
    browser.key("f", "KeyF", 2)
    for letter in "blue":
        browser.call("Input.insertText", text=letter)
    assert browser.run("volery.panels.found") == [1, 3, 5, 7]
    browser.key("Enter")
    assert browser.report()["selection"] == [1]


def test_mouse_orbits_pans_and_zooms(browser: Browser, flight_page: Path) -> None:
    browser.open(flight_page, "t=0")
    shot = "(({yaw, pitch, distance, pivot}) => ({yaw, pitch, distance, pivot}))(volery.camera)"
    first = browser.run(shot)
    browser.drag((600, 300), (700, 330))
    orbited = browser.run(shot)
    assert orbited["yaw"] != first["yaw"]
    assert orbited["pitch"] > first["pitch"]
    assert orbited["pivot"] == first["pivot"]
    browser.drag((600, 300), (640, 300), buttons=2)
    panned = browser.run(shot)
    assert panned["pivot"] != first["pivot"]
    assert panned["yaw"] == orbited["yaw"]
    browser.mouse("mouseWheel", 700, 350, deltaX=0, deltaY=-100)
    assert browser.run(shot)["distance"] == pytest.approx(panned["distance"] / 1.1)


def test_following_keeps_the_angle_and_ends_with_escape(
    browser: Browser, flight: Track, flight_page: Path
) -> None:
    browser.open(flight_page, "t=0&sel=2")
    yaw = browser.run("volery.camera.yaw")
    browser.key("F", "KeyF", 8)
    browser.run(f"volery.seek({flight.times_s[60]})")
    report = browser.report()
    assert report["mode"] == "follow"
    pivot = browser.run("volery.camera.pivot")
    np.testing.assert_allclose(pivot, flight.positions_w_m[60, 2], atol=tolerance(flight))
    assert browser.run("volery.camera.yaw") == yaw
    assert "FOLLOW d2" in browser.run("document.getElementById('badge').textContent")
    browser.key("Escape")
    assert browser.report()["mode"] == "orbit"
    # the selection goes with the next one
    assert browser.report()["selection"] == [2]


@pytest.mark.parametrize("mode", ["chase", "onboard", "top"])
def test_a_link_opens_its_moment_selection_and_view(
    browser: Browser, flight_page: Path, mode: str
) -> None:
    browser.open(flight_page, f"t=2.5&sel=3&cam={mode}")
    report = browser.report()
    assert (report["time"], report["selection"], report["playing"]) == (2.5, [3], False)
    if mode == "top":
        assert browser.run("volery.camera.ortho_m") > 0
    else:
        assert report["mode"] == mode
    assert report["gl_errors"] == []


def test_keys_do_not_clash_and_all_are_in_the_help(browser: Browser, flight_page: Path) -> None:
    browser.open(flight_page, "t=0")
    browser.key("F1")
    assert browser.run("document.getElementById('keys').open")
    shown = browser.run("[...document.querySelectorAll('#key_list kbd')].map(k => k.textContent)")
    assert len(shown) == len(set(shown))
    assert {"Space", "Left", "Esc", "Shift+F", "1", "9"} <= set(shown)
    browser.key("F1")
    assert not browser.run("document.getElementById('keys').open")


def test_layers_turn_off_and_on_by_key(browser: Browser, flight_page: Path) -> None:
    browser.open(flight_page, "t=3")
    lines = browser.report()["lines"]
    assert lines > 8
    browser.key("1", "Digit1")
    assert browser.report()["lines"] == 0
    browser.key("1", "Digit1")
    assert browser.report()["lines"] == lines
    browser.key("!", "Digit1", modifiers=8)
    assert browser.report()["lines"] == 0, "of the selection, and nobody is selected"
    browser.key("!", "Digit1", modifiers=8)
    assert browser.report()["lines"] == lines


def test_links_show_the_packets_of_the_moment(browser: Browser, search: tuple[Track, Path]) -> None:
    track, path = search
    packets = track.packets
    assert track.packet_stride == 1
    when = float(packets["time_s"][len(packets) // 2])
    browser.open(path, f"t={when + 0.01}")
    report = browser.report(pixels=True)
    # what was sent in the last 0.2 s
    recent = packets[(packets["time_s"] <= when + 0.01) & (packets["time_s"] >= when - 0.19)]
    names = [track.fates[f] for f in recent["fate"]]
    assert dict(report["fates"]) == {n: names.count(n) for n in set(names)}
    assert "delivered" in browser.run("document.getElementById('legend').textContent")
    assert report["gl_errors"] == []
    assert 0.005 < report["painted"] < 0.6


def test_next_event_goes_to_the_crash_and_selects_it(browser: Browser, folder: Path) -> None:
    track = fly(
        "hover", 5, steps=60, seed=1, policy="random", action="rotor", on_crash="terminate_agent"
    )
    dead = np.argwhere(track.life == DEAD)
    assert len(dead)
    path = page.write_page(track, folder / "crash.html")
    browser.open(path, "t=0")
    browser.key("n", "KeyN")
    report = browser.report()
    assert report["time"] == pytest.approx(track.times_s[dead[0][0]])
    assert report["selection"] == [int(dead[0][1])]
    assert "dead" in browser.run("document.getElementById('inspect').textContent")


def test_a_reset_is_a_jump(browser: Browser, folder: Path) -> None:
    track = fly("hover", 3, steps=90, seed=2, episode_s=1)
    cut = int(np.flatnonzero(track.cut)[0])
    path = page.write_page(track, folder / "reset.html")
    browser.open(path, f"t={(track.times_s[cut - 1] + track.times_s[cut]) / 2}")
    check_poses(browser.report(), track, cut - 1)
    assert "episode 1" in browser.run("document.getElementById('where').textContent")
    browser.run(f"volery.seek({track.times_s[cut]})")
    check_poses(browser.report(), track, cut)
    assert "episode 2" in browser.run("document.getElementById('where').textContent")


@pytest.mark.parametrize(
    "flown",
    [
        {"task": "hover", "num_agents": 1},
        {"task": "formation", "num_agents": 8, "action": "velocity",
         "vehicle": ["cf2x", "rover", "particle"], "teams": ["Flügel", "地面", "c", "d", "e", "f"]},
        {"task": "hover", "num_agents": 3, "scene": "arch"},
        {"task": "transport", "num_agents": 4},
        {"task": "transport_slung"},
        {"task": "formation", "num_agents": 3, "join_s": [0.0, 0.5, 1.0]},
    ],
    ids=["one", "mixed", "meshes", "props", "cables", "late"],
)  # fmt: skip
def test_other_flights_show_without_complaint(
    browser: Browser, folder: Path, flown: dict[str, Any]
) -> None:
    track = fly(**flown, steps=45, seed=0)
    path = page.write_page(track, folder / "other.html", title="</script><b>Schwarm 群")
    assert browser.open(path, "t=0") == "ready"
    for sample in (0, len(track.times_s) // 2, len(track.times_s) - 1):
        browser.run(f"volery.seek({track.times_s[sample]})")
        report = browser.report()
        check_poses(report, track, sample)
        assert report["gl_errors"] == []
        assert report["drawn"] == (track.life[sample] != 0).sum()
    assert browser.run("document.getElementById('title').textContent").startswith("</script><b>")
    assert browser.complaints() == []


def test_a_thousand_agents_show_and_say_what_is_left_out(browser: Browser, folder: Path) -> None:
    track = fly("flocking", 1000, steps=20, seed=0)
    path = page.write_page(track, folder / "many.html")
    assert browser.open(path, "t=0.5") == "ready"
    report = browser.report()
    assert report["drawn"] == 1000
    assert report["gl_errors"] == []
    browser.key("a", "KeyA", 2)
    assert "range of 64 of 1000" in browser.text("#notes")
    about = browser.run("document.getElementById('about').textContent")
    assert re.search(r"every \d+th sender are kept: \d+ of \d+", about)


def test_the_context_comes_back_after_it_was_lost(browser: Browser, flight_page: Path) -> None:
    browser.open(flight_page, "t=2")
    before = browser.report(pixels=True)["painted"]
    browser.run("volery.extension = volery.scene.g.gl.getExtension('WEBGL_lose_context')")
    browser.run("volery.extension.loseContext()")
    browser.until("volery.lost === true")
    browser.run("volery.extension.restoreContext()")
    browser.until("volery.lost === false")
    report = browser.report(pixels=True)
    assert report["painted"] == pytest.approx(before, abs=0.01)
    assert report["gl_errors"] == []


def test_reduced_motion_and_a_light_screen_are_respected(
    browser: Browser, flight_page: Path
) -> None:
    try:
        browser.prefer("light", "reduce")
        browser.open(flight_page)
        assert not browser.report()["playing"]
        browser.key("7", "Numpad7")
        assert not browser.run("volery.camera.moving")
        # the bar at the top
        assert browser.picture()[3, 640].mean() > 200
    finally:
        browser.prefer("dark")


def test_a_damaged_page_says_so(browser: Browser, flight_page: Path, folder: Path) -> None:
    text = flight_page.read_text(encoding="utf-8")
    at = text.index('type="text/plain">') + 200
    broken = folder / "broken.html"
    broken.write_text(text[:at] + "AAAA" + text[at + 4 :], encoding="utf-8")
    assert browser.open(broken) == "failed"
    assert "cannot be shown" in browser.run("document.getElementById('message').textContent")


def test_without_webgl_the_same_moment_is_drawn_flat(
    new_browser: Callable[..., Browser], flight: Track, flight_page: Path
) -> None:
    flat = new_browser("--disable-3d-apis")
    assert flat.open(flight_page, f"t={flight.times_s[60]}&sel=1") == "ready"
    report = flat.report()
    assert (report["flat"], report["renderer"]) == (True, "2d")
    check_poses(report, flight, 60)
    assert "no WebGL2" in flat.run("document.getElementById('notes').textContent")
    flat.key(" ", "Space")
    flat.until(f"volery.time > {report['time']}")
    assert flat.complaints() == []


@pytest.mark.parametrize(
    "flags",
    [["--use-angle=swiftshader", "--enable-unsafe-swiftshader"], ["--disable-3d-apis"]],
    ids=["webgl", "flat"],
)
def test_a_page_reports_of_itself_without_a_debugger(
    chromium: list[str], flight: Track, flight_page: Path, tmp_path: Path, flags: list[str]
) -> None:
    command = [*chromium, *flags, f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--window-size=1280,720", "--virtual-time-budget=20000"]
    command += ["--dump-dom", flight_page.as_uri() + "#test"]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r'id="volery-test"[^>]*>(.*?)</script>', dom)
    assert found, dom[-500:]
    reports = json.loads(found[1])
    assert [r["time"] for r in reports] == pytest.approx([0, 2.5, 5])
    for report, sample in zip(reports, (0, None, len(flight.times_s) - 1), strict=True):
        if sample is not None:
            check_poses(report, flight, sample)
        assert report["gl_errors"] == []
