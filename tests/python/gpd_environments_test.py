"""Volery/Gpd*-v0 and the classes of volery.compat.gpd: contracts, equality, refusals."""

from __future__ import annotations

import pickle
import time
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import volery
from volery.compat import gpd
from volery.compat.gpd import ActionType, DroneModel, Physics
from volery.gpd_registration import IDS

HOVER_ACTIONS = ("rpm", "pid", "vel", "one_d_rpm", "one_d_pid")
# steps and returns of the original from a fresh environment; tolerances as they were recorded
EPISODES = [
    ("rpm", [[0.1] * 4], 197, 348.9290, 5e-3),
    ("pid", [[0, 0, 1]], 242, 481.17567132, 1e-6),
    ("one_d_rpm", [[0.1]], 197, 348.9290, 5e-3),
]


def episode(env, action) -> tuple[int, float]:
    env.reset()
    steps, total, over = 0, 0.0, False
    while not over:
        _, reward, terminated, truncated, _ = env.step(np.array(action, dtype=np.float32))
        steps, total, over = steps + 1, total + reward, terminated or truncated
    return steps, total


@pytest.mark.parametrize(("action", "row", "steps", "total", "tolerance"), EPISODES)
def test_hover_episodes_equal_the_originals(action, row, steps, total, tolerance):
    for env in (
        gymnasium.make("Volery/GpdHover-v0", action=action),
        gpd.HoverAviary(act=ActionType(action)),
    ):
        length, summed = episode(env, row)
        assert length == steps
        assert summed == pytest.approx(total, abs=tolerance)


@pytest.mark.parametrize("env_id", IDS)
def test_environments_pass_gymnasiums_checker(env_id):
    with warnings.catch_warnings():
        # unbounded spaces, as the original has them
        warnings.filterwarnings("ignore", message=".*Box observation space")
        warnings.filterwarnings("ignore", message=".*For Box action spaces")
        check_env(gymnasium.make(env_id).unwrapped, skip_render_check=True)


def test_ids_make_single_and_vectorised_environments():
    for env_id, task in IDS.items():
        assert gymnasium.make(env_id).unwrapped.engine.config["task"] == task
        vec = gymnasium.make_vec(env_id, num_envs=3)
        assert vec.reset(seed=0)[0].shape[0] == 3
        assert volery.make_vec(env_id.removeprefix("Volery/"), 2).num_envs == 2


def test_spaces_are_the_originals():
    env = gymnasium.make("Volery/GpdHover-v0")
    assert env.observation_space.shape == (1, 72)
    assert env.action_space.shape == (1, 4)
    sizes = {"pid": 57, "vel": 72, "one_d_rpm": 27, "one_d_pid": 27}
    for action, size in sizes.items():
        made = gymnasium.make("Volery/GpdHover-v0", action=action)
        assert made.observation_space.shape == (1, size)
        theirs = gpd.HoverAviary(act=ActionType(action))
        assert theirs.observation_space == made.observation_space
        assert theirs.action_space == made.action_space
    for name in ("Ctrl", "Velocity"):
        made = gymnasium.make(f"Volery/Gpd{name}-v0", num_agents=3)
        theirs = getattr(gpd, f"{name}Aviary")(num_drones=3)
        assert made.observation_space == theirs.observation_space
        assert made.action_space == theirs.action_space
        assert made.observation_space.shape == (3, 20)


@pytest.mark.parametrize("action", HOVER_ACTIONS)
@pytest.mark.parametrize("physics", Physics)
def test_compatible_classes_equal_the_engine(action, physics):
    # in double precision: with float32 actions NumPy rounds the RPM maps of the classes
    ours = gymnasium.make("Volery/GpdMultiHover-v0", action=action, physics=physics.value).unwrapped
    theirs = gpd.MultiHoverAviary(act=ActionType(action), physics=physics)
    rng = np.random.default_rng(3)
    first = ours.reset(seed=1)[0]
    np.testing.assert_array_equal(first, theirs.reset(seed=1)[0])
    for _ in range(40):
        row = rng.uniform(-1, 1, ours.action_space.shape)
        if action == "pid":
            row[:, 2] = 0.5
        one, two = ours.step(row), theirs.step(row)
        np.testing.assert_allclose(one[0], two[0], rtol=0, atol=2e-6)
        assert one[1] == pytest.approx(two[1], abs=1e-9)
        assert one[2:4] == two[2:4]
        if one[2] or one[3]:
            break


def test_velocity_and_ctrl_classes_equal_the_engine():
    rng = np.random.default_rng(4)
    for name, scale in (("Velocity", 1.0), ("Ctrl", 15000.0)):
        ours = gymnasium.make(f"Volery/Gpd{name}-v0", num_agents=2, model="cf2p").unwrapped
        theirs = getattr(gpd, f"{name}Aviary")(DroneModel.CF2P, num_drones=2)
        ours.reset(seed=0)
        theirs.reset()
        for _ in range(100):
            row = rng.uniform(0, scale, (2, 4))
            one, two = ours.step(row), theirs.step(row)
            np.testing.assert_allclose(one[0], two[0], rtol=0, atol=1e-9)
            assert one[1:4] == two[1:4] == (-1, False, False)


@pytest.mark.parametrize("mode", ["next_step", "same_step"])
def test_a_vector_environment_is_many_single_ones(mode):
    rng = np.random.default_rng(5)
    n = 20
    vec = gymnasium.make_vec(
        "Volery/GpdHover-v0", num_envs=n, action="one_d_rpm", autoreset=mode, num_threads=2
    )
    single = [gymnasium.make("Volery/GpdHover-v0", action="one_d_rpm").unwrapped for _ in range(n)]
    observed, _ = vec.reset(seed=0)
    for i, env in enumerate(single):
        np.testing.assert_array_equal(observed[i], env.reset(seed=0)[0])
    push = rng.uniform(-0.2, 1, (n, 1, 1))
    ended = np.zeros(n, dtype=bool)
    seen = 0
    for _ in range(260):
        actions = (push + rng.uniform(-0.1, 0.1, (n, 1, 1))).astype(np.float32)
        observed, reward, terminated, truncated, info = vec.step(actions)
        for i, env in enumerate(single):
            if mode == "next_step" and ended[i]:
                np.testing.assert_array_equal(observed[i], env.reset()[0])
                ended[i] = False
                continue
            obs, r, term, trunc, one = env.step(actions[i])
            assert (reward[i], terminated[i], truncated[i]) == (r, term, trunc)
            if term or trunc:
                seen += 1
                report = info["final_info"] if mode == "same_step" else info
                assert report["_episode"][i]
                assert report["episode"]["r"][i] == one["episode"]["r"]
                assert report["episode"]["l"][i] == one["episode"]["l"]
                if mode == "same_step":
                    np.testing.assert_array_equal(info["final_obs"][i], obs)
                    obs, _ = env.reset()
                else:
                    ended[i] = True
            np.testing.assert_array_equal(observed[i], obs)
    assert seen > 5


def test_a_seed_makes_an_environment_as_new_and_none_does_not():
    env = gymnasium.make("Volery/GpdHover-v0", action="pid").unwrapped
    fresh, _ = env.reset(seed=0)
    for _ in range(5):
        env.step(np.full((1, 3), 0.5))
    stale, _ = env.reset()
    assert not np.array_equal(stale, fresh)
    np.testing.assert_array_equal(stale[:, :12], fresh[:, :12])
    np.testing.assert_array_equal(env.reset(seed=7)[0], fresh)
    theirs = gpd.HoverAviary(act=ActionType.PID)
    theirs.reset()
    for _ in range(5):
        theirs.step(np.full((1, 3), 0.5))
    np.testing.assert_array_equal(theirs.reset(seed=0)[0], stale)


def test_a_masked_reset_leaves_the_others_alone():
    vec = gymnasium.make_vec("Volery/GpdHover-v0", num_envs=3, autoreset="disabled")
    first, _ = vec.reset(seed=0)
    flown, *_ = vec.step(np.ones((3, 1, 4), dtype=np.float32))
    mask = np.array([False, True, False])
    now, _ = vec.reset(seed=[None, 4, None], options={"reset_mask": mask})
    np.testing.assert_array_equal(now[mask], first[mask])
    np.testing.assert_array_equal(now[~mask], flown[~mask])


def test_snapshots_branch_an_episode():
    env = gymnasium.make("Volery/GpdMultiHover-v0", action="vel").unwrapped
    env.reset(seed=0)
    action = np.full((2, 4), 0.5)
    env.step(action)
    kept = env.engine.snapshot([])
    wanted = env.step(action)[0]
    env.step(-action)
    env.reset(options={"state": kept})
    np.testing.assert_array_equal(env.step(action)[0], wanted)


def test_bad_input_is_refused_with_the_reason():
    make = gymnasium.make
    with pytest.raises(ValueError, match=r"gpd\.physics.*pyb_drag"):
        make("Volery/GpdHover-v0", physics="pyb_drg")
    with pytest.raises(ValueError, match="PID"):
        make("Volery/GpdHover-v0", model="race", action="pid")
    with pytest.raises(ValueError, match="must divide"):
        make("Volery/GpdHover-v0", control_rate_hz=7)
    with pytest.raises(TypeError, match="num_worlds"):
        make("Volery/GpdHover-v0", num_worlds=3)
    with pytest.raises(ValueError, match="initial_xyzs"):
        make("Volery/GpdHover-v0", initial_xyzs=np.zeros((2, 3)))
    env = make("Volery/GpdHover-v0").unwrapped
    with pytest.raises(RuntimeError, match="reset"):
        env.step(np.zeros((1, 4)))
    env.reset()
    with pytest.raises(ValueError, match=r"shape must be \(1, 4\)"):
        env.step(np.zeros(4))
    with pytest.raises(ValueError, match="not finite"):
        env.step(np.full((1, 4), np.nan))
    with pytest.raises(ValueError, match="no such option"):
        env.reset(options={"goal": 1})


def test_the_lane_engine_names_the_environments():
    for make in (volery.Batch, volery.VectorEnv):
        with pytest.raises(ValueError, match=r"Volery/GpdHover-v0.*volery\.compat\.gpd"):
            make("hover", physics="gpd")


@pytest.mark.parametrize("env_id", sorted(IDS))
def test_whoever_wants_pictures_or_a_recording_is_told_that_there_are_none(env_id):
    single = gymnasium.make(env_id).unwrapped
    for env in (single, gymnasium.make_vec(env_id, num_envs=2)):
        with pytest.raises(NotImplementedError, match="neither pictures nor recordings"):
            env.render()
        with pytest.raises(AttributeError, match="neither pictures nor recordings"):
            env.batch.record("never.vrec")
        with pytest.raises(TypeError, match=f"Batch or a Recording, not {type(env).__name__}"):
            volery.Painter(env)
        with pytest.raises(ValueError, match="neither pictures nor recordings"):
            type(env)(IDS[env_id], render_mode="rgb_array")
    for name in (env_id, env_id.removeprefix("Volery/").removesuffix("-v0")):
        with pytest.raises(ValueError, match=r"an environment .* and no task"):
            volery.Batch(name)


@pytest.mark.parametrize("argument", ["gui", "record", "obstacles"])
def test_what_needs_pybullet_is_refused(argument):
    with pytest.raises(NotImplementedError, match=argument):
        gpd.CtrlAviary(**{argument: True})
    with pytest.raises(NotImplementedError, match="KIN"):
        gpd.HoverAviary(obs=gpd.ObservationType.RGB)


def test_classes_refuse_what_crashes_the_original():
    with pytest.raises(ValueError, match="RACE"):
        gpd.HoverAviary(DroneModel.RACE, act=ActionType.PID)
    with pytest.raises(ValueError, match="RACE"):
        gpd.VelocityAviary(DroneModel.RACE)
    with pytest.raises(ValueError, match="CF2X or CF2P"):
        gpd.DSLPIDControl(DroneModel.RACE)
    with pytest.raises(ValueError, match="multiple"):
        gpd.CtrlAviary(pyb_freq=240, ctrl_freq=7)
    with pytest.raises(ValueError, match=r"initial_rpys: shape must be \(2, 3\)"):
        gpd.CtrlAviary(num_drones=2, initial_rpys=np.zeros(3))
    with pytest.raises(TypeError, match="DroneModel"):
        gpd.CtrlAviary("cf2x")


def test_a_class_of_ones_own_overrides_the_hooks():
    class Height(gpd.HoverAviary):
        def _computeReward(self):  # noqa: N802
            return -abs(1 - self._getDroneStateVector(0)[2])

        def _preprocessAction(self, action):  # noqa: N802
            return 1.01 * super()._preprocessAction(action)

    env = Height(act=ActionType.ONE_D_RPM)
    env.reset()
    for _ in range(30):
        _, reward, *_ = env.step(np.zeros((1, 1)))
    assert reward == -abs(1 - env.pos[0, 2])
    assert env.pos[0, 2] > 0.15


def test_constants_and_helpers_have_the_originals_names():
    env = gpd.CtrlAviary(num_drones=2, neighbourhood_radius=0.2)
    np.testing.assert_allclose(env.HOVER_RPM, 14468.429183500699, rtol=1e-15)
    np.testing.assert_allclose(env.GND_EFF_H_CLIP, 0.0377637135, rtol=1e-9)
    np.testing.assert_allclose(env.J @ env.J_INV, np.eye(3), atol=1e-15)
    assert env.INIT_XYZS[0, 2] == 0.1125
    np.testing.assert_array_equal(env._getAdjacencyMatrix(), [[1, 0], [0, 1]])
    np.testing.assert_allclose(
        env._normalizedActionToRPM([-1, 0, 1]), [0, env.HOVER_RPM, env.MAX_RPM]
    )
    env.reset()
    np.testing.assert_array_equal(env.quat, [[0, 0, 0, 1]] * 2)


def test_an_old_script_runs_with_its_imports_changed(tmp_path, capsys):
    from volery.compat.gpd.control.DSLPIDControl import DSLPIDControl
    from volery.compat.gpd.envs.CtrlAviary import CtrlAviary
    from volery.compat.gpd.utils.enums import DroneModel, Physics
    from volery.compat.gpd.utils.Logger import Logger
    from volery.compat.gpd.utils.utils import str2bool, sync

    drones, freq = 2, 48
    start = np.array([[0, 0, 0.3], [0.4, 0, 0.5]])
    env = CtrlAviary(
        drone_model=DroneModel("cf2x"),
        num_drones=drones,
        initial_xyzs=start,
        initial_rpys=np.zeros((drones, 3)),
        physics=Physics("pyb"),
        neighbourhood_radius=10,
        pyb_freq=240,
        ctrl_freq=freq,
        gui=str2bool("False"),
        record=False,
        obstacles=False,
        user_debug_gui=False,
    )
    env.getPyBulletClient()
    logger = Logger(logging_freq_hz=freq, num_drones=drones, output_folder=str(tmp_path))
    ctrl = [DSLPIDControl(drone_model=DroneModel.CF2X) for _ in range(drones)]
    action = np.zeros((drones, 4))
    began = time.time() - 100
    for i in range(2 * freq):
        obs, *_ = env.step(action) if i else (env.reset()[0],)
        for j in range(drones):
            action[j, :], _, _ = ctrl[j].computeControlFromState(
                control_timestep=env.CTRL_TIMESTEP,
                state=obs[j],
                target_pos=start[j] + np.array([0, 0, 0.2]),
                target_rpy=np.zeros(3),
            )
            logger.log(drone=j, timestamp=i / freq, state=obs[j], control=np.zeros(12))
        sync(i, began, env.CTRL_TIMESTEP)
    env.render()
    env.close()
    assert np.abs(obs[:, 2] - start[:, 2] - 0.2).max() < 0.03
    assert "drone 1" in capsys.readouterr().out
    logger.save()
    logger.save_as_csv("test")
    assert logger.states.shape == (2, 16, 2 * freq)
    assert len(list(tmp_path.glob("save-flight-test-*/*.csv"))) == 32
    saved = np.load(next(tmp_path.glob("*.npy")))
    np.testing.assert_array_equal(saved["states"], logger.states)


def test_the_pid_takes_new_gains_and_forgets_on_reset():
    pid = gpd.DSLPIDControl(DroneModel.CF2P)
    state = np.zeros(20)
    state[6] = 1
    first = pid.computeControlFromState(1 / 240, state, target_pos=[0, 0, 0.1])
    assert first[1] == pytest.approx([0, 0, 0.1])
    again = pid.computeControlFromState(1 / 240, state, target_pos=[0, 0, 0.1])
    assert again[0][0] > first[0][0]  # the integral has grown
    pid.reset()
    np.testing.assert_array_equal(
        pid.computeControlFromState(1 / 240, state, target_pos=[0, 0, 0.1])[0], first[0]
    )
    pid.reset()
    pid.setPIDCoefficients(p_coeff_pos=[0, 0, 0], i_coeff_pos=[0, 0, 0])
    hover = pid.computeControlFromState(1 / 240, state, target_pos=[0, 0, 0.1])[0]
    assert hover == pytest.approx([14468.429183500699] * 4, rel=1e-12)
    with pytest.raises(ValueError, match="target_pos"):
        pid.computeControlFromState(1 / 240, state, target_pos=[0, 0])
    with pytest.raises(ValueError, match="control_timestep"):
        pid.computeControlFromState(0, state, target_pos=[0, 0, 0])


def test_old_ids_make_the_compatible_classes():
    env = gymnasium.make("hover-aviary-v0", disable_env_checker=True)
    assert isinstance(env.unwrapped, gpd.HoverAviary)


def test_specs_can_be_pickled():
    env = gymnasium.make("Volery/GpdHover-v0", action="vel", physics="dyn")
    again = gymnasium.make(pickle.loads(pickle.dumps(env.spec)))
    assert again.unwrapped.engine.config == env.unwrapped.engine.config
