"""The C++ program volery-sim, as a process. $VOLERY_SIM names it; else the release build's."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("VOLERY_SIM", ROOT / "build/release/volery-sim"))

pytestmark = pytest.mark.skipif(
    not PROGRAM.exists() and not os.environ.get("CI"),
    reason=f"{PROGRAM} is not built (./run build)",
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"VOLERY_ASSETS": str(ROOT / "assets"), **os.environ}
    return subprocess.run(
        [PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=environment,
    )


def run_json(*arguments: str) -> dict[str, object]:
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    result: dict[str, object] = json.loads(done.stdout)
    return result


def test_a_run_reports_episodes_speed_contacts_and_hash() -> None:
    result = run_json("run", "--task", "hover", "--worlds", "3", "--set", "episode_s=1")
    assert (result["worlds"], result["agents"], result["steps"]) == (3, 1, 31)
    assert result["episodes"] == 3
    assert set(result["metrics"]) >= {"success", "crashes"}  # type: ignore[call-overload]
    for name in ("agent_steps_per_s", "times_real_time", "near_share", "touching_share"):
        assert isinstance(result[name], float), name
    assert str(result["state_hash"]).startswith("0x")


def test_stages_are_timed_where_that_is_asked_for() -> None:
    arguments = ("run", "--task", "flocking", "--worlds", "4", "--steps", "20")
    plain, timed = run_json(*arguments), run_json(*arguments, "--stages")
    assert "stage_ns" not in plain
    stages: dict[str, float] = timed["stage_ns"]  # type: ignore[assignment]
    assert next(iter(stages)) == "actions"
    assert stages["radio"] > 0
    assert stages["fold"] == 0
    assert timed["state_hash"] == plain["state_hash"]
    assert "  radio " in run(*arguments, "--stages").stdout


def test_a_run_can_be_recorded_and_done_again(tmp_path: Path) -> None:
    file = tmp_path / "a.vrec"
    arguments = ("run", "--task", "flocking", "--worlds", "2", "--steps", "20")
    recorded = run_json(*arguments, "--record", str(file))
    assert recorded["state_hash"] == run_json(*arguments)["state_hash"]
    again = run_json("replay", str(file))
    assert again["steps"] == 20
    assert again["state_hash"] == recorded["state_hash"]


def test_the_hash_depends_on_the_seed_and_not_on_threads() -> None:
    def state(*extra: str) -> object:
        return run_json("run", "--task", "hover", "--worlds", "40", "--steps", "20", *extra)[
            "state_hash"
        ]

    assert state("--seed", "1") == state("--seed", "1", "--threads", "2")
    assert state("--seed", "1") != state("--seed", "2")


def test_files_settings_and_flags_win_in_this_order(tmp_path: Path) -> None:
    file = tmp_path / "batch.toml"
    file.write_text('task = "hover"\nnum_worlds = 2\nnum_agents = 2\nepisode_s = 1\n')
    result = run_json(
        *("run", str(file), "--set", "num_agents=3", "--set", "num_worlds=5"),
        *("--worlds", "4", "--steps", "2"),
    )
    assert (result["task"], result["worlds"], result["agents"]) == ("hover", 4, 3)


def test_a_scene_file_alone_is_the_scene() -> None:
    scene = str(ROOT / "assets/scenes/room.toml")
    result = run_json("run", scene, "--task", "formation", "--agents", "4", "--steps", "3")
    assert (result["task"], result["agents"], result["steps"]) == ("formation", 4, 3)


def test_a_table_for_people_has_no_progress_bar_in_a_pipe() -> None:
    done = run("run", "--task", "hover", "--steps", "5")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\r" not in done.stdout
    assert "state_hash" in done.stdout


def test_bench_prints_one_json_object() -> None:
    result = run_json("bench", "flight", "--quick", "--agents", "100")
    assert (result["case"], result["agents"], result["substeps"]) == ("flight", 100, 8)
    assert result["repeats"] >= 5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "subcommand"),
        (["run", "--task", "hoover"], "did you mean 'hover'"),
        (["run", "no-such-file.toml"], "no-such-file.toml"),
        (["run", "--set", "episode_s"], "must be key=value"),
        (["run", "--set", "episode_s=[1"], "episode_s"),
        (["run", "--set", "episod_s=1"], "did you mean 'episode_s'"),
        (["run", "--policy", "hoover"], "did you mean 'hover'"),
        (["run", "--steps", "0"], "--steps"),
        (["run", "--threads", "many"], "--threads"),
        (["run", "--record", "no-such-folder/a.vrec"], "no-such-folder/a.vrec: cannot be written"),
        (["run", "--record", ""], "--record: must name a file"),
        (["replya", "a.vrec"], '"replya": no such command (there are: run, bench, replay'),
        (["bench", "flihgt"], "did you mean 'flight'"),
        (["bench", "hover", "--worlds", "-1"], "must be in"),
    ],
)
def test_bad_input_is_one_clear_line_and_code_2(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_recording_does_not_take_the_place_of_its_config(tmp_path: Path) -> None:
    config = tmp_path / "batch.toml"
    config.write_text('task = "hover"\n')
    done = run("run", str(config), "--steps", "5", "--record", str(tmp_path / "." / "batch.toml"))
    assert done.returncode == 2
    assert "is the config; give it another name" in done.stderr
    assert config.read_text() == 'task = "hover"\n'


def test_help_and_version_are_no_errors() -> None:
    for arguments in (["--version"], ["--help"], ["run", "--help"], ["bench", "--help"]):
        done = run(*arguments)
        assert done.returncode == 0
        assert done.stdout
    assert "Examples" in run("run", "--help").stdout
    assert "Exit codes" in run("--help").stdout
