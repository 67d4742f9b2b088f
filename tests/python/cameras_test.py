"""Pictures of agents through Python: arrays, spaces, wrappers, errors."""

import itertools
import re
import warnings
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import volery
from volery.cameras import STATIC_ID

CAMERA = {"name": "front", "far_m": 20.0}
VEHICLE = {"base": "cf2x", "cameras": [CAMERA]}
SCENE = {
    "statics": [
        {"kind": "plane"},
        {"kind": "box", "position_w_m": [4, 0, 2], "size_m": [1, 20, 4]},
    ],
}
KINDS = ("depth", "rgb", "segmentation")


def make(num_worlds=2, num_agents=3, vehicle=VEHICLE, **config):
    config = {"action": "velocity", "on_crash": "continue", "scene": SCENE, **config}
    return volery.Batch("hover", num_worlds, num_agents, vehicle=vehicle, **config)


def place(batch, world, positions):
    count = batch.num_agents
    batch.set_state(
        world,
        {
            "position_w_m": positions,
            "quat_wb_xyzw": np.tile(np.float32([0, 0, 0, 1]), (count, 1)),
        },
    )


def test_pictures_are_arrays_per_world_and_agent():
    with make() as batch:
        cameras = volery.Cameras(batch, KINDS, width=24, height=16)
        batch.reset(seed=1)
        pictures = cameras.read()
        assert list(pictures) == list(KINDS)
        assert pictures["depth"].shape == (2, 3, 16, 24)
        assert pictures["depth"].dtype == np.float32
        assert pictures["rgb"].shape == (2, 3, 16, 24, 3)
        assert pictures["rgb"].dtype == np.uint8
        assert pictures["segmentation"].dtype == np.uint32
        for kind in KINDS:
            space = cameras.observation_space[kind]
            assert space.contains(pictures[kind][1, 2]), kind
        assert cameras.backend in ("rays", "gl")


def test_one_kind_is_one_array():
    with make() as batch:
        cameras = volery.Cameras(batch, "depth", width=8, height=8)
        batch.reset(seed=1)
        depth = cameras.read()
        assert depth.shape == (2, 3, 8, 8)
        assert cameras.observation_space.shape == (8, 8)
        assert cameras.far_m == 20


def test_a_wall_and_a_neighbor_are_seen_where_they_are():
    with make(1, 2) as batch:
        cameras = volery.Cameras(batch, ("depth", "segmentation"), width=33, height=33)
        batch.reset(seed=1)
        place(batch, 0, [[0, 0, 2], [2, 0, 2]])
        pictures = cameras.read()
        middle = (0, 0, 16, 16)
        assert pictures["segmentation"][middle] == 2
        # half of the 0.12 m of the collision cylinder nearer
        assert pictures["depth"][middle] == pytest.approx(1.94, abs=1e-4)
        beside = (0, 0, 16, 4)
        assert pictures["segmentation"][beside] == STATIC_ID + 1
        # along the axis, not along the ray
        assert pictures["depth"][beside] == pytest.approx(3.5, abs=1e-4)
        assert pictures["segmentation"][0, 0, 32, 16] == STATIC_ID


def test_out_is_written_in_place():
    with make() as batch:
        cameras = volery.Cameras(batch, "depth", width=8, height=8)
        batch.reset(seed=1)
        out = np.full((2, 3, 8, 8), -1, np.float32)
        assert cameras.read(out) is out
        np.testing.assert_array_equal(out, cameras.read())
        both = volery.Cameras(batch, ("depth", "rgb"), width=8, height=8)
        given = {"rgb": np.zeros((2, 3, 8, 8, 3), np.uint8)}
        assert both.read(given)["rgb"] is given["rgb"]
        assert given["rgb"].any()


def test_an_out_array_that_does_not_fit_is_refused():
    with make() as batch:
        cameras = volery.Cameras(batch, "depth", width=8, height=8)
        batch.reset(seed=1)
        with pytest.raises(ValueError, match=r"\(2, 3, 8, 8\)"):
            cameras.read(np.zeros((2, 3, 8, 9), np.float32))
        with pytest.raises(TypeError, match="float32"):
            cameras.read(np.zeros((2, 3, 8, 8)))
        read_only = np.zeros((2, 3, 8, 8), np.float32)
        read_only.flags.writeable = False
        with pytest.raises(ValueError, match="read-only"):
            cameras.read(read_only)
        with pytest.raises(TypeError, match="must be an array"):
            cameras.read({"depth": np.zeros((2, 3, 8, 8), np.float32)})
        several = volery.Cameras(batch, KINDS, width=8, height=8)
        with pytest.raises(TypeError, match="must be a dict"):
            several.read(np.zeros((2, 3, 8, 8), np.float32))
        with pytest.raises(ValueError, match="one of depth, rgb, segmentation"):
            several.read({"colour": np.zeros((2, 3, 8, 8), np.float32)})


def test_the_size_of_the_vehicle_file_is_taken_where_none_is_given():
    with volery.Batch("hover", 1, 2) as batch:
        cameras = volery.Cameras(batch, width=None, height=None)
        assert (cameras.width, cameras.height) == (324, 244)


def test_pictures_are_held_between_sampling_times():
    vehicle = {"base": "cf2x", "cameras": [{**CAMERA, "rate_hz": 10.0}]}
    with make(1, 2, vehicle, agent_rate_hz=30) as batch:
        cameras = volery.Cameras(batch, width=16, height=16)
        batch.reset(seed=2)
        fast = np.zeros((1, 2, batch.action_size), np.float32)
        fast[..., 0] = 1
        seen = [cameras.read()]
        for _ in range(6):
            batch.step(fast)
            seen.append(cameras.read())
        changed = [not np.array_equal(a, b) for a, b in itertools.pairwise(seen)]
        assert changed == [False, False, True, False, False, True]
        batch.step(fast)
        assert not np.array_equal(cameras.read(refresh=True), seen[-1])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"kind": "colour"}, ValueError, "one of depth, rgb, segmentation"),
        ({"kind": ()}, ValueError, "at least one"),
        ({"kind": ("depth", "depth")}, ValueError, "twice"),
        ({"kind": 3}, TypeError, "kind"),
        ({"width": 0}, ValueError, "width = 0"),
        ({"height": 100_000}, ValueError, r"height = 100000: must be in \[1, 4096\]"),
        ({"width": 1.5}, TypeError, "integer"),
        ({"backend": "opengl"}, ValueError, "one of auto, rays, gl"),
        ({"camera": "fornt"}, ValueError, "did you mean 'front'"),
        ({"camera": 1}, TypeError, "camera"),
    ],
)
def test_what_cameras_cannot_be_is_refused(options, error, message):
    with make() as batch, pytest.raises(error, match=message):
        volery.Cameras(batch, **options)


def test_a_vehicle_without_a_camera_is_refused():
    message = "vehicle cf2p has no camera; give it"
    with (
        volery.Batch("hover", 1, 2, vehicle="cf2p") as batch,
        pytest.raises(ValueError, match=message),
    ):
        volery.Cameras(batch)


def test_a_closed_batch_takes_no_pictures():
    batch = make()
    cameras = volery.Cameras(batch, width=4, height=4)
    batch.reset(seed=0)
    batch.close()
    with pytest.raises(RuntimeError, match="closed"):
        cameras.read()
    with pytest.raises(RuntimeError, match="closed"):
        volery.Cameras(batch)


def test_something_without_a_batch_is_refused():
    with pytest.raises(TypeError, match=r"source: must be a volery\.Batch"):
        volery.Cameras(gymnasium.make("CartPole-v1"))
    with pytest.raises(TypeError, match=r"env: must be a volery\.Env"):
        volery.with_cameras(3)


def test_a_vector_environment_with_cameras_has_pictures_in_its_observations():
    env = volery.with_cameras(
        volery.VectorEnv("hover", 3, vehicle=VEHICLE, scene=SCENE, seed=4),
        ("depth", "rgb"),
        width=12,
        height=8,
    )
    observation, _ = env.reset(seed=4)
    assert set(observation) == {"state", "depth", "rgb"}
    assert observation["depth"].shape == (3, 8, 12)
    assert env.observation_space.contains(observation)
    for _ in range(3):
        observation, reward, *_ = env.step(env.action_space.sample())
        assert env.observation_space.contains(observation)
    assert reward.shape == (3,)
    env.close()


def test_worlds_of_several_agents_have_an_axis_for_them():
    env = volery.with_cameras(
        volery.VectorEnv("hover", 2, num_agents=3, obs="dict", vehicle=VEHICLE),
        width=6,
        height=5,
    )
    observation, _ = env.reset(seed=4)
    assert observation["depth"].shape == (2, 3, 5, 6)
    assert env.observation_space.contains(observation)
    env.close()


def test_agents_as_rows_have_one_picture_each():
    env = volery.with_cameras(
        volery.VectorEnv(
            "hover", 6, num_agents=3, rows="agents", vehicle=VEHICLE, on_crash="continue"
        ),
        width=6,
        height=5,
    )
    observation, _ = env.reset(seed=4)
    assert observation["depth"].shape == (6, 5, 6)
    assert env.observation_space.contains(observation)
    env.close()


def test_one_environment_with_cameras_passes_gymnasiums_checks():
    env = volery.with_cameras(
        volery.Env("hover", vehicle=VEHICLE, scene=SCENE), KINDS, width=8, height=8, backend="rays"
    )
    with warnings.catch_warnings():
        # it would rather see the environment without a wrapper
        warnings.simplefilter("ignore", UserWarning)
        check_env(env, skip_render_check=True)
    env.close()


def test_a_wrapped_environment_keeps_its_batch():
    env = gymnasium.wrappers.TimeLimit(volery.Env("hover", vehicle=VEHICLE), 5)
    observation, _ = volery.with_cameras(env, width=4, height=4).reset(seed=0)
    assert observation["depth"].shape == (4, 4)


def test_same_step_mode_is_refused():
    env = volery.VectorEnv("hover", 2, autoreset="same_step", vehicle=VEHICLE)
    with pytest.raises(ValueError, match="same_step"):
        volery.with_cameras(env)


def test_a_group_of_the_same_name_is_refused():
    # a group called "state" next to a flat observation cannot be; one called "depth" neither
    env = volery.VectorEnv("hover", 2, vehicle=VEHICLE)
    twice = volery.with_cameras(env, width=4, height=4)
    with pytest.raises(ValueError, match="group of that name already"):
        volery.with_cameras(twice, width=4, height=4)


def test_rays_give_the_same_bits_with_any_number_of_threads():
    seen = []
    for threads in (1, 2):
        vehicle = {"base": "cf2x", "cameras": [{**CAMERA, "depth_noise_m": 0.01}]}
        with make(3, 4, vehicle, num_threads=threads) as batch:
            cameras = volery.Cameras(batch, KINDS, width=16, height=16, backend="rays")
            batch.reset(seed=5)
            batch.step(np.full((3, 4, batch.action_size), 0.2, np.float32))
            seen.append(cameras.read())
    for kind in KINDS:
        np.testing.assert_array_equal(seen[0][kind], seen[1][kind])


def test_the_page_on_cameras_runs_as_it_stands():
    page = Path(__file__).resolve().parents[2] / "docs" / "cameras.md"
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 2
    names = {}
    for block in blocks:
        exec(block, names)
    names["batch"].close()
