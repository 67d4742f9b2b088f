"""The program `volery`, through main() and as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from volery import _volery
from volery.cli import main

RESULT_FIELDS = {
    "case": str,
    "worlds": int,
    "agents": int,
    "threads": int,
    "substeps": int,
    "agent_steps_per_s": float,
    "ns_per_agent_step": float,
    "ns_per_agent_substep": float,
    "repeats": int,
    "min": float,
    "max": float,
    "isa": str,
    "cpu": str,
}
TASKS = [entry.name for entry in _volery.tasks()]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "volery", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def bench(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["bench", *arguments, "--quick", "--json"]) == 0
    result: dict[str, object] = json.loads(capsys.readouterr().out)
    return result


def test_list_names_everything_that_a_config_may_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    for registry in (_volery.tasks, _volery.sensors, _volery.controllers, _volery.policies):
        assert all(entry.name in out for entry in registry())
    assert all(name in out for kind in ("vehicles", "scenes") for name in _volery.asset_names(kind))


def test_list_of_one_kind_leaves_out_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "vehicles"]) == 0
    out = capsys.readouterr().out
    assert "cf2x" in out
    assert "formation" not in out


@pytest.mark.parametrize("task", TASKS)
def test_describe_shows_columns_terms_and_fields_of_a_task(
    task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["describe", task]) == 0
    out = capsys.readouterr().out
    entry = next(entry for entry in _volery.tasks() if entry.name == task)
    assert entry.doc in out
    assert all(field.path in out for field in entry.fields)
    for part in ("action,", "observation,", "reward terms", "metrics of an episode", "baseline"):
        assert part in out


def test_describe_follows_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "hover", "--set", "action=velocity", "--set", "num_agents=3"]) == 0
    out = capsys.readouterr().out
    assert "vx" in out
    assert "rotor_0" not in out


@pytest.mark.parametrize("case", ["flight", "hover", "overhead", "reset", "pettingzoo", "flock"])
def test_bench_prints_one_json_object_with_every_field(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = bench(capsys, case)
    assert result["case"] == case
    for name, kind in RESULT_FIELDS.items():
        value = result[name]
        assert isinstance(value, (int, float) if kind is float else kind), name
    assert result["min"] <= result["ns_per_agent_step"] <= result["max"]  # type: ignore[operator]
    assert result["repeats"] >= 5  # type: ignore[operator]


def test_bench_of_contacts_has_a_row_per_share(capsys: pytest.CaptureFixture[str]) -> None:
    result = bench(capsys, "contact", "--worlds", "4", "--agents", "5")
    rows = result["rows"]
    assert isinstance(rows, list)
    assert [row["contact_share"] for row in rows] == pytest.approx([0, 0, 0.05, 0.25, 1])
    assert all(row["ratio_to_plain_bullet"] > 0 for row in rows)


def test_bench_takes_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    result = bench(capsys, "hover", "--worlds", "3", "--agents", "2", "--repeats", "6")
    assert (result["worlds"], result["agents"], result["repeats"]) == (3, 2, 6)
    assert 0 <= result["touching_share"] <= result["near_share"] <= 1  # type: ignore[operator]
    assert result["agent_step_per_plain_body_step"] > 0  # type: ignore[operator]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["describe", "hoover"], "did you mean 'hover'"),
        (["describe", "hover", "--set", "acton=rotor"], "did you mean 'action'"),
        (["describe", "hover", "--set", "action"], "must be key=value"),
        (["describe", "hover", "--set", "num_agents=-1"], "must be at least 1"),
        (["bench", "flihgt"], "did you mean 'flight'"),
        (["bench", "hover", "--worlds", "-1"], "must be in"),
        (["bench", "pettingzoo", "--worlds", "2"], "it is one world"),
        (["bench", "flock", "--worlds", "2"], "it is one world"),
        (["bench", "pictures", "--worlds", "2"], "it is one world"),
        (["bench", "hover", "--threads", "many"], "invalid int value"),
        (["demo", "--worlds", "0"], "num_worlds"),
        (["list", "cars"], "invalid choice: 'cars'"),
    ],
)
def test_bad_input_is_one_clear_line_and_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "exit codes" in capsys.readouterr().out
    for command in ("list", "describe", "bench", "demo"):
        assert main([command, "--help"]) == 0
        assert f"  volery {command}" in capsys.readouterr().out


def test_the_module_runs_as_a_program() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("volery ")
    assert run("describe", "nothing").returncode == 2


def test_demo_reports_draws_and_keeps_bars_out_of_pipes(tmp_path: Path) -> None:
    picture = tmp_path / "deep" / "demo.png"
    done = run(
        *("demo", "--worlds", "2", "--agents", "4", "--threads", "1"),
        *("--set", "episode_s=2", "--out", str(picture)),
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\r" not in done.stdout
    for row in ("reported", "collisions", "not delivered", "times real time", "plain Bullet"):
        assert row in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
