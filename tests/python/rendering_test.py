"""render_mode and render_config of every interface, videos, and what is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import gymnasium
import numpy as np
import pytest

import volery
from volery import rendering, video
from volery.cli import main

SIZE = {"width": 96, "height": 64}

# The default background is darker than this, every vehicle has pixels that are lighter.
_LIT = 110


def _has_gl() -> str | None:
    """Why there is no OpenGL here, or None."""
    with volery.Batch("hover") as batch:
        batch.reset(seed=0)
        try:
            volery.Painter(batch, SIZE).rgb()
        except RuntimeError as error:
            return str(error)
    return None


@pytest.fixture(scope="module")
def gl() -> None:
    reason = _has_gl()
    if reason is not None:
        assert not os.environ.get("CI"), f"CI must have OpenGL: {reason}"
        pytest.skip(f"no OpenGL: {reason}")


def test_importing_volery_loads_nothing_of_opengl() -> None:
    code = (
        "import volery, sys\n"
        "b = volery.Batch('hover'); b.reset(seed=0)\n"
        "print([l for l in open('/proc/self/maps') if 'libEGL' in l or 'libGL' in l])"
    )
    environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.usefixtures("gl")
class TestPictures:
    def test_a_single_environment_returns_its_picture(self) -> None:
        env = gymnasium.make(
            "Volery/Formation-v0", num_agents=4, render_mode="rgb_array", render_config=SIZE
        )
        env.reset(seed=0)
        picture = env.render()
        assert isinstance(picture, np.ndarray)
        assert picture.shape == (64, 96, 3)
        assert picture.dtype == np.uint8
        assert picture.max() > _LIT
        assert "rgb_array" in env.metadata["render_modes"]
        env.close()

    def test_a_picture_follows_the_flight(self) -> None:
        with volery.Batch("hover") as b:
            b.reset(seed=0)
            painter = volery.Painter(b, {**SIZE, "camera": "fixed", "layers": []})
            before = painter.rgb()
            assert np.array_equal(before, painter.rgb()), "nothing moved"
            b.set_state(0, {"position_w_m": np.array([[0.5, 0.5, 1.5]], np.float32)})
            assert not np.array_equal(before, painter.rgb())

    def test_vector_environments_return_one_picture_each(self) -> None:
        env = volery.make_vec("hover", num_envs=3, render_mode="rgb_array", render_config=SIZE)
        env.reset(seed=0)
        frames = env.render()
        assert isinstance(frames, tuple)
        assert [f.shape for f in frames] == [(64, 96, 3)] * 3
        assert not np.array_equal(frames[0], frames[1]), "starts differ"
        env.close()

    def test_rows_that_are_agents_show_their_world(self) -> None:
        env = volery.make_vec(
            "formation",
            num_envs=8,
            num_agents=4,
            rows="agents",
            on_crash="continue",
            render_mode="rgb_array",
            render_config=SIZE,
        )
        env.reset(seed=0)
        frames = env.render()
        assert frames is not None
        assert len(frames) == 8
        assert frames[0] is frames[3]
        env.close()

    def test_gymnasium_records_videos(self, tmp_path: Path) -> None:
        pytest.importorskip("moviepy")
        env = volery.make_vec("hover", num_envs=2, render_mode="rgb_array", render_config=SIZE)
        recorded = gymnasium.wrappers.vector.RecordVideo(
            env, str(tmp_path / "videos"), episode_trigger=lambda _: True, video_length=5
        )
        with warnings.catch_warnings():
            # moviepy of today warns about itself
            warnings.simplefilter("ignore")
            recorded.reset(seed=0)
            for _ in range(8):
                recorded.step(env.action_space.sample())
            recorded.close()
        files = list((tmp_path / "videos").glob("*.mp4"))
        assert files
        assert files[0].stat().st_size > 1000

    def test_pettingzoo_renders(self) -> None:
        pytest.importorskip("pettingzoo")
        env = volery.parallel_env(
            "formation", num_agents=3, render_mode="rgb_array", render_config=SIZE
        )
        env.reset(seed=0)
        picture = env.render()
        assert picture.shape == (64, 96, 3)
        env.close()

    def test_depth_is_the_distance_along_the_view(self) -> None:
        with volery.Batch("hover") as batch:
            batch.reset(seed=0)
            batch.set_state(0, {"position_w_m": np.array([[30, 0, 1]], np.float32)})
            look = {**SIZE, "camera": "fixed", "eye_w_m": (0, 0, 5), "target_w_m": (0, 0, 0)}
            depth = volery.Painter(batch, look).depth()
        assert depth.shape == (64, 96)
        assert depth.dtype == np.float32
        # straight down on the plane z = 0: every pixel is 5 m away along the view
        np.testing.assert_allclose(depth, 5, rtol=1e-3)

    def test_depth_is_infinite_where_there_is_nothing(self) -> None:
        with volery.Batch("hover") as batch:
            batch.reset(seed=0)
            look = {**SIZE, "camera": "fixed", "eye_w_m": (0, 0, 5), "target_w_m": (0, 1e-3, 9)}
            assert np.isinf(volery.Painter(batch, look).depth()).all()

    def test_segmentation_names_agents_and_statics(self) -> None:
        with volery.Batch("hover") as batch:
            batch.reset(seed=0)
            batch.set_state(0, {"position_w_m": np.array([[0, 0, 1]], np.float32)})
            look = {**SIZE, "camera": "fixed", "eye_w_m": (0, 0, 1.5), "target_w_m": (0, 0, 1)}
            ids = volery.Painter(batch, look).segmentation()
            num_bodies = batch.num_agents
        assert ids.dtype == np.int32
        assert ids[32, 48] == 0, "the drone is in the middle"
        assert ids[0, 0] == num_bodies, "the ground is the first static"

    def test_links_are_drawn_without_being_asked_for(self) -> None:
        def last(layers: list[str]) -> np.ndarray:
            env = volery.Env(
                "flocking",
                num_agents=6,
                render_mode="rgb_array",
                seed=1,
                render_config={**SIZE, "layers": layers},
            )
            observation, _ = env.reset(seed=1)
            policy = env.batch.baseline(seed=1)
            for _ in range(10):
                action = policy.act(observation[None])[0]
                observation = env.step(action)[0]
            picture = env.render()
            env.close()
            return picture

        assert not np.array_equal(last(["links"]), last([]))

    def test_packets_are_kept_where_pictures_show_them(self) -> None:
        for mode, layers, kept in (
            ("rgb_array", ["links"], True),
            ("rgb_array", ["grid"], False),
            ("depth_array", ["links"], False),
            (None, ["links"], False),
        ):
            env = volery.make_vec(
                "flocking", num_envs=2, render_mode=mode, render_config={"layers": layers}
            )
            assert env.batch.radio.trace == kept
            assert env.batch.config["radio"]["trace"] is False, "built once"
            env.close()

    def test_a_picture_does_not_change_the_flight(self) -> None:
        def fly(mode: str | None) -> int:
            env = volery.make_vec("search_relay", num_envs=2, num_agents=6, render_mode=mode)
            observation, _ = env.reset(seed=4)
            policy = env.batch.baseline(seed=4)
            for _ in range(20):
                observation = env.step(policy.act(observation))[0]
                if mode:
                    env.render()
            state = env.batch.state("position_w_m").tobytes()
            env.close()
            return hash(state)

        assert fly(None) == fly("rgb_array")

    @pytest.mark.parametrize("camera", ["overview", "top", "follow", "chase", "onboard"])
    def test_every_camera_sees_something(self, camera: str) -> None:
        with volery.Batch("formation", num_agents=4) as batch:
            batch.reset(seed=0)
            picture = volery.Painter(batch, {**SIZE, "camera": camera}).rgb()
        assert picture.std() > 3

    def test_notebooks_show_a_png(self) -> None:
        with volery.Batch("hover") as batch:
            batch.reset(seed=0)
            data = volery.Painter(batch, SIZE)._repr_png_()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")

    def test_a_world_that_is_not_there_is_refused(self) -> None:
        with volery.Batch("hover", 2) as batch:
            batch.reset(seed=0)
            painter = volery.Painter(batch, SIZE)
            for draw in (painter.rgb, painter.depth, painter.segmentation):
                with pytest.raises(ValueError, match=r"world = 2: must be in \[0, 1\]"):
                    draw(2)
                with pytest.raises(TypeError, match="world = '0': must be an integer"):
                    draw("0")  # type: ignore[arg-type]

    def test_painting_needs_a_reset(self) -> None:
        with volery.Batch("hover") as batch, pytest.raises(RuntimeError, match="reset"):
            volery.Painter(batch, SIZE).rgb()

    def test_a_closed_batch_cannot_be_painted(self) -> None:
        env = volery.Env("hover", render_mode="rgb_array", render_config=SIZE)
        env.reset(seed=0)
        env.close()
        with pytest.raises(RuntimeError, match="closed"):
            env.render()


def test_no_mode_no_picture() -> None:
    env = volery.make_vec("hover", num_envs=2)
    env.reset(seed=0)
    assert env.render() is None
    env.close()


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        ({"width": 0}, ValueError, "width"),
        ({"height": 100_000}, ValueError, r"must be in \[1, \d+\]"),
        ({"width": 1.5}, TypeError, "width"),
        ({"camera": "chas"}, ValueError, "chase"),
        ({"agent": 7}, ValueError, "agent"),
        ({"agent": -1}, ValueError, "agent"),
        ({"layers": "links"}, TypeError, "list"),
        ({"layers": ["link"]}, ValueError, "links"),
        ({"layers": None}, TypeError, "must be a list of names"),
        ({"selected": 0}, TypeError, "must be a list of agents"),
        ({"selected": ["d0001"]}, TypeError, "must be an integer"),
        ({"selected": [-1]}, ValueError, "selected"),
        ({"eye_w_m": "here"}, ValueError, "three finite numbers"),
        ({"shadows": "no"}, TypeError, "must be True or False"),
        ({"realtime": 3}, TypeError, "must be True or False"),
        ({"eye_w_m": (0, 0)}, ValueError, "eye_w_m"),
        ({"eye_w_m": (0, 0, float("nan"))}, ValueError, "eye_w_m"),
        ({"widthh": 5}, ValueError, "width"),
        ({"worlds": 0}, ValueError, "worlds"),
    ],
)
def test_bad_render_configs_are_refused(
    config: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        volery.Env("hover", render_mode="rgb_array", render_config=config)


def test_unknown_modes_are_refused_with_the_nearest() -> None:
    for make in (volery.Env, volery.VectorEnv):
        with pytest.raises(ValueError, match="rgb_array"):
            make("hover", render_mode="rgb")
        with pytest.raises(TypeError, match="render_mode"):
            make("hover", render_mode=3)


def _run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


_ONE_PICTURE = """
import volery
env = volery.Env("hover", render_mode="rgb_array")
env.reset(seed=0)
try:
    env.render()
except RuntimeError as error:
    print("refused:", error)
env.step(env.action_space.sample())
print("went on")
"""


def test_rendering_that_is_switched_off_is_refused_and_training_goes_on() -> None:
    done = _run(_ONE_PICTURE, VOLERY_GL="off")
    assert "refused:" in done.stdout
    assert "VOLERY_GL" in done.stdout
    assert "went on" in done.stdout


def test_an_unknown_backend_is_refused() -> None:
    done = _run("import volery; volery.Env('hover', render_mode='rgb_array')", VOLERY_GL="egel")
    assert done.returncode != 0
    assert "auto" in done.stderr
    assert "egl" in done.stderr


def test_a_window_without_display_is_refused() -> None:
    done = _run("import volery; volery.Env('hover', render_mode='human')")
    assert done.returncode != 0
    assert "DISPLAY" in done.stderr
    assert "rgb_array" in done.stderr


class TestVideos:
    def test_pictures_become_a_video(self, tmp_path: Path) -> None:
        if video.find_ffmpeg() is None:
            pytest.skip("no ffmpeg")
        pictures = [np.full((33, 51, 3), 10 * i, np.uint8) for i in range(12)]
        path = video.write_pictures(pictures, tmp_path / "a" / "out.mp4", fps=12)
        assert path.read_bytes()[4:8] == b"ftyp"

    def test_without_ffmpeg_there_are_png_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(video, "find_ffmpeg", lambda: None)
        pictures = [np.zeros((4, 6, 3), np.uint8)] * 3
        with pytest.warns(RuntimeWarning, match="no ffmpeg"):
            path = video.write_pictures(pictures, tmp_path / "out.mp4", fps=10)
        assert sorted(p.name for p in path.iterdir()) == [f"{i:06d}.png" for i in range(3)]

    @pytest.mark.parametrize("out", ["a.avi", "a"])
    def test_other_suffixes_are_refused(self, tmp_path: Path, out: str) -> None:
        with pytest.raises(ValueError, match=r"\.mp4"):
            video.VideoWriter(tmp_path / out, 30)

    @pytest.mark.parametrize("value", [0, -3, float("nan"), float("inf")])
    def test_a_rate_that_no_player_has_is_refused(self, tmp_path: Path, value: float) -> None:
        with pytest.raises(ValueError, match="fps"):
            video.VideoWriter(tmp_path / "a.mp4", value)
        for name in ("fps", "speed"):
            with pytest.raises(ValueError, match=name):
                video.write_video("never.vrec", tmp_path / "a.mp4", **{name: value})
        assert not list(tmp_path.iterdir())

    def test_pictures_of_another_size_are_refused(self, tmp_path: Path) -> None:
        writer = video.VideoWriter(tmp_path / "a.gif", 10)
        writer.add(np.zeros((4, 6, 3), np.uint8))
        with pytest.raises(ValueError, match="first one"):
            writer.add(np.zeros((8, 6, 3), np.uint8))
        with pytest.raises(ValueError, match="uint8"):
            writer.add(np.zeros((4, 6, 3), np.float32))
        writer.close()

    def test_a_program_that_fails_is_heard(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(video, "find_ffmpeg", lambda: "/bin/false")
        pictures = [np.zeros((64, 64, 3), np.uint8)] * 2000
        with pytest.raises(OSError, match="ffmpeg ended"):
            video.write_pictures(pictures, tmp_path / "a.mp4", 10)


@pytest.mark.usefixtures("gl")
def test_the_bench_of_pictures_has_every_row_of_the_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "pictures", "--quick", "--json", "--agents", "8"]) == 0
    result = json.loads(capsys.readouterr().out)
    table = (Path(__file__).parents[2] / "docs" / "rendering.md").read_text()
    rows = re.findall(r"^\| `(\w+_ms)` \|", table, re.MULTILINE)
    assert rows == [name for name in result if name.endswith("_ms")]
    assert all(result[name] > 0 for name in rows)
    assert result["pictures_per_s"] == pytest.approx(1e3 / result["overlays_ms"], rel=1e-3)
    assert (result["agents"], result["crowd"], result["density_map"]) == (8, 10_000, 60_000)
    # some are behind the eye, and many before it
    assert 1000 < result["crowd_among_seen"] < 9000


def test_a_png_is_what_was_painted() -> None:
    matplotlib_image = pytest.importorskip("matplotlib.image")
    import io

    picture = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    read = matplotlib_image.imread(io.BytesIO(rendering.png(picture)))
    assert np.array_equal((read[..., :3] * 255).round().astype(np.uint8), picture)
