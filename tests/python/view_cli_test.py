"""`volery view` hands everything to volery-view."""

from __future__ import annotations

from pathlib import Path

import pytest

from volery.cli import main


def program(tmp_path: Path, code: int) -> str:
    """A stand-in that says what it was given."""
    file = tmp_path / "volery-view"
    file.write_text(f'#!/bin/sh\nfor word in "$@"; do echo "$word"; done\nexit {code}\n')
    file.chmod(0o755)
    return str(file)


@pytest.mark.parametrize(
    "arguments",
    [
        ["run.vrec"],
        ["--task", "formation", "--agents", "32"],
        ["--help"],
        ["scene.toml", "--set", "episode_s=5", "-"],
        [],
    ],
)
def test_everything_is_handed_on(tmp_path, monkeypatch, capfd, arguments):
    monkeypatch.setenv("VOLERY_VIEW", program(tmp_path, 0))
    assert main(["view", *arguments]) == 0
    assert capfd.readouterr().out.split() == arguments


def test_its_exit_code_is_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("VOLERY_VIEW", program(tmp_path, 2))
    assert main(["view", "nowhere.vrec"]) == 2


def test_help_of_volery_names_it(capsys):
    assert main(["--help"]) == 0
    assert "volery view" in capsys.readouterr().out


def test_a_missing_program_is_one_clear_line(monkeypatch, capsys):
    def missing(name: str) -> str:
        raise RuntimeError(f"{name}: no such program; build it with `./run build`")

    monkeypatch.setattr("volery.cli.view.find_program", missing)
    assert main(["view"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("volery: volery-view: no such program")
    assert error.count("\n") == 1
