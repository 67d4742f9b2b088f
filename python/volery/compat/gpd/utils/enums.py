"""The enums of gym-pybullet-drones."""

from __future__ import annotations

from enum import Enum


class DroneModel(Enum):
    """Vehicles."""

    CF2X = "cf2x"
    CF2P = "cf2p"
    RACE = "racer"


class Physics(Enum):
    """Which forces act, and who integrates."""

    PYB = "pyb"
    DYN = "dyn"
    PYB_GND = "pyb_gnd"
    PYB_DRAG = "pyb_drag"
    PYB_DW = "pyb_dw"
    PYB_GND_DRAG_DW = "pyb_gnd_drag_dw"


class ImageType(Enum):
    """Kinds of camera images; there for old imports, nothing here renders them."""

    RGB = 0
    DEP = 1
    SEG = 2
    BW = 3


class ActionType(Enum):
    """What an action of the hover tasks means."""

    RPM = "rpm"
    PID = "pid"
    VEL = "vel"
    ONE_D_RPM = "one_d_rpm"
    ONE_D_PID = "one_d_pid"


class ObservationType(Enum):
    """What the hover tasks observe; RGB is refused."""

    KIN = "kin"
    RGB = "rgb"


def engine_name(model: DroneModel) -> str:
    """Returns the engine's name of a vehicle."""
    return "race" if model is DroneModel.RACE else model.value
