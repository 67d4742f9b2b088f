"""Videos: pictures into a file, by ffmpeg where there is one."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from volery.outputs import VIDEOS, checked_output
from volery.rendering import Painter, RenderConfig, png

if TYPE_CHECKING:
    from volery.recording import Recording

Picture = NDArray[np.uint8]

_QUALITY = "20"  # x264's constant rate factor: no visible loss on flat colors
_FASTEST = 1e4  # of rates and of speed; beyond it no player goes
_FULL_SIZE = {"width": 1280, "height": 720}


def find_ffmpeg() -> str | None:
    """Returns the path of ffmpeg: that of imageio-ffmpeg, or the system's, or None."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return shutil.which("ffmpeg")


class VideoWriter:
    """Writes pictures of one size to a video file; use it with `with`.

    Without ffmpeg it warns and writes numbered PNG files into a folder instead: `flight/` in place
    of `flight.mp4`.

    Args:
        out: The file, .mp4, .webm or .gif; folders are made.
        fps: Pictures per second.

    Attributes:
        path: What is written: the file, or the folder of PNG files.

    Raises:
        ValueError: For another suffix, or a rate that is not positive.
        OSError: Where there can be no such file.
    """

    def __init__(self, out: Path | str, fps: float) -> None:
        out = checked_output(out, VIDEOS)
        if not 0 < fps <= _FASTEST:
            raise ValueError(f"fps = {fps}: must be positive, at most {_FASTEST:g}")
        self._program = find_ffmpeg()
        self._fps = float(fps)
        self._size: tuple[int, int] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        # what ffmpeg says, to be told where it fails
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the writer
        self.count = 0
        out.parent.mkdir(parents=True, exist_ok=True)
        if self._program is None:
            self.path = out.with_suffix("")
            self.path.mkdir(exist_ok=True)
            warnings.warn(
                f"no ffmpeg (pip install imageio-ffmpeg, or apt-get install ffmpeg): writing PNG "
                f"files into {self.path} instead of {out}",
                RuntimeWarning,
                stacklevel=2,
            )
        else:
            self.path = out

    def add(self, picture: Picture) -> None:
        """Appends a picture.

        Args:
            picture: (height, width, 3) uint8, of the size of the first one.

        Raises:
            ValueError: For another shape or type.
            OSError: Where ffmpeg failed; the message is its own.
        """
        if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
            raise ValueError(
                f"picture: must be (height, width, 3) uint8, not {picture.shape} {picture.dtype}"
            )
        height, width, _ = picture.shape
        if self._size is None:
            self._size = (width, height)
            if self._program is not None:
                self._process = self._start(self._program, width, height)
        if self._size != (width, height):
            raise ValueError(
                f"picture: {width} x {height} pixels, must be {self._size[0]} x {self._size[1]} "
                f"as the first one"
            )
        if self._process is None:
            (self.path / f"{self.count:06d}.png").write_bytes(png(picture))
        else:
            assert self._process.stdin is not None
            try:
                self._process.stdin.write(np.ascontiguousarray(picture).data)
            except BrokenPipeError:
                self._fail()
        self.count += 1

    def close(self) -> None:
        """Finishes the file.

        Raises:
            OSError: Where ffmpeg failed; the message is its own.
        """
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            # what is still buffered may find nobody to read it; the exit code says so
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            if process.wait() != 0:
                self._process = process
                self._fail()
        if not self._log.closed:
            self._log.close()

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None and self._process is not None:
            # the first error is the one to see
            self._process.kill()
            self._process.wait()
            self._process = None
        self.close()

    def _start(self, program: str, width: int, height: int) -> subprocess.Popen[bytes]:
        given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
        rate = ["-r", f"{self._fps:g}", "-i", "-"]
        wanted: list[str] = []
        if self.path.suffix != ".gif":
            # players want even sizes and colors at half resolution
            wanted = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"]
            wanted += ["-crf", _QUALITY]
        if self.path.suffix == ".mp4":
            # a page may begin to play before it has all
            wanted += ["-c:v", "libx264", "-preset", "veryfast", "-movflags", "+faststart"]
        command = [program, "-loglevel", "error", "-y", *given, *rate, *wanted, str(self.path)]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._log
        )

    def _fail(self) -> None:
        assert self._process is not None
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        code = self._process.wait()
        self._process = None
        self._log.seek(0)
        said = self._log.read().decode(errors="replace").strip() or "no message"
        self._log.close()
        raise OSError(f"{self.path}: ffmpeg ended with code {code}: {said.splitlines()[-1]}")


def write_pictures(pictures: Iterable[Picture], out: Path | str, fps: float) -> Path:
    """Writes pictures to a video file.

    Args:
        pictures: (height, width, 3) uint8 each, all of one size.
        out: As for `VideoWriter`.
        fps: Pictures per second.

    Returns:
        What was written: the file, or a folder of PNG files where there is no ffmpeg.

    Raises:
        ValueError: For a bad suffix, rate or picture.
        OSError: Where ffmpeg failed.
    """
    with VideoWriter(out, fps) as writer:
        for picture in pictures:
            writer.add(picture)
    return writer.path


def write_video(
    recording: Path | str | Recording,
    out: Path | str,
    *,
    world: int = 0,
    fps: float = 30,
    speed: float = 1,
    config: Mapping[str, Any] | RenderConfig | None = None,
    progress: Callable[[int], object] | None = None,
) -> Path:
    """Films a recording.

    Args:
        recording: A path, or an open recording.
        out: As for `VideoWriter`.
        world: Which world of it.
        fps: Pictures per second; where steps come more slowly, one picture per step.
        speed: Times real time.
        config: What the pictures show, as for `volery.Painter`; 1280 x 720 where None.
        progress: Called with the position at each picture.

    Returns:
        What was written: the file, or a folder of PNG files where there is no ffmpeg.

    Raises:
        OSError: For a recording that cannot be read, or where ffmpeg failed.
        RuntimeError: Where there is no OpenGL.
        ValueError: For a bad suffix, rate, speed, world or config.
    """
    from volery.recording import Recording

    for name, value in (("fps", fps), ("speed", speed)):
        if not 0 < value <= _FASTEST:
            raise ValueError(f"{name} = {value}: must be positive, at most {_FASTEST:g}")
    checked_output(out, VIDEOS, recording)
    played = recording if isinstance(recording, Recording) else Recording(recording, trace=True)
    stride = max(1, round(speed / (fps * played.step_s)))
    painter = Painter(played, _FULL_SIZE if config is None else config)
    with VideoWriter(out, speed / (stride * played.step_s)) as writer:
        for position in played:
            if position % stride == 0:
                writer.add(painter.rgb(world))
                if progress is not None:
                    progress(position)
    return writer.path
