"""Pictures of environments: what `render_mode` and `render_config` mean.

Nothing here needs a display, and nothing of OpenGL is loaded before the first picture is asked for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from volery import _volery
from volery.arguments import checked_choice, checked_count
from volery.batch import Batch

if TYPE_CHECKING:
    from volery.recording import Recording
    from volery.window import Window

MODES = ("human", "rgb_array", "depth_array", "segmentation")

Picture = NDArray[Any]

_DEFAULT_LAYERS = ("trails", "links", "goals", "contacts", "grid")
_LARGEST = _volery.max_image_pixels


@dataclasses.dataclass(frozen=True)
class RenderConfig:
    """What pictures show, and from where.

    Attributes:
        width: Pixels.
        height: Pixels.
        camera: "overview" (everything, standing still until somebody leaves the picture), "top"
            (everything, straight down), "follow", "chase" or "onboard" (of `agent`), or "fixed"
            (from `eye_w_m` to `target_w_m`).
        agent: Whom "follow", "chase" and "onboard" are about.
        eye_w_m: Where a fixed camera stands.
        target_w_m: What it looks at.
        layers: What is drawn beside bodies: of "trails", "links", "messages", "sensors",
            "velocity", "goals", "contacts", "labels", "grid". Links and messages are those of the
            last step, sensors the rays of the selected agents.
        selected: Agents with a ring, a label and a stem to the ground.
        shadows: Whether the sun casts them, where a GPU draws.
        worlds: How many worlds a window can show; "human" alone.
        realtime: Whether a step waits until the world's time has passed; "human" alone.
    """

    width: int = 640
    height: int = 480
    camera: str = "overview"
    agent: int = 0
    eye_w_m: Sequence[float] = (-4.0, -4.0, 3.0)
    target_w_m: Sequence[float] = (0.0, 0.0, 1.0)
    layers: Sequence[str] = _DEFAULT_LAYERS
    selected: Sequence[int] = ()
    shadows: bool = True
    worlds: int = 1
    realtime: bool = False

    def __post_init__(self) -> None:
        for name in ("width", "height"):
            pixels = checked_count(f"render_config['{name}']", getattr(self, name))
            if pixels > _LARGEST:
                raise ValueError(f"render_config['{name}'] = {pixels}: must be in [1, {_LARGEST}]")
        checked_choice("render_config['camera']", self.camera, _volery.viewpoints())
        checked_count("render_config['agent']", self.agent, low=0)
        checked_count("render_config['worlds']", self.worlds)
        if isinstance(self.layers, str) or not isinstance(self.layers, Iterable):
            raise TypeError(f"render_config['layers'] = {self.layers!r}: must be a list of names")
        for layer in self.layers:
            checked_choice("render_config['layers']", layer, _volery.layers())
        if not isinstance(self.selected, Iterable):
            raise TypeError(
                f"render_config['selected'] = {self.selected!r}: must be a list of agents"
            )
        for agent in self.selected:
            checked_count("render_config['selected']", agent, low=0)
        for name in ("shadows", "realtime"):
            if not isinstance(getattr(self, name), (bool, np.bool_)):
                given = getattr(self, name)
                raise TypeError(f"render_config['{name}'] = {given!r}: must be True or False")
        for name in ("eye_w_m", "target_w_m"):
            try:
                point = np.asarray(getattr(self, name), dtype=float)
            except (TypeError, ValueError):
                point = np.empty(0)
            if point.shape != (3,) or not np.isfinite(point).all():
                raise ValueError(f"render_config['{name}']: must be three finite numbers")


def render_config(given: Mapping[str, Any] | RenderConfig | None) -> RenderConfig:
    """Returns the config with its defaults filled in.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown key or name, or a value out of range.
    """
    if isinstance(given, RenderConfig):
        return given
    names = [field.name for field in dataclasses.fields(RenderConfig)]
    for key in given or {}:
        if key not in names:
            hint = _volery.nearest_name(str(key), names)
            raise ValueError(f"render_config[{key!r}]: no such key{hint}")
    return RenderConfig(**(given or {}))


def checked_mode(render_mode: object) -> str | None:
    """Returns the render mode where there is such a one.

    Raises:
        TypeError: Where it is neither None nor a string.
        ValueError: Where it is another string.
    """
    return None if render_mode is None else checked_choice("render_mode", render_mode, MODES)


class Painter:
    """Pictures of a batch's worlds, without a window.

        painter = volery.Painter(batch, {"width": 320, "height": 240, "camera": "chase"})
        picture = painter.rgb(world=0)

    Args:
        batch: What is painted: a batch, which must have been reset before the first picture, or a
            recording, painted at its present position.
        config: A `RenderConfig` or a mapping of its fields.

    Raises:
        TypeError: For a value of the wrong type.
        ValueError: For an unknown key or name, or a value out of range.
    """

    def __init__(
        self,
        batch: Batch | Recording,
        config: Mapping[str, Any] | RenderConfig | None = None,
    ) -> None:
        self.config = render_config(config)
        # an environment is a likely mistake
        if not isinstance(getattr(batch, "_engine", None), _volery.Batch):
            raise TypeError(
                f"batch: must be a Batch or a Recording, not {type(batch).__name__}; "
                "environments hold theirs as env.unwrapped.batch"
            )
        for name in ("agent", "selected"):
            _check_agents(name, getattr(self.config, name), batch.num_agents)
        self._batch = batch
        self._engine = _volery.Painter(batch._engine)
        self._shot = _volery.Shot(
            self.config.width,
            self.config.height,
            _volery.viewpoints().index(self.config.camera),
            self.config.agent,
            [float(v) for v in self.config.eye_w_m],
            [float(v) for v in self.config.target_w_m],
            list(self.config.layers),
            [int(agent) for agent in self.config.selected],
            bool(self.config.shadows),
        )

    def rgb(self, world: int = 0) -> NDArray[np.uint8]:
        """Returns (height, width, 3).

        Raises:
            RuntimeError: Where there is no OpenGL; the message says what to install.
            ValueError: For a world that is not there.
        """
        return self._engine.rgb(self._checked(world), self._shot)

    def depth(self, world: int = 0) -> NDArray[np.float32]:
        """Returns (height, width), meters along the view axis; inf where there is nothing."""
        return self._engine.depth(self._checked(world), self._shot)

    def segmentation(self, world: int = 0) -> NDArray[np.int32]:
        """Returns (height, width).

        -1 is nothing, [0, A) an agent, the next ones props, then static bodies, both in the order
        of the scene.
        """
        return self._engine.segmentation(self._checked(world), self._shot)

    def picture(self, mode: str, world: int = 0) -> Picture:
        """Returns the picture that a render mode other than "human" asks for."""
        draw: dict[str, Callable[[int], Picture]] = {
            "rgb_array": self.rgb,
            "depth_array": self.depth,
            "segmentation": self.segmentation,
        }
        return draw[checked_choice("mode", mode, tuple(draw))](world)

    @property
    def device(self) -> str:
        """What draws, as OpenGL names it: a GPU, or "llvmpipe ..." for software."""
        return self._engine.device

    def _checked(self, world: int) -> int:
        last = self._batch.num_worlds - 1
        if checked_count("world", world, low=0) > last:
            raise ValueError(f"world = {world}: must be in [0, {last}]")
        return world

    def _repr_png_(self) -> bytes:
        """Returns world 0 as PNG, which notebooks show."""
        return png(self.rgb())


class Rendering:
    """What an environment does for its render mode.

    Args:
        batch: Of the environment; keeps packets from now on where pictures show them.
        mode: One of `MODES`, or None.
        config: Of the pictures.
        title: Of a window.
    """

    def __init__(self, batch: Batch, mode: str | None, config: RenderConfig, title: str) -> None:
        self._batch = batch
        self._mode = mode
        self._config = config
        self._title = title
        self._painter: Painter | None = None
        self._window: Window | None = None
        shown = mode in ("rgb_array", "human") and {"links", "messages"} & set(config.layers)
        if shown and batch.layout.inbox_slots > 0:
            batch.radio.trace = True
        if mode == "human":
            from volery.window import Window

            self._window = Window(batch, title, config.worlds, realtime=config.realtime)
        elif mode is not None:
            # says what is wrong with the config before anything flies
            self._painter = Painter(batch, config)

    def show(self) -> None:
        """After each step and reset: lets the window know, if there is one."""
        if self._window is not None:
            self._window.show()

    def pictures(self, worlds: Sequence[int]) -> tuple[Picture, ...] | None:
        """Returns a picture of each of the worlds; None without a mode or with a window."""
        if self._painter is None or self._mode is None:
            return None
        painter, mode = self._painter, self._mode
        return tuple(painter.picture(mode, world) for world in worlds)

    def close(self) -> None:
        """Ends the stream to the window, which stays open for whoever looks at it."""
        if self._window is not None:
            self._window.close()


def png(picture: NDArray[np.uint8]) -> bytes:
    """Returns an RGB picture (height, width, 3) as the bytes of a PNG file."""
    import struct
    import zlib

    height, width, _ = picture.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    # every row begins with the number of its filter: none
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = picture.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
        + chunk(b"IEND", b"")
    )


def _check_agents(name: str, given: int | Sequence[int], count: int) -> None:
    for agent in [given] if isinstance(given, int) else given:
        if not 0 <= agent < count:
            raise ValueError(f"render_config['{name}'] = {agent}: must be in [0, {count - 1}]")
