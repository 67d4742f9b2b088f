"""gym-pybullet-drones' classes and enums on Volery's engine.

An old script runs with its imports changed, by replacing the package's name:

    from gym_pybullet_drones.envs.CtrlAviary import CtrlAviary
    from volery.compat.gpd.envs.CtrlAviary import CtrlAviary

or all of it from here. docs/gpd.md says what is the same, what is not, and which defects of the
original are reproduced. `Volery/GpdHover-v0` and its siblings are the same environments without
the old classes, single and vectorised, and much faster.
"""

from volery.compat.gpd.control.DSLPIDControl import DSLPIDControl
from volery.compat.gpd.envs.BaseAviary import BaseAviary
from volery.compat.gpd.envs.BaseRLAviary import BaseRLAviary
from volery.compat.gpd.envs.CtrlAviary import CtrlAviary
from volery.compat.gpd.envs.HoverAviary import HoverAviary
from volery.compat.gpd.envs.MultiHoverAviary import MultiHoverAviary
from volery.compat.gpd.envs.VelocityAviary import VelocityAviary
from volery.compat.gpd.utils.enums import (
    ActionType,
    DroneModel,
    ImageType,
    ObservationType,
    Physics,
)
from volery.compat.gpd.utils.Logger import Logger
from volery.compat.gpd.utils.utils import str2bool, sync
from volery.gpd_registration import register_old_ids

__all__ = [
    "ActionType",
    "BaseAviary",
    "BaseRLAviary",
    "CtrlAviary",
    "DSLPIDControl",
    "DroneModel",
    "HoverAviary",
    "ImageType",
    "Logger",
    "MultiHoverAviary",
    "ObservationType",
    "Physics",
    "VelocityAviary",
    "str2bool",
    "sync",
]

register_old_ids()
