"""Files that are written: what is in their way is said in one line, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import volery
from volery import page, plot_recording, video
from volery.cli import main
from volery.outputs import PICTURES, checked_output


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "flight.vrec"
    with volery.Batch("hover", num_agents=2) as batch, batch.record(path):
        policy = batch.baseline()
        observation = batch.reset(seed=1)
        for _ in range(4):
            observation = batch.step(policy.act(observation))[0]
    return path


def test_a_path_comes_back_as_it_is_and_no_folder_is_made(tmp_path: Path) -> None:
    out = tmp_path / "new" / "deep" / "a.png"
    assert checked_output(str(out), PICTURES) == out
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        (".", IsADirectoryError, "is a folder, must be the name of a file"),
        ("file/a.png", NotADirectoryError, "cannot be written, .*file is a file"),
        ("file/b/a.png", NotADirectoryError, "cannot be written, .*file is a file"),
        ("a.pgn", ValueError, r"must end in one of \.png, \.svg, \.pdf, \.webp"),
        ("a", ValueError, "must end in one of"),
    ],
)
def test_what_cannot_be_written_is_refused(
    tmp_path: Path, name: str, error: type[Exception], message: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(error, match=message):
        checked_output(tmp_path / name, PICTURES)


def test_no_recording_is_overwritten_by_what_is_made_from_it(recorded: Path) -> None:
    before = recorded.read_bytes()
    again = recorded.parent / "." / ".." / recorded.parent.name / recorded.name
    for out in (recorded, again):
        with pytest.raises(ValueError, match="is what it would be made from"):
            page.write_page(recorded, out)
        with pytest.raises(ValueError, match="is what it would be made from"):
            page.write_page(volery.Recording(recorded), out)
        assert main(["replay", str(recorded), "--html", str(out)]) == 2
    film = recorded.rename(recorded.with_suffix(".mp4"))
    with pytest.raises(ValueError, match="is what it would be made from"):
        video.write_video(film, film)
    with pytest.raises(ValueError, match="must end in"):
        plot_recording.draw(film, film)
    assert film.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["record", "--task", "hover", "--out", "a.mp4", "--video", "a.mp4"], "is what it would"),
        (["record", "--task", "hover", "--out", "a.vrec", "--video", "a.avi"], "must end in"),
        (["record", "--task", "hover", "--out", "a.vrec", "--video", "file/a.mp4"], "is a file"),
        (["record", "--task", "hover", "--out", "none/a.vrec"], "none/a.vrec: cannot be written"),
        (["replay", "flight.vrec", "--html", "folder"], "folder: is a folder"),
        (["plot", "flight.vrec", "--out", "folder"], "folder: is a folder"),
        (["plot", "thrust", "--out", "file/a.png"], "file is a file"),
        (["plot", "response", "--out", "a.pgn"], "must end in"),
        (["demo", "--out", "flight.vrec"], "must end in"),
        (["demo", "--out", "file/a.png"], "file is a file"),
        (["plot", "thrst"], "did you mean 'thrust'?"),
        (["plot", "response", "--control-rate", "-4"], "control_rate_hz = -4: must be at least 1"),
        (["plot", "response", "--physics-rate", "0"], "physics_rate_hz = 0: must be at least 1"),
    ],
)
def test_commands_say_it_in_one_line_and_write_nothing(
    recorded: Path, arguments: list[str], message: str
) -> None:
    folder = recorded.parent
    (folder / "folder").mkdir()
    (folder / "file").write_text("in the way")
    before = sorted(folder.rglob("*"))
    command = [sys.executable, "-m", "volery", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


def test_without_opengl_nothing_flies_for_a_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOLERY_GL", "off")
    out = tmp_path / "a.vrec"
    arguments = ["record", "--task", "hover", "--out", str(out), "--video", str(tmp_path / "a.mp4")]
    assert main(arguments) == 1
    assert "switched off by VOLERY_GL" in capsys.readouterr().err
    assert not out.exists()
