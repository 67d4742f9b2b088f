"""volery-view under Xvfb, driven by real keys and mouse events.

The program's own report (--report) is the truth that screens are compared with; screenshots stay
under build/viewer-shots for people. $VOLERY_VIEW names the program; else the release build's.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("VOLERY_VIEW", ROOT / "build/release/volery-view"))
SHOTS = ROOT / "build/viewer-shots"
# a shared machine with a software driver may take this long to open a window or follow a key
START_S = 60
WAIT_S = 20
FORMATION = ("--task", "formation", "--agents", "32")

Report = dict[str, Any]

_MISSING = [
    *([] if PROGRAM.exists() else [f"{PROGRAM} is not built (./run build)"]),
    *(f"{tool} is not installed" for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None),
]
pytestmark = pytest.mark.skipif(
    bool(_MISSING) and not os.environ.get("CI"), reason="; ".join(_MISSING) or "all there"
)


def environment(**more: str) -> dict[str, str]:
    base = {key: value for key, value in os.environ.items() if key != "WAYLAND_DISPLAY"}
    return {**base, "VOLERY_ASSETS": str(ROOT / "assets"), **more}


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen of 1280 x 720 on a free number, which the server itself chooses."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait()


class Window:
    """A running volery-view with hands."""

    def __init__(self, display: str, folder: Path, *arguments: str, stdin: Any = None) -> None:
        self._environment = environment(DISPLAY=display, XDG_CONFIG_HOME=str(folder / "config"))
        self._report = folder / "report.json"
        self._folder = folder
        self.process = subprocess.Popen(
            [PROGRAM, *arguments, "--report", self._report],
            env=self._environment,
            cwd=folder,
            stdin=stdin,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.wait_for(lambda report: report["num_agents"] > 0, START_S)
        # no window manager gives the focus: the pointer does
        self.do("mousemove", "640", "360")

    def do(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env=self._environment, check=True)

    def key(self, *keys: str) -> None:
        for key in keys:
            self.do("key", key)

    def hold(self, key: str) -> None:
        """A press long enough for a field to see it, however slowly pictures are drawn."""
        self.do("keydown", key)
        time.sleep(1)
        self.do("keyup", key)

    def report(self) -> Report:
        result: Report = json.loads(self._report.read_text())
        return result

    def wait_for(self, fits: Callable[[Report], bool], timeout_s: float = WAIT_S) -> Report:
        """Returns the first report that fits."""
        end = time.monotonic() + timeout_s
        last: Report = {}
        while time.monotonic() < end:
            if self.process.poll() is not None:
                pytest.fail(f"ended: {self.process.stderr and self.process.stderr.read()}")
            if self._report.exists():
                last = self.report()
                if fits(last):
                    return last
            time.sleep(0.03)
        pytest.fail(f"no report fits: {last}")

    def shot(self, name: str) -> Path:
        """Keeps what the screen shows."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        file = SHOTS / f"{name}.png"
        if shutil.which("import"):
            time.sleep(0.5)
            subprocess.run(["import", "-window", "root", file], env=self._environment, check=True)
        return file

    def close(self) -> int:
        """Ends it by its key."""
        self.key("ctrl+q")
        return self.process.wait(timeout=WAIT_S)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()


Open = Callable[..., Window]


@pytest.fixture
def open_window(display: str, tmp_path: Path) -> Iterator[Open]:
    windows: list[Window] = []

    def open_it(*arguments: str, stdin: Any = None) -> Window:
        windows.append(Window(display, tmp_path, *arguments, stdin=stdin))
        return windows[-1]

    yield open_it
    for window in windows:
        window.kill()


def test_time_goes_by_keys(open_window: Open) -> None:
    window = open_window(*FORMATION)
    window.wait_for(lambda r: r["playing"] and r["step"] > 10)
    window.key("space")
    paused = window.wait_for(lambda r: not r["playing"] and r["state_hash"] != "0")
    window.key("Right")
    on = window.wait_for(lambda r: r["step"] == paused["step"] + 1)
    window.key("Left")
    back = window.wait_for(lambda r: r["step"] == paused["step"] and r["state_hash"] != "0")
    assert back["state_hash"] == paused["state_hash"] != on["state_hash"]
    window.key("Home")
    window.wait_for(lambda r: r["step"] == 0)
    window.key("equal", "equal")
    window.wait_for(lambda r: r["speed"] == 4)
    window.key("minus", "minus", "minus")
    window.wait_for(lambda r: r["speed"] == 0.5)
    window.key("End")
    window.wait_for(lambda r: r["playing"] and r["step"] > paused["step"])


def test_a_typed_time_is_sought(open_window: Open) -> None:
    window = open_window(*FORMATION, "--at", "3", "--paused")
    window.wait_for(lambda r: r["step"] == 90)
    end = time.monotonic() + WAIT_S
    while not window.report()["typing"] and time.monotonic() < end:
        window.key("ctrl+g")  # a window that has just opened may not have the keys yet
        time.sleep(1)
    window.do("type", "--delay", "60", "1.5")
    window.hold("Return")
    window.wait_for(lambda r: r["step"] == 45)


def test_the_mouse_moves_the_camera(open_window: Open) -> None:
    window = open_window(*FORMATION, "--paused", "--no-config")
    before = window.report()["camera"]
    window.do("mousemove", "640", "300", "mousedown", "1")
    for x in range(650, 760, 10):
        window.do("mousemove", str(x), "320")
    window.do("mouseup", "1")
    turned = window.wait_for(lambda r: r["camera"]["yaw_rad"] < before["yaw_rad"] - 0.2)["camera"]
    assert turned["distance_m"] == before["distance_m"]
    assert turned["pivot_w_m"] == before["pivot_w_m"]
    window.do("click", "4")
    near = window.wait_for(lambda r: r["camera"]["distance_m"] < turned["distance_m"])["camera"]
    assert near["distance_m"] == pytest.approx(turned["distance_m"] / 1.1, rel=1e-3)
    window.do("mousemove", "640", "300", "mousedown", "3", "mousemove", "660", "300")
    window.do("mousemove", "700", "340", "mouseup", "3")
    window.wait_for(lambda r: r["camera"]["pivot_w_m"] != near["pivot_w_m"])


def test_a_click_selects_and_esc_steps_out(open_window: Open) -> None:
    window = open_window(*FORMATION, "--paused", "--no-config")
    window.key("Next", "Next", "Next")
    window.wait_for(lambda r: r["selection"] == [2])
    window.key("f")  # puts it in the middle of the view
    time.sleep(1)
    window.key("Escape")
    window.wait_for(lambda r: r["selection"] == [])
    x, y, width, height = window.report()["view_px"]
    window.do("mousemove", str(round(x + width / 2)), str(round(y + height / 2)))
    window.wait_for(lambda r: r["hovered"] == 2)
    window.do("click", "1")
    window.wait_for(lambda r: r["selection"] == [2])
    window.shot("selected")
    window.key("shift+f")
    window.wait_for(lambda r: r["following"])
    window.key("F1")
    window.wait_for(lambda r: r["panels"]["help"])
    window.shot("help")
    window.key("Escape")
    assert window.wait_for(lambda r: not r["panels"]["help"])["following"]
    window.key("Escape")
    assert window.wait_for(lambda r: not r["following"])["selection"] == [2]
    window.key("Escape")
    window.wait_for(lambda r: r["selection"] == [])
    assert window.process.poll() is None


def test_layers_and_panels_go_by_keys_and_come_back(open_window: Open) -> None:
    window = open_window(*FORMATION, "--paused")
    assert window.report()["panels"] | {"tab": ""} == {
        "left": True,
        "right": True,
        "drawer": False,
        "hidden": False,
        "help": False,
        "palette": False,
        "tab": "",
    }
    width, height = window.report()["view_px"][2:]
    assert width * height >= 0.6 * 1280 * 720
    window.key("1", "9", "Tab", "F2", "ctrl+equal")
    changed = window.wait_for(lambda r: r["scale"] > 1 and r["panels"]["drawer"])
    assert changed["layers"][0] == 0
    assert changed["layers"][8] == 0
    assert not changed["panels"]["left"]
    assert window.close() == 0
    again = open_window(*FORMATION, "--paused").report()
    assert again["layers"] == changed["layers"]
    assert again["panels"] == changed["panels"]
    assert again["scale"] == pytest.approx(changed["scale"])


def test_the_palette_finds_a_command(open_window: Open) -> None:
    window = open_window(*FORMATION, "--paused", "--no-config")
    choose(window, "trails")
    window.wait_for(lambda r: r["layers"][0] == 0)


def test_a_drone_is_flown_by_keys(open_window: Open) -> None:
    window = open_window("--task", "formation", "--agents", "8", "--set", "action=velocity")
    window.key("Next")
    window.wait_for(lambda r: r["selection"] == [0])
    window.key("p")
    window.wait_for(lambda r: r["piloting"])
    window.do("keydown", "r")
    time.sleep(2)
    window.shot("pilot")
    window.do("keyup", "r")
    assert window.report()["error"] == ""
    window.key("Escape")
    window.wait_for(lambda r: not r["piloting"])


def test_a_grid_shows_many_worlds(open_window: Open) -> None:
    window = open_window("--task", "formation", "--agents", "8", "--worlds", "9", "--no-config")
    window.key("g")
    window.wait_for(lambda r: r["world_grid"])
    window.shot("worlds")
    window.key("shift+Next")
    window.wait_for(lambda r: r["world"] == 1)


def test_agents_are_shown_alone(open_window: Open) -> None:
    window = open_window(*FORMATION, "--paused", "--no-config")
    window.key("Next", "Next")
    window.wait_for(lambda r: r["selection"] == [1])
    window.key("shift+i")
    window.wait_for(lambda r: r["isolated"] == [1])
    window.shot("alone")
    window.key("Escape")
    assert window.wait_for(lambda r: r["isolated"] == [])["selection"] == [1]


def drag(window: Window, start: tuple[int, int], end: tuple[int, int], button: str) -> None:
    """Presses and moves in a few events; the button stays down."""
    window.do("mousemove", str(start[0]), str(start[1]))
    # panels take hold of what the hand was over in the picture before, however slowly those come
    time.sleep(2)
    window.do("mousedown", button)
    time.sleep(2)
    for share in (0.2, 0.5, 1):
        x = round(start[0] + share * (end[0] - start[0]))
        y = round(start[1] + share * (end[1] - start[1]))
        window.do("mousemove", str(x), str(y))
        time.sleep(0.2)


@pytest.mark.parametrize(("button", "grip"), [("3", "force"), ("1", "torque")])
def test_a_drag_with_ctrl_acts_on_the_selected_agent(
    open_window: Open, button: str, grip: str
) -> None:
    window = open_window(*FORMATION, "--no-config")
    window.key("Next")
    window.wait_for(lambda r: r["selection"] == [0] and r["step"] > 0)
    camera = window.report()["camera"]
    window.do("keydown", "ctrl")
    drag(window, (640, 360), (720, 300), button)
    window.wait_for(lambda r: r["grip"] == grip and r["events"] > 0)
    window.shot(grip)
    window.do("mouseup", button, "keyup", "ctrl")
    after = window.wait_for(lambda r: r["grip"] == "")
    assert after["error"] == ""
    assert after["camera"]["yaw_rad"] == camera["yaw_rad"]
    assert after["selection"] == [0]


def drag_edge(
    window: Window, start: tuple[int, int], end: tuple[int, int], fits: Callable[[Report], bool]
) -> None:
    """Again where pictures come so slowly that the hand was gone before one saw it."""
    for _ in range(4):
        drag(window, start, end, "1")
        time.sleep(3)
        window.do("mouseup", "1")
        if fits(window.report()):
            return
    pytest.fail(f"the edge was not dragged: {window.report()}")


def test_edges_are_dragged_and_come_back(open_window: Open) -> None:
    window = open_window(*FORMATION, "--paused")
    window.key("F2")
    before = window.wait_for(lambda r: r["panels"]["drawer"])
    x, y, _, height = (round(v) for v in before["view_px"])
    drag_edge(window, (x, y + 200), (x + 90, y + 200), lambda r: r["view_px"][0] == x + 90)
    below = (x + 200, y + height)
    drag_edge(window, below, (x + 200, below[1] - 60), lambda r: r["view_px"][3] == height - 60)
    changed = window.report()
    window.shot("edges")
    assert window.close() == 0
    again = open_window(*FORMATION, "--paused").report()
    assert again["panels_px"] == changed["panels_px"]
    assert again["view_px"] == changed["view_px"]


def test_the_wheel_zooms_the_track(open_window: Open) -> None:
    window = open_window(*FORMATION, "--no-config")
    window.wait_for(lambda r: r["step"] > 60)
    window.key("space")
    whole = window.wait_for(lambda r: not r["playing"])
    window.do("mousemove", "900", "703")
    window.do("click", "4")
    window.do("click", "4")
    zoomed = window.wait_for(lambda r: r["track"][1] - r["track"][0] < 0.7 * whole["last"])
    assert zoomed["track"][0] <= zoomed["step"] <= zoomed["track"][1]
    assert zoomed["camera"] == whole["camera"]
    window.key("Home")
    home = window.wait_for(lambda r: r["step"] == 0)
    assert home["track"][0] == 0
    window.shot("track")


def test_the_theme_is_kept(open_window: Open) -> None:
    window = open_window(*FORMATION, "--paused")
    assert not window.report()["light"]
    window.key("ctrl+t")
    window.wait_for(lambda r: r["light"])
    window.shot("light")
    assert window.close() == 0
    assert open_window(*FORMATION, "--paused").report()["light"]


def choose(window: Window, words: str) -> None:
    """A command by the palette."""
    window.key("ctrl+k")
    window.wait_for(lambda r: r["panels"]["palette"] and r["typing"])
    window.do("type", words)
    time.sleep(1)  # the list follows the letters in the next picture
    window.hold("Return")
    window.wait_for(lambda r: not r["panels"]["palette"])


def test_the_layout_is_reset(open_window: Open) -> None:
    window = open_window(*FORMATION, "--paused", "--no-config")
    shipped = window.report()
    window.key("Tab", "F2", "9", "ctrl+equal", "ctrl+bracketleft")
    window.wait_for(lambda r: r["scale"] > 1 and r["camera"]["saved"] == 1)
    choose(window, "reset the layout")
    reset = window.wait_for(lambda r: r["scale"] == 1)
    for part in ("layers", "panels", "panels_px"):
        assert reset[part] == shipped[part]
    assert reset["camera"]["saved"] == 1


def test_a_layout_of_another_version_is_kept_aside(open_window: Open, tmp_path: Path) -> None:
    file = tmp_path / "config/volery/view.toml"
    file.parent.mkdir(parents=True)
    file.write_text("version = 99\nleft = false\n")
    window = open_window(*FORMATION, "--paused")
    report = window.wait_for(lambda r: "view.toml.bak" in r["message"])
    assert report["panels"]["left"]
    assert window.close() == 0
    assert file.with_name("view.toml.bak").read_text().startswith("version = 99")
    assert "version = 1" in file.read_text()


def test_a_setting_is_typed(open_window: Open) -> None:
    window = open_window(*FORMATION, "--paused", "--no-config")
    window.key("ctrl+e")
    window.wait_for(lambda r: r["typing"])
    window.do("type", "--delay", "60", "task_config.spacing_m=0.55")
    window.hold("Return")
    report = window.wait_for(lambda r: "spacing_m" in r["message"] and r["events"] == 1)
    assert report["error"] == ""
    window.key("BackSpace")
    window.wait_for(lambda r: r["events"] == 0)


def test_a_run_is_branched_in_its_past(open_window: Open) -> None:
    # slowly, so that the new future is shorter than the old one for a while
    window = open_window(*FORMATION, "--at", "3", "--paused", "--no-config", "--speed", "0.02")
    window.wait_for(lambda r: r["step"] == 90)
    window.key("ctrl+Left")
    window.wait_for(lambda r: r["step"] == 0 and r["last"] == 90)
    window.key("ctrl+b")
    window.wait_for(lambda r: r["playing"] and r["last"] < 90)


def test_a_recording_is_branched_into_a_live_run(open_window: Open, tmp_path: Path) -> None:
    cli = pytest.importorskip("volery.cli")
    file = tmp_path / "run.vrec"
    options = ("--task", "formation", "--agents", "4", "--steps", "60", "--seed", "5")
    assert cli.main(["record", *options, "--out", str(file)]) == 0
    window = open_window(str(file), "--at", "1", "--paused", "--no-config")
    window.wait_for(lambda r: r["kind"] == "REPLAY" and r["step"] == 30)
    window.key("ctrl+b")
    window.wait_for(lambda r: r["kind"] == "LIVE")
    window.shot("branched")


def test_a_video_is_recorded(open_window: Open, tmp_path: Path) -> None:
    window = open_window(*FORMATION, "--no-config")
    window.key("ctrl+shift+r")
    window.wait_for(lambda r: "Records a video" in r["message"])
    time.sleep(3)
    window.key("ctrl+shift+r")
    message = window.wait_for(lambda r: "pictures)" in r["message"])["message"]
    assert int(message.split("(")[1].split()[0]) >= 1
    if shutil.which("ffmpeg"):
        assert (tmp_path / "volery-0001.mp4").read_bytes()[4:8] == b"ftyp"
    else:
        assert_shows_something(tmp_path / "volery-frames-0001/000001.png", (720, 1280))


def test_pictures_are_saved(open_window: Open, tmp_path: Path) -> None:
    window = open_window(*FORMATION, "--paused", "--no-config")
    window.key("ctrl+p")
    window.wait_for(lambda r: "volery-0001.png" in r["message"])
    assert_shows_something(tmp_path / "volery-0001.png", (720, 1280))


def assert_shows_something(file: Path, shape: tuple[int, int]) -> None:
    image = pytest.importorskip("matplotlib.image")
    pixels = image.imread(file)
    assert pixels.shape[:2] == shape
    assert np.std(pixels[..., :3]) > 0.02  # far from one color


def screenshot(tmp_path: Path, env: dict[str, str], *arguments: str) -> Path:
    file = tmp_path / "out.png"
    done = subprocess.run(
        [PROGRAM, *FORMATION, "--screenshot", file, "--at", "3.0", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return file


def test_a_screenshot_shows_the_whole_window(display: str, tmp_path: Path) -> None:
    config = str(tmp_path / "config")
    file = screenshot(tmp_path, environment(DISPLAY=display, XDG_CONFIG_HOME=config), "--no-config")
    assert_shows_something(file, (720, 1280))


def test_what_the_window_costs_is_measured(display: str) -> None:
    done = subprocess.run(
        [PROGRAM, "--task", "formation", "--agents", "4", "--measure", "0.5", "--no-config"],
        env=environment(DISPLAY=display),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    assert measured["agents"] == 4
    for phase in ("alone", "open", "hidden"):
        assert len(measured[f"{phase}_all"]) == 5
        assert measured[f"{phase}_steps_per_s"] > 0
    assert measured["pictures_per_s"] > 0


def test_a_screenshot_needs_no_display(tmp_path: Path) -> None:
    env = environment()
    env.pop("DISPLAY", None)
    assert_shows_something(screenshot(tmp_path, env, "--size", "640x360"), (360, 640))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--task", "formaton"), "formation"),
        (("nowhere.vrec",), "nowhere.vrec: no such file"),
        (("--agents", "many"), "--agents"),
        (("--task", "formation", "--set", "episode_s=-1"), "episode_s"),
        (("--task", "formation", "--size", "big"), "--size: big: must be like 1280x720"),
        (("--task", "formation", "--size", "40x40"), "sides of a window must be at least 64"),
        (("--task", "formation", "--scale", "nan"), "--scale: nan: must be in [0.75, 2.5]"),
        (("--task", "formation", "--agents", "4", "--select", "4"), "must be in [0, 3]"),
        (("--task", "formation", "--report", "nowhere/r.json"), "there is no folder nowhere"),
        (("-", "--task", "formation"), "--task: is for a run of its own"),
        (("--task", "formation", "--policy", "hovr"), "hovr"),
    ],
)
def test_a_wrong_command_line_is_one_clear_line(
    display: str, arguments: tuple[str, ...], expected: str
) -> None:
    done = subprocess.run(
        [PROGRAM, *arguments, "--no-config"],
        env=environment(DISPLAY=display),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("volery-view: ")
    assert done.stderr.count("\n") == 1
    assert expected in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        *((("--size", size), f"--size: {size}: must be like") for size in
          ("0x0", "100000x100000", "1280x-4", "1280", "12a80x40", "128x40zz", "99999999999x4")),
        (("--at", "nan"), "--at: nan: must be in"),
        (("--at", "100"), "--at 100: must be in [0, 1], flight.vrec lasts 1 s"),
        (("--select", "-3"), "--select -3: must be in [0, 1]"),
        (("--agents", "4"), "--agents: is for a run of its own; the recording flight.vrec"),
        (("--policy", "hovr"), "hovr"),
        (("--screenshot", ""), "--screenshot: must name a file"),
        (("--screenshot", "a.jpg"), "must end in .png"),
        (("--screenshot", "folder"), "--screenshot folder: is a folder"),
        (("--screenshot", "nowhere/a.png"), "there is no folder nowhere"),
    ],
)  # fmt: skip
def test_a_picture_that_cannot_be_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    cli = pytest.importorskip("volery.cli")
    options = ("--task", "formation", "--agents", "2", "--steps", "30")
    assert cli.main(["record", *options, "--out", str(tmp_path / "flight.vrec")]) == 0
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    env = environment()
    env.pop("DISPLAY", None)
    given = () if "--screenshot" in arguments else ("--screenshot", "a.png")
    done = subprocess.run(
        [PROGRAM, "flight.vrec", *given, *arguments],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("volery-view: ")
    assert done.stderr.count("\n") == 1
    assert expected in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_pictures_switched_off_are_so_in_a_window_too(display: str) -> None:
    done = subprocess.run(
        [PROGRAM, *FORMATION, "--no-config"],
        env=environment(DISPLAY=display, VOLERY_GL="off"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "switched off by VOLERY_GL = 'off'" in done.stderr


def test_a_report_comes_with_a_picture_without_display(tmp_path: Path) -> None:
    env = environment()
    env.pop("DISPLAY", None)
    screenshot(tmp_path, env, "--size", "64x64", "--report", str(tmp_path / "r.json"))
    assert json.loads((tmp_path / "r.json").read_text())["num_agents"] == 32


def test_no_display_is_one_clear_line() -> None:
    env = environment()
    env.pop("DISPLAY", None)
    done = subprocess.run(
        [PROGRAM, *FORMATION], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("volery-view: no display")
    assert done.stderr.count("\n") == 1


def test_a_broken_stream_is_one_clear_line(display: str) -> None:
    done = subprocess.run(
        [PROGRAM, "-"],
        env=environment(DISPLAY=display),
        input=b"this is no stream of moments",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"VOLPIPE1" in done.stderr
