"""One-drone worlds over flat ground whose state is set by hand: a test rig for a vehicle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from volery.batch import Batch
from volery.vehicles import Vehicle, load

Floats = NDArray[np.float64]

GRAVITY_MPS2 = 9.80665
RATE_HZ = 240
FLOOR_RESTITUTION = 0.5

#: Flat ground in all directions and nothing to run into.
OPEN_GROUND = {
    "bounds_low_m": [-1000, -1000, -10],
    "bounds_high_m": [1000, 1000, 9000],
    "spawn_low_m": [0, 0, 5],
    "spawn_high_m": [0, 0, 5],
    "statics": [
        {"kind": "plane", "name": "ground", "friction": 0.5, "restitution": FLOOR_RESTITUTION}
    ],
}


class Rig:
    """One-drone worlds over flat ground whose state is set by hand.

    Args:
        vehicle: A name, path or table.
        worlds: How many.
        rate_hz: Of physics, control and, unless the next says otherwise, steps.
        steps_hz: Of steps.
        action: The action level.
        contacts: Whether they touch the ground.
        scene: Another scene.
        **config: Any other field of the config.
    """

    def __init__(
        self,
        vehicle: Any,
        worlds: int = 1,
        *,
        rate_hz: int = RATE_HZ,
        steps_hz: int | None = None,
        action: str = "rotor",
        contacts: bool = False,
        scene: Any = None,
        **config: Any,
    ) -> None:
        self.vehicle: Vehicle = load(vehicle)
        self.batch = Batch(
            "hover",
            worlds,
            1,
            vehicle=self.vehicle.config,
            scene=OPEN_GROUND if scene is None else scene,
            contacts="culled" if contacts else "off",
            action=action,
            autoreset="disabled",
            on_crash="continue",
            episode_s=100_000,
            physics_rate_hz=rate_hz,
            control_rate_hz=rate_hz,
            agent_rate_hz=steps_hz or rate_hz,
            **config,
        )
        self.batch.reset(seed=0)
        self.step_s = 1 / (steps_hz or rate_hz)
        self._num_rotors = self.vehicle.num_rotors

    def place(
        self,
        position_w_m: Any = (0.0, 0.0, 1000.0),
        rotor_speed_radps: Any = 0.0,
        omega_b_radps: Any = (0.0, 0.0, 0.0),
        velocity_w_mps: Any = (0.0, 0.0, 0.0),
    ) -> None:
        """Puts every world's drone somewhere, level; arguments broadcast over the worlds."""
        worlds = self.batch.num_worlds

        def rows(value: Any, width: int) -> Floats:
            return np.broadcast_to(np.asarray(value, dtype=float), (worlds, width))

        position = rows(position_w_m, 3)
        velocity, omega = rows(velocity_w_mps, 3), rows(omega_b_radps, 3)
        speeds = np.zeros((worlds, self.state("rotor_speed_radps").shape[-1]))
        speeds[:, : self._num_rotors] = rows(
            np.asarray(rotor_speed_radps, dtype=float).reshape(-1, 1), self._num_rotors
        )
        for world in range(worlds):
            self.batch.set_state(
                world,
                {
                    "position_w_m": position[world : world + 1],
                    "quat_wb_xyzw": np.array([[0.0, 0.0, 0.0, 1.0]]),
                    "velocity_w_mps": velocity[world : world + 1],
                    "omega_b_radps": omega[world : world + 1],
                    "rotor_speed_radps": speeds[world : world + 1],
                },
            )

    def state(self, field: str) -> Floats:
        """Returns a field of every world's drone, (W, width)."""
        return self.batch.state(field)[:, 0].astype(np.float64)

    def step(self, action: Any) -> None:
        """Takes one step; `action` (W,) is that of every rotor, or (W, U)."""
        size = self.batch.action_size
        rows = np.asarray(action, dtype=np.float32).reshape(-1, 1)
        if np.ndim(action) == 2:
            rows = np.asarray(action, dtype=np.float32)
        full = np.broadcast_to(rows, (self.batch.num_worlds, size))
        self.batch.step(np.ascontiguousarray(full).reshape(-1, 1, size))

    def lift_n(self) -> Floats:
        """Returns the upward force on each drone at rest, by its gain of speed in one step, (W,).

        Steps once; the rotors are commanded to go on as they are.
        """
        before = self.state("velocity_w_mps")[:, 2]
        self.step(self.action_of(self.state("rotor_speed_radps")[:, : self._num_rotors]))
        gained = (self.state("velocity_w_mps")[:, 2] - before) / self.step_s
        mass: float = self.vehicle.config["mass_kg"]
        lift: Floats = mass * (gained + GRAVITY_MPS2)
        return lift

    def action_of(self, speed_radps: Floats) -> Floats:
        """Returns the actions of level `rotor` that hold rotor speeds."""
        least = self.vehicle.config["min_rotor_speed_radps"] ** 2
        most = self.vehicle.config["max_rotor_speed_radps"] ** 2
        action: Floats = np.clip(2 * (speed_radps**2 - least) / (most - least) - 1, -1, 1)
        return action
