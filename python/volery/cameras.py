"""What agents see: RGB, depth and segmentation pictures of all agents of all worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import gymnasium
import numpy as np
from gymnasium import spaces, vector
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from volery import _volery
from volery.arguments import checked_choice, checked_count
from volery.batch import Batch
from volery.single_env import Env
from volery.vector_env import VectorEnv

Kind = Literal["depth", "rgb", "segmentation"]
Backend = Literal["auto", "rays", "gl"]
Pictures = dict[str, NDArray[Any]]

KINDS = ("depth", "rgb", "segmentation")
MAX_PIXELS = 4096  # of each side
STATIC_ID = 2**31  # in segmentation pictures: this and more are statics of the scene


class Cameras:
    """The cameras of all agents of a batch.

    A camera is part of the vehicle (`[[cameras]]` in its file): placement, field of view, range,
    rate and noise. Agents that are dead, absent or whose vehicle has no such camera get zeros.

    Kinds of pictures, rows from the top down:

    - "depth" float32: meters along the optical axis, the camera's `far_m` where nothing is.
    - "rgb" uint8 (..., 3): sRGB.
    - "segmentation" uint32: 0 nothing, agent + 1, then props from the number of agents + 1,
      then cables, `STATIC_ID` + index for the scene's statics.

    Args:
        source: A batch, or an environment that has one.
        kind: One kind, or several.
        width: Pixels; None: as the vehicle file has it, as for the height.
        height: Pixels. The field of view of the vehicle file is that of the height.
        camera: Name of the camera in the vehicle file; the first of each vehicle where None.
        backend: "rays" casts rays on the CPU, the same bits everywhere; "gl" draws with OpenGL;
            "auto" is "gl" for colors where a graphics card draws them, else "rays".
        noise: Whether the noise of the vehicle file is added.

    Raises:
        TypeError: For a source without a batch or a value of the wrong type.
        ValueError: For an unknown kind, camera or backend, a size outside of [1, 4096], vehicles
            without a camera.
        RuntimeError: Where "gl" is asked for and there is no OpenGL; the message says what to
            install. Or after the batch was closed.
    """

    def __init__(
        self,
        source: Batch | VectorEnv | Env | gymnasium.Env[Any, Any] | vector.VectorEnv[Any, Any, Any],
        kind: Kind | Sequence[Kind] = "depth",
        *,
        width: int | None = 64,
        height: int | None = 64,
        camera: str | None = None,
        backend: Backend = "auto",
        noise: bool = True,
    ) -> None:
        self._batch = _batch_of(source)
        self._single = isinstance(kind, str)
        self.kinds = _checked_kinds(kind)
        self._engine = _volery.Cameras(
            self._batch._engine,
            list(self.kinds),
            "" if camera is None else _checked_name(camera),
            _checked_pixels("width", width),
            _checked_pixels("height", height),
            checked_choice("backend", backend, ("auto", "rays", "gl")),
            bool(noise),
        )

    @property
    def width(self) -> int:
        """Columns of a picture."""
        return self._engine.width

    @property
    def height(self) -> int:
        """Rows of a picture."""
        return self._engine.height

    @property
    def far_m(self) -> float:
        """The greatest depth that any of the cameras gives."""
        return self._engine.far_m

    @property
    def backend(self) -> str:
        """What takes the pictures, "rays" or "gl"."""
        return self._engine.backend

    @property
    def device(self) -> str:
        """The name of the OpenGL device, or "rays"."""
        return self._engine.device

    @property
    def observation_space(self) -> spaces.Space[Any]:
        """Of the pictures of one agent: a Box, or a Dict of them where several kinds were named."""
        if self._single:
            return self.space_of(self.kinds[0])
        return spaces.Dict({kind: self.space_of(kind) for kind in self.kinds})

    def space_of(self, kind: str, leading: tuple[int, ...] = ()) -> spaces.Box:
        """Returns the Box of the pictures of a kind, with leading axes in front of theirs."""
        shape = (*leading, self.height, self.width)
        if kind == "rgb":
            return spaces.Box(0, 255, (*shape, 3), np.uint8)
        if kind == "segmentation":
            return spaces.Box(0, 2**32 - 1, shape, np.uint32)
        return spaces.Box(0, self.far_m, shape, np.float32)

    def read(
        self,
        out: NDArray[Any] | Mapping[str, NDArray[Any]] | None = None,
        *,
        refresh: bool = False,
    ) -> Any:
        """Takes the pictures that are due and returns all; call it after every reset and step.

        A picture is taken at the first call of an episode and where a sampling time of the camera
        has passed; in between the last one is repeated. The first read after an agent died still
        shows what it saw.

        Args:
            out: Where to write to instead of new memory: an array, or arrays by kind where
                several kinds were named; only those are read then.
            refresh: Take all pictures, whatever the rate.

        Returns:
            (W, A, height, width) of the kind, (W, A, height, width, 3) for "rgb"; a dict of them
            where several kinds were named.

        Raises:
            TypeError: Where an array of `out` is no array or has another dtype.
            ValueError: For another shape, strides, overlap, a read-only array, an unknown kind.
            RuntimeError: After close, while a step runs.
        """
        arrays: Pictures
        if out is None:
            arrays = {kind: self._engine.make(kind) for kind in self.kinds}
        elif isinstance(out, Mapping):
            if self._single:
                raise TypeError("out: must be an array, since one kind was named; not a dict")
            arrays = dict(out)
        elif self._single:
            arrays = {self.kinds[0]: out}
        else:
            raise TypeError(f"out: must be a dict of arrays by kind, not {type(out).__name__}")
        self._engine.read(self._batch._engine, arrays, bool(refresh))
        return arrays[self.kinds[0]] if self._single else arrays


def with_cameras(env: Any, kind: Kind | Sequence[Kind] = "depth", **options: Any) -> Any:
    """Returns the environment with the pictures of its agents in the observation.

    Observations become dicts: the pictures by kind beside the groups of obs="dict", or beside
    "state" where observations are flat.

    Args:
        env: A `volery.Env` or `volery.VectorEnv`, or one of Gymnasium's wrappers around them.
        kind: As for `Cameras`, and so are the options.
        **options: `width`, `height`, `camera`, `backend`, `noise`.

    Raises:
        TypeError: For something else than such an environment.
        ValueError: In "same_step" mode, whose final observations are of worlds that are gone; and
            as for `Cameras`.
    """
    if isinstance(env, vector.VectorEnv):
        return CameraVectorEnv(env, kind, **options)
    if isinstance(env, gymnasium.Env):
        return CameraEnv(env, kind, **options)
    raise TypeError(
        f"env: must be a volery.Env or volery.VectorEnv, not {type(env).__name__}; read "
        f"volery.Cameras(batch) beside other interfaces"
    )


class CameraEnv(gymnasium.Wrapper[Any, Any, Any, Any]):
    """A `volery.Env` whose observation holds pictures; made by `with_cameras`."""

    def __init__(self, env: gymnasium.Env[Any, Any], kind: Any, **options: Any) -> None:
        super().__init__(env)
        self.cameras = Cameras(env, kind, **options)
        agents = _batch_of(env).num_agents
        leading = () if agents == 1 else (agents,)
        self._picture_shape = leading
        self.observation_space = _joined_space(env.observation_space, self.cameras, leading)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Starts an episode; as `volery.Env.reset`, with pictures."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._joined(observation), info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Takes one agent step; as `volery.Env.step`, with pictures."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return self._joined(observation), reward, terminated, truncated, info

    def _joined(self, observation: Any) -> dict[str, Any]:
        return _joined(observation, self.cameras, self._picture_shape)


class CameraVectorEnv(vector.VectorWrapper):
    """A `volery.VectorEnv` whose observations hold pictures; made by `with_cameras`."""

    def __init__(self, env: vector.VectorEnv[Any, Any, Any], kind: Any, **options: Any) -> None:
        super().__init__(env)
        batch = _batch_of(env)
        if batch.config["autoreset"] == "same_step":
            raise ValueError(
                "autoreset = 'same_step': the worlds of final observations are gone when pictures "
                "are taken; must be 'next_step' or 'disabled'"
            )
        self.cameras = Cameras(env, kind, **options)
        per_env = batch.num_worlds * batch.num_agents // env.num_envs
        leading = () if per_env == 1 else (per_env,)
        self._picture_shape = (env.num_envs, *leading)
        self.single_observation_space = _joined_space(
            env.single_observation_space, self.cameras, leading
        )
        self.observation_space = batch_space(self.single_observation_space, env.num_envs)

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Starts new episodes; as `volery.VectorEnv.reset`, with pictures."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._joined(observation), info

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Takes one agent step everywhere; as `volery.VectorEnv.step`, with pictures."""
        observation, reward, terminated, truncated, info = self.env.step(actions)
        return self._joined(observation), reward, terminated, truncated, info

    def _joined(self, observation: Any) -> dict[str, Any]:
        return _joined(observation, self.cameras, self._picture_shape)


def _joined(observation: Any, cameras: Cameras, leading: tuple[int, ...]) -> dict[str, Any]:
    pictures = cameras.read()
    if not isinstance(pictures, dict):
        pictures = {cameras.kinds[0]: pictures}
    shaped = {kind: array.reshape(*leading, *array.shape[2:]) for kind, array in pictures.items()}
    first = observation if isinstance(observation, dict) else {"state": observation}
    return {**first, **shaped}


def _joined_space(
    space: spaces.Space[Any], cameras: Cameras, leading: tuple[int, ...]
) -> spaces.Dict:
    first = dict(space.spaces) if isinstance(space, spaces.Dict) else {"state": space}
    for kind in cameras.kinds:
        if kind in first:
            raise ValueError(f"kind = {kind!r}: the observation has a group of that name already")
    return spaces.Dict(
        {**first, **{kind: cameras.space_of(kind, leading) for kind in cameras.kinds}}
    )


def _batch_of(source: Any) -> Batch:
    if isinstance(source, Batch):
        return source
    inner = getattr(source, "unwrapped", source)
    batch = getattr(inner, "batch", None)
    if not isinstance(batch, Batch):
        raise TypeError(
            f"source: must be a volery.Batch or an environment that has one, "
            f"not {type(source).__name__}"
        )
    return batch


def _checked_kinds(kind: object) -> tuple[str, ...]:
    kinds = (kind,) if isinstance(kind, str) else kind
    if not isinstance(kinds, Sequence):
        raise TypeError(f"kind: must be a name or a list of names, not {type(kind).__name__}")
    checked = tuple(checked_choice("kind", one, KINDS) for one in kinds)
    if not checked:
        raise ValueError(f"kind: must name at least one of {', '.join(KINDS)}")
    for one in checked:
        if checked.count(one) > 1:
            raise ValueError(f"kind: {one!r} stands twice")
    return checked


def _checked_pixels(name: str, value: object) -> int:
    if value is None:
        return 0
    pixels = checked_count(name, value)
    if pixels > MAX_PIXELS:
        raise ValueError(f"{name} = {pixels}: must be in [1, {MAX_PIXELS}] pixels")
    return pixels


def _checked_name(camera: object) -> str:
    if not isinstance(camera, str):
        raise TypeError(f"camera: must be a string or None, not {type(camera).__name__}")
    return camera
