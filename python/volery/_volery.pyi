"""
The engine of volery.
"""

from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing

__all__: list[str] = [
    "Batch",
    "BatchStats",
    "BenchmarkResult",
    "Cameras",
    "Column",
    "ConfigField",
    "DerivedValue",
    "Difference",
    "Entry",
    "GpdBatch",
    "GpdOutputs",
    "Group",
    "Headline",
    "Layout",
    "MomentPipe",
    "Outputs",
    "Painter",
    "PlainBullet",
    "PlainHover",
    "Player",
    "Policy",
    "Recorder",
    "Shot",
    "StateField",
    "Status",
    "TaskScores",
    "Term",
    "Vehicle",
    "WorldFacts",
    "active_isa",
    "asset_names",
    "assets_folder",
    "attach_recorder",
    "auction",
    "available_isas",
    "baseline_name",
    "benchmark_result",
    "benchmarks",
    "config_fields",
    "controllers",
    "detach_recorder",
    "gpd_constants",
    "gpd_pid",
    "gpd_pid_gains",
    "greedy_assignment",
    "hungarian",
    "layers",
    "limit_isa",
    "mark_names",
    "max_image_pixels",
    "nearest_name",
    "parse_setting",
    "policies",
    "radio_count_names",
    "radio_fields",
    "read_config",
    "recording_format",
    "rotor_hover_action",
    "run_benchmark",
    "sensors",
    "set_assets_folder",
    "stored_poses",
    "tasks",
    "viewpoints",
]

class Column:
    """
    One number of an action or observation row.
    """
    def __repr__(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def frame(self) -> str:
        """
        "world", "body" or empty.
        """
    @property
    def high(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str:
        """
        Empty where dimensionless.
        """

class Group:
    """
    A run of observation columns that one sensor writes.
    """
    def __repr__(self) -> str: ...
    @property
    def count(self) -> int:
        """
        Its number of columns.
        """
    @property
    def doc(self) -> str: ...
    @property
    def first(self) -> int:
        """
        Its first column.
        """
    @property
    def name(self) -> str: ...
    @property
    def shape(self) -> tuple[int, ...]:
        """
        Of the group in a dict observation, per agent.
        """

class Term:
    """
    A named part of the reward, or a metric.
    """
    def __repr__(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def name(self) -> str: ...

class Headline:
    """
    The one number that tells how well a task was done.
    """
    @property
    def bound(self) -> float:
        """
        The best known or possible; nan where none is.
        """
    @property
    def lower_is_better(self) -> bool: ...
    @property
    def metric(self) -> str:
        """
        By name; empty: the return.
        """

class Layout:
    """
    Names, shapes and offsets of every buffer of a batch.
    """
    @property
    def action(self) -> list[Column]:
        """
        U columns.
        """
    @property
    def action_size(self) -> int:
        """
        U
        """
    @property
    def control_sizes(self) -> list[int]:
        """
        Control columns that each vehicle type reads; types take turns.
        """
    @property
    def groups(self) -> list[Group]:
        """
        Of the observation, in order.
        """
    @property
    def headline(self) -> Headline:
        """
        Which of them counts.
        """
    @property
    def inbox_slot(self) -> list[Column]:
        """
        Columns of one of them.
        """
    @property
    def inbox_slots(self) -> int:
        """
        K messages that an agent holds; 0 without a radio.
        """
    @property
    def metrics(self) -> list[Term]:
        """
        M numbers of info["episode"].
        """
    @property
    def num_agents(self) -> int:
        """
        A
        """
    @property
    def num_controls(self) -> int:
        """
        Columns of the action level; those of the outbox come behind them.
        """
    @property
    def num_worlds(self) -> int:
        """
        W
        """
    @property
    def observation(self) -> list[Column]:
        """
        O columns.
        """
    @property
    def observation_size(self) -> int:
        """
        O
        """
    @property
    def reward_terms(self) -> list[Term]:
        """
        T terms that sum to the reward.
        """

class StateField:
    """
    A field of the state, for state() and set_state().
    """
    def __repr__(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def frame(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def per_prop(self) -> bool:
        """
        Rows are props instead of agents.
        """
    @property
    def unit(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def writer(self) -> str: ...

class ConfigField:
    """
    A field of a config: type, unit, range, default.
    """
    def __repr__(self) -> str: ...
    @property
    def default_text(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def high(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def path(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def unit(self) -> str: ...

class BatchStats:
    """
    Counters since the batch was built.
    """
    @property
    def agent_steps(self) -> int: ...
    @property
    def audit_failures(self) -> int: ...
    @property
    def clipped_actions(self) -> int: ...
    @property
    def diverged_worlds(self) -> int: ...
    @property
    def episodes(self) -> int: ...
    @property
    def extensions(self) -> int: ...
    @property
    def failed_spawns(self) -> int: ...
    @property
    def near_share(self) -> float:
        """
        Of body-substeps in the near set.
        """
    @property
    def overflowed_worlds(self) -> int: ...
    @property
    def touching_share(self) -> float:
        """
        Of body-substeps with a contact point.
        """

class Entry:
    """
    Something that a config may name.
    """
    def __repr__(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def fields(self) -> list[ConfigField]:
        """
        Fields of its own config table.
        """
    @property
    def name(self) -> str: ...

class Outputs:
    """
    One set of arrays that a step or reset writes.
    """
    @property
    def alive(self) -> numpy.ndarray:
        """
        (W, A) bool
        """
    @property
    def all_terminated(self) -> numpy.ndarray:
        """
        (W,) bool
        """
    @property
    def ended(self) -> numpy.ndarray:
        """
        (W,) bool
        """
    @property
    def final_observation(self) -> numpy.ndarray | None:
        """
        (W, A, O) float32, or None
        """
    @property
    def just_reset(self) -> numpy.ndarray:
        """
        (W,) bool
        """
    @property
    def num_ended(self) -> int: ...
    @property
    def observation(self) -> numpy.ndarray:
        """
        (W, A, O) float32
        """
    @property
    def reward(self) -> numpy.ndarray:
        """
        (W, A) float32
        """
    @property
    def reward_terms(self) -> numpy.ndarray | None:
        """
        (W, A, T) float32, or None
        """
    @property
    def status(self) -> numpy.ndarray:
        """
        (W,) uint32
        """
    @property
    def terminated(self) -> numpy.ndarray:
        """
        (W, A) bool
        """
    @property
    def truncated(self) -> numpy.ndarray:
        """
        (W, A) bool
        """

class TaskScores:
    """
    The arrays that a Python task scores into.
    """
    @property
    def crashed(self) -> numpy.ndarray:
        """
        (W, A) bool
        """
    @property
    def metrics(self) -> numpy.ndarray:
        """
        (M, W, A) float32
        """
    @property
    def terminated(self) -> numpy.ndarray:
        """
        (W, A) bool
        """
    @property
    def terms(self) -> numpy.ndarray:
        """
        (T, W, A) float32
        """
    @property
    def truncated(self) -> numpy.ndarray:
        """
        (W, A) bool
        """

class WorldFacts:
    """
    What a Python task needs to know of its worlds.
    """
    @property
    def bounds_high_w_m(self) -> typing.Annotated[list[float], "FixedSize(3)"]:
        """
        Of the scene.
        """
    @property
    def bounds_low_w_m(self) -> typing.Annotated[list[float], "FixedSize(3)"]:
        """
        Of the scene.
        """
    @property
    def hover_speed_radps(self) -> float: ...
    @property
    def step_s(self) -> float: ...

class Batch:
    """
    The engine; volery.Batch is what users want.
    """
    def __init__(self, config: dict[str, typing.Any], task: typing.Any = None) -> None: ...
    def action_mask(self) -> numpy.ndarray: ...
    def branch(self, snapshot: bytes) -> None: ...
    def close(self) -> None: ...
    def episodes(self) -> dict[str, numpy.ndarray]: ...
    def jammers(
        self, world: typing.SupportsInt | typing.SupportsIndex
    ) -> list[dict[str, typing.Any]]: ...
    def landmarks(
        self, world: typing.SupportsInt | typing.SupportsIndex
    ) -> list[dict[str, typing.Any]]: ...
    def live_config(
        self, world: typing.SupportsInt | typing.SupportsIndex
    ) -> dict[str, typing.Any]: ...
    def make_outputs(
        self, given: dict[str, typing.Any], with_final: bool, with_terms: bool
    ) -> Outputs: ...
    def observe(self, out: Outputs) -> None: ...
    def packets(self) -> numpy.ndarray: ...
    def reset(
        self,
        seed: typing.SupportsInt | typing.SupportsIndex | None,
        seeds: typing.Any,
        mask: typing.Any,
        out: Outputs,
        task: typing.Any = None,
    ) -> None: ...
    def restore(
        self,
        snapshot: bytes,
        worlds: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
    ) -> None: ...
    def set_config(self, mask: typing.Any, changes: dict[str, typing.Any], now: bool) -> None: ...
    def set_goal(self, goals: typing.Any, mask: typing.Any) -> None: ...
    def set_jammers(
        self, world: typing.SupportsInt | typing.SupportsIndex, jammers: list[dict[str, typing.Any]]
    ) -> None: ...
    def set_state(
        self, world: typing.SupportsInt | typing.SupportsIndex, values: dict[str, typing.Any]
    ) -> None: ...
    def set_task_columns(self, field: str, values: typing.Any) -> None: ...
    def set_task_rows(self, field: str, values: typing.Any) -> None: ...
    def snapshot(
        self, worlds: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]
    ) -> bytes: ...
    def state(self, field: str) -> numpy.ndarray: ...
    def state_fields(self) -> list[StateField]: ...
    def state_hash(self, world: typing.SupportsInt | typing.SupportsIndex | None) -> int: ...
    def stats(self) -> BatchStats: ...
    def status(self) -> numpy.ndarray: ...
    def step(self, actions: typing.Any, out: Outputs, task: typing.Any = None) -> None: ...
    def task_columns(self, field: str, out: typing.Any) -> None: ...
    def task_draw(
        self,
        worlds: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
        first: typing.SupportsInt | typing.SupportsIndex,
    ) -> numpy.ndarray: ...
    def task_rows(self, field: str, out: typing.Any) -> None: ...
    def time_stages(self, on: bool) -> None: ...
    def timings(self) -> dict[str, float]: ...
    def trace_packets(self, on: bool) -> None: ...
    def traces_packets(self) -> bool: ...
    @property
    def closed(self) -> bool: ...
    @property
    def config(self) -> dict[str, typing.Any]: ...
    @property
    def facts(self) -> WorldFacts: ...
    @property
    def layout(self) -> Layout: ...
    @property
    def num_props(self) -> int: ...
    @property
    def scores(self) -> TaskScores: ...

class Policy:
    """
    A scripted policy bound to a batch's layout.
    """
    def __init__(self, batch: Batch, name: str) -> None: ...
    def act(
        self,
        observation: typing.Any,
        action: typing.Any,
        seed: typing.SupportsInt | typing.SupportsIndex,
        step: typing.SupportsInt | typing.SupportsIndex,
    ) -> None: ...

class Status:
    """
    Why the simulator ended a world's episode, one bit each.

    Members:

      OK

      DIVERGED

      CONTACT_OVERFLOW

      SPAWN_FAILED
    """

    CONTACT_OVERFLOW: typing.ClassVar[Status]
    DIVERGED: typing.ClassVar[Status]
    OK: typing.ClassVar[Status]
    SPAWN_FAILED: typing.ClassVar[Status]
    __members__: typing.ClassVar[dict[str, Status]]
    @typing.overload
    def __eq__(self, other: Status) -> bool: ...
    @typing.overload
    def __eq__(self, other: typing.SupportsInt | typing.SupportsIndex) -> bool: ...
    @typing.overload
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> int: ...
    def __hash__(self) -> int: ...
    def __index__(self) -> int: ...
    def __init__(self, value: typing.SupportsInt | typing.SupportsIndex) -> None: ...
    def __int__(self) -> int: ...
    @typing.overload
    def __ne__(self, other: Status) -> bool: ...
    @typing.overload
    def __ne__(self, other: typing.SupportsInt | typing.SupportsIndex) -> bool: ...
    @typing.overload
    def __ne__(self, other: typing.Any) -> bool: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, state: typing.SupportsInt | typing.SupportsIndex) -> None: ...
    def __str__(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> int: ...

class BenchmarkResult:
    """
    Figures of a benchmark.
    """
    def json(self) -> str:
        """
        One JSON object.
        """
    def text(self) -> str:
        """
        Several lines for people.
        """

class PlainBullet:
    """
    Plain Bullet worlds with the bodies of a batch.
    """
    def __init__(self, config: dict[str, typing.Any]) -> None: ...
    def load(
        self,
        position_w_m: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
        quat_wb_xyzw: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
        velocity_w_mps: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
        omega_b_radps: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    ) -> None: ...
    def step(self, substeps: typing.SupportsInt | typing.SupportsIndex) -> float:
        """
        Steps all worlds; returns the seconds that it took.
        """
    @property
    def touching_share(self) -> float: ...

class PlainHover:
    """
    One plain Bullet world of hovering bodies, as a unit of cost.
    """
    def __init__(
        self, vehicle: str, num_bodies: typing.SupportsInt | typing.SupportsIndex
    ) -> None: ...
    def seconds_per_body_step(self, steps: typing.SupportsInt | typing.SupportsIndex) -> float: ...

class GpdOutputs:
    """
    One set of arrays that a step or reset writes.
    """
    @property
    def diverged(self) -> numpy.ndarray:
        """
        (W,) bool
        """
    @property
    def ended(self) -> numpy.ndarray:
        """
        (W,) bool
        """
    @property
    def final_observation(self) -> numpy.ndarray | None:
        """
        (W, A, O), or None
        """
    @property
    def just_reset(self) -> numpy.ndarray:
        """
        (W,) bool
        """
    @property
    def num_ended(self) -> int: ...
    @property
    def observation(self) -> numpy.ndarray:
        """
        (W, A, O) float32 or float64
        """
    @property
    def reward(self) -> numpy.ndarray:
        """
        (W,) float64
        """
    @property
    def terminated(self) -> numpy.ndarray:
        """
        (W,) bool
        """
    @property
    def truncated(self) -> numpy.ndarray:
        """
        (W,) bool
        """

class GpdBatch:
    """
    The engine behind the Gpd environments.
    """
    def __init__(self, config: dict[str, typing.Any]) -> None: ...
    def episodes(
        self,
    ) -> tuple[
        numpy.typing.NDArray[numpy.int64],
        numpy.typing.NDArray[numpy.int64],
        numpy.typing.NDArray[numpy.float64],
    ]:
        """
        Of the last step: (worlds, lengths, returns).
        """
    def make_outputs(self, with_final: bool) -> GpdOutputs: ...
    def observe(self, out: GpdOutputs) -> numpy.ndarray: ...
    def reset(self, mask: typing.Any, fresh: bool, out: GpdOutputs) -> None: ...
    def restore(
        self,
        snapshot: bytes,
        worlds: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
    ) -> None: ...
    def set_state(
        self,
        world: typing.SupportsInt | typing.SupportsIndex,
        agent: typing.SupportsInt | typing.SupportsIndex,
        state: typing.Any,
    ) -> None: ...
    def snapshot(
        self, worlds: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]
    ) -> bytes: ...
    def start_rpys(self) -> numpy.ndarray: ...
    def start_xyzs(self) -> numpy.ndarray: ...
    def state(self) -> numpy.ndarray:
        """
        (W, A, 20) float64
        """
    def state_hash(self, world: typing.SupportsInt | typing.SupportsIndex) -> int: ...
    def step(self, actions: typing.Any, out: GpdOutputs) -> None: ...
    @property
    def action_buffer_size(self) -> int: ...
    @property
    def action_size(self) -> int: ...
    @property
    def config(self) -> dict[str, typing.Any]: ...
    @property
    def num_agents(self) -> int: ...
    @property
    def num_worlds(self) -> int: ...
    @property
    def observation_size(self) -> int: ...

class DerivedValue:
    """
    What follows from a vehicle's parameters.
    """
    def __repr__(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str:
        """
        Empty where dimensionless.
        """
    @property
    def values(self) -> list[float]:
        """
        One number, or one per axis x, y, z.
        """

class Vehicle:
    """
    A validated vehicle with what follows from it.
    """
    def __init__(self, name_path_or_table: typing.Any) -> None:
        """
        By name from the assets, by a path ending in .toml, or from a table whose `base` may name one.
        """
    def __repr__(self) -> str: ...
    @property
    def config(self) -> dict[str, typing.Any]:
        """
        Every parameter, as in a vehicle file.
        """
    @property
    def derived(self) -> list[DerivedValue]:
        """
        What follows from the parameters.
        """
    @property
    def fields(self) -> list[ConfigField]:
        """
        Type, unit, range and meaning of every parameter; default_text is this vehicle's value.
        """
    @property
    def hover_speed_radps(self) -> float: ...
    @property
    def max_thrust_n(self) -> float: ...
    @property
    def mixer(self) -> list[list[float]]:
        """
        Rows of rotors: thrust_i = sum_j mixer[i][j] (thrust, torque x, y, z)_j, in newtons and newton meters.
        """
    @property
    def num_rotors(self) -> int: ...
    @property
    def thrust_to_weight(self) -> float: ...

class Recorder:
    """
    Writes a batch to a file.
    """
    def __init__(
        self,
        path: str,
        poses_hz: typing.SupportsFloat | typing.SupportsIndex,
        chunk_s: typing.SupportsFloat | typing.SupportsIndex,
        keyframe_steps: typing.SupportsInt | typing.SupportsIndex,
        on_failure: typing.Any,
    ) -> None: ...
    def close(self) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def failure(self) -> str: ...
    @property
    def num_steps(self) -> int: ...

class Difference:
    """
    Where a replay differs from its recording.
    """
    def __repr__(self) -> str: ...
    def __str__(self) -> str: ...
    @property
    def fields(self) -> list[str]:
        """
        Names of fields that differ.
        """
    @property
    def step(self) -> int:
        """
        The first position that differs.
        """
    @property
    def what(self) -> str:
        """
        "step", "reset", "restore", "branch"
        """
    @property
    def worlds(self) -> list[int]:
        """
        That differ, ascending.
        """

class Player:
    """
    A recording that runs again.
    """
    def __init__(
        self,
        path: str,
        num_threads: typing.SupportsInt | typing.SupportsIndex,
        trace: bool,
        ring_mb: typing.SupportsFloat | typing.SupportsIndex,
    ) -> None: ...
    def marks(self) -> numpy.ndarray: ...
    def outputs(self) -> dict[str, numpy.ndarray]: ...
    def seek(self, position: typing.SupportsInt | typing.SupportsIndex) -> None: ...
    def step(self) -> bool: ...
    def verify(self, progress: typing.Any) -> Difference | None: ...
    @property
    def batch(self) -> Batch: ...
    @property
    def complete(self) -> bool: ...
    @property
    def difference(self) -> Difference | None: ...
    @property
    def header(self) -> dict[str, typing.Any]: ...
    @property
    def notice(self) -> str: ...
    @property
    def num_steps(self) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def seeds(self) -> list[int]: ...

class Shot:
    """
    What a picture shows, and from where.
    """
    def __init__(
        self,
        width: typing.SupportsInt | typing.SupportsIndex,
        height: typing.SupportsInt | typing.SupportsIndex,
        viewpoint: typing.SupportsInt | typing.SupportsIndex,
        agent: typing.SupportsInt | typing.SupportsIndex,
        eye_w_m: typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        target_w_m: typing.Annotated[
            collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(3)"
        ],
        layers: collections.abc.Sequence[str],
        selected: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
        shadows: bool,
    ) -> None: ...

class Painter:
    """
    Pictures of a batch without a window.
    """
    def __init__(self, batch: Batch) -> None: ...
    def depth(
        self, world: typing.SupportsInt | typing.SupportsIndex, shot: Shot
    ) -> numpy.typing.NDArray[numpy.float32]:
        """
        (height, width) float32, m
        """
    def rgb(
        self, world: typing.SupportsInt | typing.SupportsIndex, shot: Shot
    ) -> numpy.typing.NDArray[numpy.uint8]:
        """
        (height, width, 3) uint8
        """
    def segmentation(
        self, world: typing.SupportsInt | typing.SupportsIndex, shot: Shot
    ) -> numpy.typing.NDArray[numpy.int32]:
        """
        (height, width) int32
        """
    @property
    def device(self) -> str:
        """
        What draws.
        """

class MomentPipe:
    """
    What a window reads from its pipe.
    """
    @staticmethod
    def end() -> bytes: ...
    def __init__(self, batch: Batch, title: str) -> None: ...
    def begin(self) -> bytes: ...
    def moment(self, world: typing.SupportsInt | typing.SupportsIndex) -> bytes: ...

class Cameras:
    """
    Pictures of all agents; volery.Cameras is for users.
    """
    def __init__(
        self,
        batch: Batch,
        kinds: collections.abc.Sequence[str],
        camera: str,
        width: typing.SupportsInt | typing.SupportsIndex,
        height: typing.SupportsInt | typing.SupportsIndex,
        backend: str,
        noise: bool,
    ) -> None: ...
    def make(self, kind: str) -> numpy.ndarray:
        """
        A new array of zeros for pictures.
        """
    def read(self, batch: Batch, out: dict[str, numpy.ndarray], refresh: bool) -> None: ...
    @property
    def backend(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def far_m(self) -> float: ...
    @property
    def height(self) -> int: ...
    @property
    def width(self) -> int: ...

def active_isa() -> str:
    """
    The instruction set that the kernels use in this process.
    """

def asset_names(kind: str) -> list[str]:
    """
    Names in assets/<kind>/: "vehicles", "scenes" or "radios".
    """

def assets_folder() -> str:
    """
    Where vehicles and scenes are read from.
    """

def attach_recorder(batch: Batch, recorder: Recorder) -> None:
    """
    Tells a recorder of all that comes into a batch.
    """

def auction(
    cost: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
    epsilon: typing.SupportsFloat | typing.SupportsIndex,
) -> tuple[numpy.typing.NDArray[numpy.int32], int, int]:
    """
    Columns of the rows, bids made and rounds.
    """

def available_isas() -> list[str]:
    """
    Those that this CPU and this build have, best first.
    """

def baseline_name(config: dict[str, typing.Any]) -> str:
    """
    The scripted policy of a config's task.
    """

def benchmark_result(
    name: str,
    worlds: typing.SupportsInt | typing.SupportsIndex,
    agents: typing.SupportsInt | typing.SupportsIndex,
    threads: typing.SupportsInt | typing.SupportsIndex,
    substeps: typing.SupportsInt | typing.SupportsIndex,
    seconds: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
    figures: collections.abc.Sequence[tuple[str, typing.SupportsFloat | typing.SupportsIndex]],
) -> BenchmarkResult:
    """
    A result from seconds per step, one number per repeat.
    """

def benchmarks() -> list[tuple[str, str]]:
    """
    Names and descriptions of the benchmarks.
    """

def config_fields() -> list[ConfigField]:
    """
    The fields of the batch's config, in order.
    """

def controllers() -> list[Entry]:
    """
    All action levels.
    """

def detach_recorder(batch: Batch) -> None:
    """
    Ends the recording of a batch.
    """

def gpd_constants(model: str) -> dict[str, typing.Any]:
    """
    The original's attributes of a vehicle, by name.
    """

def gpd_pid(
    gains: tuple[typing.Any, ...],
    step_s: typing.SupportsFloat | typing.SupportsIndex,
    position: typing.Any,
    quat: typing.Any,
    velocity: typing.Any,
    target: tuple[typing.Any, ...],
    memory: tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.float64], ...],
) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64], float]:
    """
    Rotor speeds, position error and yaw error; `memory` is updated in place.
    """

def gpd_pid_gains(model: str) -> tuple[numpy.typing.NDArray[numpy.float64], ...]: ...
def greedy_assignment(
    cost: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
) -> numpy.typing.NDArray[numpy.int32]:
    """
    The column of each row when the cheapest pair is taken first.
    """

def hungarian(
    cost: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
) -> numpy.typing.NDArray[numpy.int32]:
    """
    The column of each row at the least total cost; -1 where none is left.
    """

def layers() -> list[str]:
    """
    Names of what is drawn beside bodies.
    """

def limit_isa(name: str) -> None:
    """
    Limits the kernels of this process to one instruction set; for tests and benchmarks.
    """

def mark_names() -> list[str]:
    """
    Of the kinds of marks, in order.
    """

def nearest_name(name: str, names: collections.abc.Sequence[str]) -> str:
    """
    The end of a message about an unknown name.
    """

def parse_setting(text: str) -> dict[str, typing.Any]:
    """
    "a.b=c" as {"a": {"b": c}}.
    """

def policies() -> list[Entry]:
    """
    All scripted policies.
    """

def radio_count_names() -> list[str]:
    """
    Names of the columns of the state field "radio_counts".
    """

def radio_fields() -> list[ConfigField]:
    """
    The fields of the config's table `radio`, in order.
    """

def read_config(file: str) -> dict[str, typing.Any]:
    """
    The config table in a TOML file; a scene file becomes its `scene`.
    """

def rotor_hover_action(vehicle: str) -> float:
    """
    The action of level `rotor` at which a vehicle hovers.
    """

def run_benchmark(
    name: str,
    worlds: typing.SupportsInt | typing.SupportsIndex = 0,
    agents: typing.SupportsInt | typing.SupportsIndex = 0,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    repeats: typing.SupportsInt | typing.SupportsIndex = 0,
    quick: bool = False,
) -> BenchmarkResult:
    """
    Runs a benchmark in C++; sizes of 0 are the case's own.
    """

def sensors() -> list[Entry]:
    """
    All sensors.
    """

def set_assets_folder(folder: str) -> None:
    """
    Tells where vehicles and scenes lie; $VOLERY_ASSETS goes before it.
    """

def stored_poses(path: str) -> dict[str, numpy.ndarray]: ...
def tasks() -> list[Entry]:
    """
    All tasks, sorted by name.
    """

def viewpoints() -> list[str]:
    """
    Names of the cameras of pictures.
    """

__version__: str = "0.1.0"
max_image_pixels: int = 8192
recording_format: int = 2
