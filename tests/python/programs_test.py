"""Finding the programs of C++ that the Python package starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from volery import programs

_SCRIPT = "#!/bin/sh\n"
_BINARY = "\x7fELF"  # the first bytes are all that is looked at


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package without programs, outside any checkout, and a PATH of one empty folder."""
    package = tmp_path / "site" / "volery"
    package.mkdir(parents=True)
    (tmp_path / "path").mkdir()
    monkeypatch.setattr(programs, "__file__", str(package / "programs.py"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.delenv("VOLERY_VIEW", raising=False)
    monkeypatch.delenv("VOLERY_SIM", raising=False)
    return tmp_path


def place(path: Path, text: str, mode: int = 0o755) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_the_package_comes_before_path(nowhere):
    in_path = place(nowhere / "path" / "volery-sim", _BINARY)
    assert programs.find_program("volery-sim") == in_path
    packed = place(nowhere / "site" / "volery" / "bin" / "volery-sim", _BINARY)
    assert programs.find_program("volery-sim") == packed


def test_what_the_environment_names_comes_first(nowhere, monkeypatch):
    place(nowhere / "site" / "volery" / "bin" / "volery-view", _BINARY)
    named = place(nowhere / "mine", _SCRIPT)
    monkeypatch.setenv("VOLERY_VIEW", named)
    assert programs.find_program("volery-view") == named


@pytest.mark.parametrize("given", ["none", "folder", "text"])
def test_what_the_environment_names_is_not_passed_over(nowhere, monkeypatch, given):
    place(nowhere / "site" / "volery" / "bin" / "volery-view", _BINARY)
    (nowhere / "folder").mkdir()
    place(nowhere / "text", _BINARY, mode=0o644)
    monkeypatch.setenv("VOLERY_VIEW", str(nowhere / given))
    with pytest.raises(RuntimeError, match=rf"VOLERY_VIEW = '.*{given}': is no program"):
        programs.find_program("volery-view")


@pytest.mark.parametrize("name", ["volery-view", "volery-sim"])
def test_one_that_is_not_there_says_what_to_do(nowhere, name):
    place(nowhere / "path" / name, _BINARY, mode=0o644)
    (nowhere / "site" / "volery" / "bin" / name).mkdir(parents=True)
    with pytest.raises(RuntimeError, match=rf"^{name}: no such program; .*VOLERY_"):
        programs.find_program(name)


def test_the_starter_that_pip_writes_is_not_the_program(nowhere, monkeypatch, capsys):
    place(nowhere / "path" / "volery-sim", _SCRIPT)
    with pytest.raises(SystemExit, match="volery-sim: no such program"):
        programs.run_sim()


def test_the_command_becomes_the_program(nowhere, monkeypatch):
    packed = place(nowhere / "site" / "volery" / "bin" / "volery-sim", _BINARY)
    started: list[tuple[str, list[str]]] = []

    class ReplacedError(Exception):
        pass

    def execv(path: str, arguments: list[str]) -> None:
        started.append((path, arguments))
        raise ReplacedError

    monkeypatch.setattr(os, "execv", execv)
    monkeypatch.setattr(sys, "argv", ["/usr/bin/volery-sim", "bench", "--help"])
    with pytest.raises(ReplacedError):
        programs.run_sim()
    assert started == [(packed, ["volery-sim", "bench", "--help"])]
