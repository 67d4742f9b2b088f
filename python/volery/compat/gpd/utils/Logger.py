"""Logs of drones in the form that gym-pybullet-drones' scripts use."""
# ruff: noqa: N999 - the original's names

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_STATES = (
    "x", "y", "z", "vx", "vy", "vz", "r", "p", "ya", "wx", "wy", "wz",
    "rpm0", "rpm1", "rpm2", "rpm3",
)  # fmt: skip


class Logger:
    """Collects states and control targets per drone, to be saved or plotted.

    Args:
        logging_freq_hz: Entries per second.
        output_folder: Where `save` and `save_as_csv` write.
        num_drones: Number of drones.
        duration_sec: Unused; arrays grow as they must.
        colab: Unused.
    """

    def __init__(
        self,
        logging_freq_hz: int,
        output_folder: str = "results",
        num_drones: int = 1,
        duration_sec: int = 0,
        colab: bool = False,
    ) -> None:
        self.LOGGING_FREQ_HZ = logging_freq_hz
        self.OUTPUT_FOLDER = output_folder
        self.NUM_DRONES = num_drones
        self._rows: list[list[tuple[float, NDArray[Any], NDArray[Any]]]] = [
            [] for _ in range(num_drones)
        ]

    @property
    def timestamps(self) -> NDArray[np.float64]:
        """(N, T) times."""
        return np.array([[row[0] for row in rows] for rows in self._rows])

    @property
    def states(self) -> NDArray[np.float64]:
        """(N, 16, T) position, velocity, roll pitch yaw, angular velocity, RPM."""
        return self._stacked(1)

    @property
    def controls(self) -> NDArray[np.float64]:
        """(N, 12, T) targets."""
        return self._stacked(2)

    def log(
        self, drone: int, timestamp: float, state: ArrayLike, control: ArrayLike | None = None
    ) -> None:
        """Adds an entry.

        Args:
            drone: Index of the drone.
            timestamp: Simulated seconds.
            state: (20,) the environment's state vector.
            control: (12,) targets; zeros where None.

        Raises:
            ValueError: For an unknown drone or arrays of another size.
        """
        row = np.array(state, dtype=np.float64)
        target = np.zeros(12) if control is None else np.array(control, dtype=np.float64)
        if not 0 <= drone < self.NUM_DRONES:
            raise ValueError(f"drone = {drone}: must be in [0, {self.NUM_DRONES - 1}]")
        if row.shape != (20,) or target.shape != (12,):
            raise ValueError("state must be (20,) and control (12,)")
        kept = np.hstack([row[0:3], row[10:13], row[7:10], row[13:20]])
        self._rows[drone].append((float(timestamp), kept, target))

    def save(self) -> None:
        """Writes timestamps, states and controls into one .npy file (NumPy's zip format)."""
        folder = Path(self.OUTPUT_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"save-flight-{datetime.now():%m.%d.%Y_%H.%M.%S}.npy"
        with (folder / name).open("wb") as file:
            np.savez(file, timestamps=self.timestamps, states=self.states, controls=self.controls)

    def save_as_csv(self, comment: str = "") -> None:
        """Writes one CSV file per signal and drone: time, value."""
        stamp = f"{datetime.now():%m.%d.%Y_%H.%M.%S}"
        folder = Path(self.OUTPUT_FOLDER) / f"save-flight-{comment}-{stamp}"
        folder.mkdir(parents=True, exist_ok=True)
        for drone, rows in enumerate(self._rows):
            times = np.array([row[0] for row in rows])
            for i, name in enumerate(_STATES):
                values = np.array([row[1][i] for row in rows])
                table = np.transpose([times, values])
                np.savetxt(folder / f"{name}{drone}.csv", table, delimiter=",")

    def plot(self, pwm: bool = False) -> None:
        """Shows positions, velocities, angles, rates and rotor speeds over time.

        Args:
            pwm: Show PWM instead of RPM.

        Raises:
            ImportError: Without matplotlib.
        """
        import matplotlib.pyplot as plt

        _, axes = plt.subplots(8, 2, sharex=True, figsize=(10, 12))
        for drone, rows in enumerate(self._rows):
            times = [row[0] for row in rows]
            for i, name in enumerate(_STATES):
                values = np.array([row[1][i] for row in rows])
                if pwm and i >= 12:
                    values = (values - 4070.3) / 0.2685
                axis = axes[i % 8][i // 8]
                axis.plot(times, values, label=f"drone {drone}")
                axis.set_ylabel(name)
        axes[0][0].legend()
        plt.show()

    def _stacked(self, column: int) -> NDArray[np.float64]:
        rows = [np.array([row[column] for row in drone]).T for drone in self._rows]
        return np.array(rows, dtype=np.float64)
