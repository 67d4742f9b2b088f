"""Volery: worlds of quadcopters with real contacts, for multi-agent reinforcement learning.

    >>> import volery
    >>> env = volery.make_vec("Hover-v0", num_envs=1024)
    >>> obs, info = env.reset(seed=0)
    >>> obs, reward, terminated, truncated, info = env.step(env.action_space.sample())

`volery.Batch` is the engine with raw arrays, `volery.VectorEnv` and `volery.Env` are Gymnasium's
interfaces to it, `volery.parallel_env` is PettingZoo's. Importing this package registers
"Volery/<Task>-v0" for every task; `volery.register_task` adds tasks of one's own.
"""

from pathlib import Path

from volery import _volery, assignment
from volery._volery import BatchStats, Column, Group, Layout, StateField, Term, __version__
from volery.baseline import Baseline
from volery.batch import Batch
from volery.cameras import Cameras, with_cameras
from volery.gpd_registration import register_gpd
from volery.protocol import Protocol, register_protocol
from volery.recording import Recording
from volery.registration import env_ids, make_vec, register_tasks
from volery.rendering import Painter, RenderConfig
from volery.single_env import Env
from volery.status import Status
from volery.task import Field, Metric, Task, option
from volery.task_registry import register_task
from volery.vector_env import VectorEnv
from volery.zoo import parallel_env

__all__ = [
    "Baseline",
    "Batch",
    "BatchStats",
    "Cameras",
    "Column",
    "Env",
    "Field",
    "Group",
    "Layout",
    "Metric",
    "Painter",
    "Protocol",
    "Recording",
    "RenderConfig",
    "StateField",
    "Status",
    "Task",
    "Term",
    "VectorEnv",
    "__version__",
    "assignment",
    "env_ids",
    "make_vec",
    "option",
    "parallel_env",
    "register_protocol",
    "register_task",
    "with_cameras",
]

# a wheel carries the vehicles and scenes; an editable install reads those of the checkout
_assets = Path(__file__).parent / "assets"
if _assets.is_dir():
    _volery.set_assets_folder(str(_assets))

register_tasks()
register_gpd()
