"""The base class of gym-pybullet-drones' environments, on Volery's engine."""
# ruff: noqa: N802, N999 - the original's names

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray

from volery import _volery
from volery.compat.gpd.utils.enums import DroneModel, Physics, engine_name

Floats = NDArray[np.float64]

_REFUSED = {
    "gui": "there is no PyBullet window; `volery view` shows Volery's own worlds",
    "record": "there is no PyBullet renderer; keep the states with Logger",
    "obstacles": "PyBullet's obstacles are not part of this mode; see volery's scenes",
    "vision_attributes": "there are no cameras in this mode",
}


class BaseAviary(gymnasium.Env[Any, Any]):
    """Steps the original's physics; subclasses say what actions, observations and rewards are.

    Subclasses override the hooks `_actionSpace`, `_observationSpace`, `_preprocessAction` (actions
    to RPM), `_computeObs`, `_computeReward`, `_computeTerminated`, `_computeTruncated` and
    `_computeInfo`. Constants and kinematics are attributes under the original's names; what the
    hooks see in `pos`, `quat`, `rpy`, `vel` and `ang_v` are views that the next step overwrites.

    Args:
        drone_model: Vehicle of every drone.
        num_drones: Number of drones.
        neighbourhood_radius: Of `_getAdjacencyMatrix`, m.
        initial_xyzs: (N, 3) m; the original's diagonal where None.
        initial_rpys: (N, 3) rad; level where None.
        physics: Which forces act.
        pyb_freq: Physics steps per second, a multiple of ctrl_freq.
        ctrl_freq: Environment steps per second.
        gui: Must be False.
        record: Must be False.
        obstacles: Must be False.
        user_debug_gui: Unused.
        vision_attributes: Must be False.
        output_folder: Unused.

    Raises:
        NotImplementedError: For gui, record, obstacles or vision_attributes.
        TypeError: Where drone_model or physics is no member of its enum.
        ValueError: For rates that do not divide or poses of another shape.
    """

    def __init__(
        self,
        drone_model: DroneModel = DroneModel.CF2X,
        num_drones: int = 1,
        neighbourhood_radius: float = np.inf,
        initial_xyzs: ArrayLike | None = None,
        initial_rpys: ArrayLike | None = None,
        physics: Physics = Physics.PYB,
        pyb_freq: int = 240,
        ctrl_freq: int = 240,
        gui: bool = False,
        record: bool = False,
        obstacles: bool = False,
        user_debug_gui: bool = True,
        vision_attributes: bool = False,
        output_folder: str = "results",
    ) -> None:
        given = {
            "gui": gui,
            "record": record,
            "obstacles": obstacles,
            "vision_attributes": vision_attributes,
        }
        for name, value in given.items():
            if value:
                raise NotImplementedError(f"{name}=True: {_REFUSED[name]}")
        if not isinstance(drone_model, DroneModel) or not isinstance(physics, Physics):
            raise TypeError("drone_model and physics must be members of DroneModel and Physics")
        self.CTRL_FREQ = ctrl_freq
        self.PYB_FREQ = pyb_freq
        if ctrl_freq < 1 or pyb_freq % ctrl_freq:
            raise ValueError(
                f"pyb_freq = {pyb_freq}: must be a multiple of ctrl_freq = {ctrl_freq}"
            )
        self.PYB_STEPS_PER_CTRL = pyb_freq // ctrl_freq
        self.CTRL_TIMESTEP = 1.0 / ctrl_freq
        self.PYB_TIMESTEP = 1.0 / pyb_freq
        self.NUM_DRONES = num_drones
        self.NEIGHBOURHOOD_RADIUS = neighbourhood_radius
        self.DRONE_MODEL = drone_model
        self.GUI = gui
        self.RECORD = record
        self.PHYSICS = physics
        self.OBSTACLES = obstacles
        self.USER_DEBUG = user_debug_gui
        self.VISION_ATTR = vision_attributes
        self.URDF = f"{drone_model.value}.urdf"
        self.OUTPUT_FOLDER = output_folder
        self.RAD2DEG = 180 / np.pi
        self.DEG2RAD = np.pi / 180
        self.CLIENT = -1
        self.DRONE_IDS = np.arange(1, num_drones + 1)
        self._set_constants()
        self._engine = _volery.GpdBatch(
            {
                "task": "ctrl",
                "model": engine_name(drone_model),
                "physics": physics.value,
                "num_agents": num_drones,
                "physics_rate_hz": pyb_freq,
                "control_rate_hz": ctrl_freq,
                # hooks clip, or not
                "clip_rpm": False,
                "autoreset": "disabled",
                "initial_xyzs": _rows("initial_xyzs", initial_xyzs, num_drones),
                "initial_rpys": _rows("initial_rpys", initial_rpys, num_drones),
            }
        )
        self.INIT_XYZS: Floats = self._engine.start_xyzs()
        self.INIT_RPYS: Floats = self._engine.start_rpys()
        self._outputs = self._engine.make_outputs(False)
        self._state: Floats = self._outputs.observation[0]
        self.pos = self._state[:, 0:3]
        self.quat = self._state[:, 3:7]
        self.rpy = self._state[:, 7:10]
        self.vel = self._state[:, 10:13]
        self.ang_v = self._state[:, 13:16]
        self.last_clipped_action = self._state[:, 16:20]
        self.action_space = self._actionSpace()
        self.observation_space = self._observationSpace()
        self._housekeeping()

    # --- Gymnasium ----------------------------------------------------------------------------

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Puts the drones back; controllers and action buffers stay as they are (docs/gpd.md).

        Args:
            seed: Of Gymnasium's generator; nothing here is random.
            options: Unused.

        Returns:
            Observation and info.
        """
        super().reset(seed=seed)
        self._housekeeping()
        return self._computeObs(), self._computeInfo()

    def step(self, action: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Takes one control step.

        Args:
            action: What `_preprocessAction` takes.

        Returns:
            Observation, reward, terminated, truncated and info, as the hooks give them.

        Raises:
            ValueError: For rotor speeds of a wrong shape or that are not finite.
        """
        rpm = np.reshape(
            np.asarray(self._preprocessAction(action), dtype=np.float64), (1, self.NUM_DRONES, 4)
        )
        self._engine.step(np.ascontiguousarray(rpm), self._outputs)
        # flags see the time at the start of the step, as in the original
        obs = self._computeObs()
        reward = self._computeReward()
        terminated = self._computeTerminated()
        truncated = self._computeTruncated()
        info = self._computeInfo()
        self.step_counter += self.PYB_STEPS_PER_CTRL
        return obs, reward, terminated, truncated, info

    def render(self, mode: str = "human", close: bool = False) -> None:
        """Prints the state of every drone."""
        for i in range(self.NUM_DRONES):
            x, y, z = self.pos[i]
            roll, pitch, yaw = self.rpy[i] * self.RAD2DEG
            print(
                f"drone {i}: {self.step_counter * self.PYB_TIMESTEP:.3f} s, "
                f"position {x:+.3f} {y:+.3f} {z:+.3f} m, "
                f"roll pitch yaw {roll:+.1f} {pitch:+.1f} {yaw:+.1f} deg"
            )

    def close(self) -> None:
        """Does nothing."""

    def getPyBulletClient(self) -> int:
        """Returns -1: there is no PyBullet here."""
        return self.CLIENT

    def getDroneIds(self) -> NDArray[np.int64]:
        """Returns 1..N."""
        return self.DRONE_IDS

    # --- hooks --------------------------------------------------------------------------------

    def _actionSpace(self) -> spaces.Space[Any]:
        raise NotImplementedError

    def _observationSpace(self) -> spaces.Space[Any]:
        raise NotImplementedError

    def _computeObs(self) -> Any:
        raise NotImplementedError

    def _preprocessAction(self, action: Any) -> Any:
        raise NotImplementedError

    def _computeReward(self) -> Any:
        raise NotImplementedError

    def _computeTerminated(self) -> Any:
        raise NotImplementedError

    def _computeTruncated(self) -> Any:
        raise NotImplementedError

    def _computeInfo(self) -> dict[str, Any]:
        return {"answer": 42}

    # --- what hooks use -----------------------------------------------------------------------

    def _getDroneStateVector(self, nth_drone: int) -> Floats:
        """Returns a copy of a drone's 20 numbers."""
        state: Floats = self._state[nth_drone].copy()
        return state

    def _getAdjacencyMatrix(self) -> Floats:
        """Returns (N, N): 1 within the neighbourhood radius and on the diagonal."""
        between = np.linalg.norm(self.pos[:, None] - self.pos[None], axis=2)
        near = between < self.NEIGHBOURHOOD_RADIUS
        np.fill_diagonal(near, True)
        matrix: Floats = near.astype(np.float64)
        return matrix

    def _normalizedActionToRPM(self, action: ArrayLike) -> Floats:
        """Returns RPM for [-1, 1]: -1 stands still, 0 hovers, 1 is the maximum."""
        a = np.asarray(action, dtype=np.float64)
        below = (a + 1) * self.HOVER_RPM
        above = self.HOVER_RPM + (self.MAX_RPM - self.HOVER_RPM) * a
        return np.where(a <= 0, below, above)

    def _calculateNextStep(
        self, current_position: Floats, destination: ArrayLike, step_size: float = 1
    ) -> Any:
        """Returns the destination, or a point `step_size` on the way where it is farther."""
        direction = np.asarray(destination) - current_position
        distance = np.linalg.norm(direction)
        if distance <= step_size:
            return destination
        return current_position + direction / distance * step_size

    # --- inside -------------------------------------------------------------------------------

    def _housekeeping(self) -> None:
        self._engine.reset(None, True, self._outputs)
        self.step_counter = 0

    def _set_constants(self) -> None:
        constants = _volery.gpd_constants(engine_name(self.DRONE_MODEL))
        for name, value in constants.items():
            setattr(self, name, value)
        self.J = np.diag(constants["J"])
        self.J_INV = np.linalg.inv(self.J)
        self.DRAG_COEFF = np.array(constants["DRAG_COEFF"])
        # NumPy scalars, so that products with float32 actions round as in the original
        self.HOVER_RPM = np.float64(constants["HOVER_RPM"])
        self.MAX_RPM = np.float64(constants["MAX_RPM"])
        self.MAX_SPEED_KMH: float = constants["MAX_SPEED_KMH"]

    def _state_space(self) -> spaces.Box:
        """The space of (N, 20) state vectors."""
        return state_space(self.NUM_DRONES, float(self.MAX_RPM))


def state_space(num_drones: int, max_rpm: float) -> spaces.Box:
    """Returns the space of state vectors (N, 20) float64.

    Args:
        num_drones: N.
        max_rpm: Of the vehicle.
    """
    # unit quaternions may round a little above 1
    unit = [1 + 1e-9] * 4
    turn = [np.pi] * 3
    inf = [np.inf] * 6
    low = [-np.inf, -np.inf, 0.0, *(-u for u in unit), *(-t for t in turn), *(-i for i in inf)]
    high = [np.inf] * 3 + unit + turn + inf
    return spaces.Box(
        np.tile([*low, 0.0, 0.0, 0.0, 0.0], (num_drones, 1)),
        np.tile([*high, *[max_rpm] * 4], (num_drones, 1)),
        dtype=np.float64,
    )


def _rows(name: str, given: ArrayLike | None, num_drones: int) -> list[list[float]]:
    if given is None:
        return []
    rows = np.asarray(given, dtype=np.float64)
    if rows.shape != (num_drones, 3):
        raise ValueError(f"{name}: shape must be ({num_drones}, 3), not {rows.shape}")
    result: list[list[float]] = rows.tolist()
    return result
