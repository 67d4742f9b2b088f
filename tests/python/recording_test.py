"""Recordings from Python: every way to step a batch, and what can be asked of a recording."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import volery
from volery import task_registry
from volery.cli import main
from volery.recording import stored_poses


def _fly(batch: volery.Batch, steps: int) -> list[int]:
    policy = batch.baseline("random", seed=3)
    observation = batch.reset(seed=1)
    hashes = [batch.state_hash()]
    for _ in range(steps):
        observation = batch.step(policy.act(observation))[0]
        hashes.append(batch.state_hash())
    return hashes


def _expect_replays(path: Path, hashes: list[int], **options: Any) -> volery.Recording:
    recording = volery.Recording(path, **options)
    assert recording.complete, recording.notice
    assert recording.num_steps == len(hashes) - 1
    assert [recording.state_hash() for _ in recording] == hashes
    assert recording.verify() is None
    return recording


@pytest.mark.parametrize("task", ["hover", "formation", "search_relay"])
def test_batch_replays_to_the_bit(tmp_path: Path, task: str) -> None:
    path = tmp_path / "a.vrec"
    with volery.Batch(task, 2) as batch, batch.record(path):
        hashes = _fly(batch, 50)
    _expect_replays(path, hashes)
    _expect_replays(path, hashes, num_threads=2, trace=True)


def test_what_changes_in_mid_episode_replays_to_the_bit(tmp_path: Path) -> None:
    path = tmp_path / "live.vrec"
    jammer = {"center_w_m": [0.0, 0.0, 1.0], "radius_m": 30.0, "probability": 0.5}
    with volery.Batch("flocking", 2, 6, flight={"wind": True}) as batch, batch.record(path):
        policy = batch.baseline(seed=3)
        observation = batch.reset(seed=1)
        hashes = [batch.state_hash()]
        for step in range(60):
            if step == 10:
                wind = {"mean_w_mps": [0.0, 4.0, 0.0], "turbulence": "light"}
                batch.set_config(np.array([True, False]), {"wind": wind}, when="now")
            if step in (15, 25):
                jammer["center_w_m"] = [float(step), 0.0, 1.0]
                batch.radio.put_jammers(1, [jammer])
            if step == 30:
                batch.set_config(None, {"episode_s": 1.5}, when="now")
            if step == 40:
                batch.radio.put_jammers(1, [])
            observation = batch.step(policy.act(observation))[0]
            hashes.append(batch.state_hash())
    recording = _expect_replays(path, hashes, num_threads=2)
    recording.seek(12)
    assert recording.state("wind_w_mps")[0, 0, 1] != 0
    assert recording.state("wind_w_mps")[1, 0, 1] == 0
    assert main(["replay", str(path), "--verify"]) == 0


@pytest.fixture
def climb() -> Iterator[str]:
    """A Python task that scores, keeps numbers and places its drones itself."""

    @volery.register_task("climb_recorded")
    class Climb(volery.Task):
        """Pays for height."""

        terms = {"height": "of the drone, m"}
        fields = {"best_m": volery.Field(unit="m", doc="highest so far")}
        num_agents = 2
        episode_s = 1.0

        def reset(self, start: Any) -> None:
            place = start["position_w_m"]
            start["position_w_m"] = place + start.uniform(0, 0.2, width=3)

        def score(self, state: Any, scores: Any) -> None:
            state["best_m"] = np.maximum(state["best_m"], state["position_w_m"][..., 2])
            scores["height"] = state["best_m"]
            scores.terminated = state["position_w_m"][..., 2] > 1.5

    yield "climb_recorded"
    task_registry._registered.pop("climb_recorded", None)


def test_python_task_replays_without_its_class(tmp_path: Path, climb: str) -> None:
    path = tmp_path / "a.vrec"
    with volery.Batch(climb, 3) as batch, batch.record(path):
        hashes = _fly(batch, 70)
    task_registry._registered.pop(climb)
    _expect_replays(path, hashes)


def test_recording_tells_what_the_live_batch_told(tmp_path: Path) -> None:
    path = tmp_path / "a.vrec"
    with volery.Batch("formation", 2, num_agents=4, reward_terms=True) as batch:
        policy = batch.baseline()
        with batch.record(path) as recorder:
            observation = batch.reset(seed=1)
            for _ in range(20):
                actions = policy.act(observation)
                observation, reward, terminated, truncated, info = batch.step(actions)
            assert recorder.num_steps == 20
        positions = batch.state("position_w_m")
        recording = volery.Recording(path)
        recording.seek(20)
        outputs = recording.outputs()
        np.testing.assert_array_equal(outputs["observation"], observation)
        np.testing.assert_array_equal(outputs["reward"], reward)
        np.testing.assert_array_equal(outputs["terminated"], terminated)
        np.testing.assert_array_equal(outputs["truncated"], truncated)
        np.testing.assert_array_equal(outputs["alive"], info["alive"])
        np.testing.assert_array_equal(outputs["reward_terms"], info["reward_terms"])
        np.testing.assert_array_equal(outputs["actions"], actions)
        np.testing.assert_array_equal(recording.state("position_w_m"), positions)
        assert recording.config["task"] == "formation"
        assert recording.layout.observation_size == batch.layout.observation_size
        assert recording.time_s == pytest.approx(20 * recording.step_s)


def test_environments_record_through_their_batch(tmp_path: Path) -> None:
    venv = volery.make_vec("Hover-v0", num_envs=3)
    with venv.batch.record(tmp_path / "vec.vrec"):
        venv.reset(seed=2)
        for _ in range(10):
            venv.step(venv.action_space.sample())
        end = venv.batch.state_hash()
    venv.close()
    recording = volery.Recording(tmp_path / "vec.vrec")
    recording.seek(recording.num_steps)
    assert (recording.num_steps, recording.state_hash()) == (10, end)

    env = volery.Env("hover")
    with env.batch.record(tmp_path / "one.vrec"):
        env.reset(seed=2)
        for _ in range(10):
            env.step(env.action_space.sample())
    env.close()
    assert volery.Recording(tmp_path / "one.vrec").verify() is None


def test_closing_the_batch_ends_its_recording(tmp_path: Path) -> None:
    batch = volery.Batch("hover")
    recorder = batch.record(tmp_path / "a.vrec")
    _fly(batch, 5)
    with pytest.raises(RuntimeError, match=r"a\.vrec is being recorded"):
        batch.record(tmp_path / "b.vrec")
    batch.close()
    assert recorder.closed
    recorder.stop()
    recording = volery.Recording(tmp_path / "a.vrec")
    assert recording.complete
    assert recording.num_steps == 5


def test_marks_tell_what_happened(tmp_path: Path) -> None:
    path = tmp_path / "a.vrec"
    with volery.Batch("hover", 2, episode_s=0.5) as batch, batch.record(path):
        _fly(batch, 20)
        batch.set_state(1, {"velocity_w_mps": np.zeros((1, 3))})
        batch.reset()
        batch.step(np.zeros((2, 1, 4), np.float32))
    marks = volery.Recording(path).marks()
    assert {kind for *_, kind in marks} >= {"world_ended", "written", "world_reset"}
    assert (20, 1, -1, "written") in marks
    assert all(0 <= step <= 21 for step, *_ in marks)


def test_poses_are_sampled_and_stored(tmp_path: Path) -> None:
    path = tmp_path / "a.vrec"
    with volery.Batch("formation", num_agents=3) as batch, batch.record(path, poses_hz=10):
        _fly(batch, 30)
    recording = volery.Recording(path)
    every = round(1 / (10 * recording.step_s))
    poses = recording.poses(rate_hz=10)
    assert poses["step"].tolist() == list(range(0, 31, every))
    assert poses["position_w_m"].shape == (len(poses["step"]), 1, 3, 3)
    stored = stored_poses(path)
    for name in ("position_w_m", "quat_wb_xyzw", "alive"):
        np.testing.assert_array_equal(stored[name], poses[name][1:])


def test_files_that_cannot_be_played_or_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no such file"):
        volery.Recording(tmp_path / "none.vrec")
    foreign = tmp_path / "foreign.vrec"
    foreign.write_bytes(b"something else" * 100)
    with pytest.raises(OSError, match="is not a recording of volery"):
        volery.Recording(foreign)
    with volery.Batch("hover") as batch:
        with pytest.raises(OSError, match="cannot be written"):
            batch.record(tmp_path / "no" / "folder.vrec")
        with pytest.raises(ValueError, match="on_error"):
            batch.record(tmp_path / "a.vrec", on_error="ignore")
        with pytest.raises(ValueError, match="poses_hz"):
            batch.record(tmp_path / "a.vrec", poses_hz=-1)
        # and it records all the same
        with batch.record(tmp_path / "a.vrec"):
            _fly(batch, 3)
    recording = volery.Recording(tmp_path / "a.vrec")
    assert recording.num_steps == 3
    recording.seek(10**30)
    assert recording.position == 3
    for size in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="ring_mb"):
            volery.Recording(tmp_path / "a.vrec", ring_mb=size)


def test_verify_reports_progress(tmp_path: Path) -> None:
    path = tmp_path / "a.vrec"
    with volery.Batch("hover") as batch, batch.record(path):
        _fly(batch, 200)
    recording = volery.Recording(path)
    seen: list[int] = []
    assert recording.verify(seen.append) is None
    assert seen[-1] == 200
    assert recording.verify(lambda position: position < 64) is None
    assert recording.position == 64


def test_command_line_records_and_replays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.vrec"
    line = ["record", "--task", "formation", "--steps", "40", "--seed", "5", "--out", str(path)]
    assert main([*line, "--poses", "10", "--json"]) == 0
    recorded = json.loads(capsys.readouterr().out)
    assert recorded["steps"] == 40
    assert main(["replay", str(path), "--verify", "--json"]) == 0
    replayed = json.loads(capsys.readouterr().out)
    assert replayed["verified"] is True
    assert replayed["state_hash"] == recorded["state_hash"]
    assert main(["replay", str(path)]) == 0
    assert "replays to the bit" in capsys.readouterr().out
    # cut short: what is there replays, and it says so
    path.write_bytes(path.read_bytes()[:-40])
    assert main(["replay", str(path)]) == 0
    assert "notice: " in capsys.readouterr().out
    assert main(["replay", str(tmp_path / "none.vrec")]) == 2
    assert "no such file" in capsys.readouterr().err
    assert main(["record", "--task", "hovr", "--out", str(path)]) == 2
    assert "hover" in capsys.readouterr().err
