"""Every bad input is a clear error of the right type, and costs nothing."""

import threading

import numpy as np
import pytest

import volery


def make_batch(**config):
    return volery.Batch("hover", **{"num_worlds": 2, "num_agents": 3, **config})


def good_actions(batch):
    return np.zeros((batch.num_worlds, batch.num_agents, batch.action_size), np.float32)


def read_only(array):
    array.flags.writeable = False
    return array


def unaligned(shape):
    size = int(np.prod(shape)) * 4
    return np.zeros(size + 1, np.uint8)[1:].view(np.float32).reshape(shape)


BAD_ACTIONS = {
    "list": (lambda a: a.tolist(), TypeError, r"actions: must be a numpy.ndarray"),
    "none": (lambda a: None, TypeError, r"actions: must be a numpy.ndarray"),
    "float64": (lambda a: a.astype(np.float64), TypeError, r"actions: dtype.*float32.*float64"),
    "int32": (lambda a: a.astype(np.int32), TypeError, r"actions: dtype"),
    "byte order": (lambda a: a.astype(">f4"), TypeError, r"actions: dtype"),
    "flat": (lambda a: a.reshape(-1), ValueError, r"actions: shape must be \(2, 3, 4\).*\(24,\)"),
    "other shape": (lambda a: a[:1], ValueError, r"actions: shape"),
    "every other": (lambda a: np.repeat(a, 2, axis=2)[..., ::2], ValueError, r"strides"),
    "transposed": (lambda a: np.zeros((4, 3, 2), np.float32).T, ValueError, r"strides"),
    "unaligned": (lambda a: unaligned(a.shape), ValueError, r"aligned"),
    "nan": (lambda a: np.where(np.arange(4) == 2, np.nan, a).astype(np.float32), ValueError,
            r"actions\[0, 0, 2\] is not finite"),
    "inf": (lambda a: a + np.float32(np.inf), ValueError, r"not finite"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ACTIONS)
def test_bad_actions_are_refused_before_anything_is_written(case):
    spoil, error, message = BAD_ACTIONS[case]
    with make_batch() as batch:
        batch.reset(seed=1)
        batch.step(good_actions(batch))
        before = batch.state_hash()
        out = {"observation": np.full((2, 3, batch.observation_size), 7, np.float32)}
        with pytest.raises(error, match=message):
            batch.step(spoil(good_actions(batch)), out=out)
        assert batch.state_hash() == before
        assert (out["observation"] == 7).all()


def test_actions_may_be_read_only():
    with make_batch() as batch:
        batch.reset(seed=1)
        batch.step(read_only(good_actions(batch)))


def out_arrays(batch):
    shape = (batch.num_worlds, batch.num_agents)
    return {
        "observation": np.zeros((*shape, batch.observation_size), np.float32),
        "reward": np.zeros(shape, np.float32),
        "terminated": np.zeros(shape, np.bool_),
        "truncated": np.zeros(shape, np.bool_),
        "reward_terms": np.zeros((*shape, len(batch.layout.reward_terms)), np.float32),
        "final_observation": np.zeros((*shape, batch.observation_size), np.float32),
    }


BAD_OUT = {
    "wrong dtype": ("reward", lambda a: a["reward"].astype(np.float64), TypeError, "dtype"),
    "int for bool": ("terminated", lambda a: a["terminated"].astype(np.int8), TypeError, "dtype"),
    "list": ("reward", lambda a: a["reward"].tolist(), TypeError, "ndarray"),
    "wrong shape": ("reward", lambda a: a["reward"][:1], ValueError, "shape"),
    "fortran": ("reward", lambda a: np.asfortranarray(a["reward"]), ValueError, "strides"),
    "strides": ("reward", lambda a: np.zeros((2, 6), np.float32)[:, ::2], ValueError, "strides"),
    "read-only": ("observation", lambda a: read_only(a["observation"]), ValueError, "read-only"),
    "overlap": ("truncated", lambda a: a["terminated"], ValueError, "shares memory with"),
    "overlap of floats": ("final_observation", lambda a: a["observation"], ValueError, "shares"),
    "unaligned": ("reward", lambda a: unaligned((2, 3)), ValueError, "aligned"),
    "unknown name": ("rewards", lambda a: a["reward"], ValueError, "rewards.*reward"),
}


@pytest.mark.parametrize("case", BAD_OUT)
def test_bad_out_arrays_are_refused(case):
    name, spoil, error, message = BAD_OUT[case]
    with make_batch() as batch:
        batch.reset(seed=1)
        before = batch.state_hash()
        arrays = out_arrays(batch)
        arrays[name] = spoil(arrays)
        with pytest.raises(error, match=message):
            batch.step(good_actions(batch), out=arrays)
        assert batch.state_hash() == before


def test_out_must_be_a_dict_and_must_not_overlap_the_actions():
    with make_batch(sensors=["last_action"]) as batch:
        assert batch.observation_size == batch.action_size
        batch.reset(seed=1)
        with pytest.raises(TypeError, match="out: must be a dict"):
            batch.step(good_actions(batch), out=[])
        actions = good_actions(batch)
        with pytest.raises(ValueError, match=r"actions: shares memory with out\[\"observation\"\]"):
            batch.step(actions, out={"observation": actions})


def test_arrays_of_another_batch_are_refused():
    with make_batch() as batch, make_batch(num_worlds=1) as other:
        batch.reset(seed=1)
        for call in (
            lambda: batch.reset(out=other.new_buffers()),
            lambda: batch.step(good_actions(batch), out=other.new_buffers()),
        ):
            with pytest.raises(ValueError, match="out: made for a batch of other sizes"):
                call()


def test_an_outbox_is_refused_without_a_radio():
    with make_batch() as batch:
        batch.reset(seed=1)
        with pytest.raises(ValueError, match=r"outbox.*radio"):
            batch.step(good_actions(batch), outbox={})


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"seed": -1}, ValueError, "seed = -1"),
        ({"seed": 2**64}, ValueError, "seed"),
        ({"seed": 1.5}, TypeError, "seed = 1.5"),
        ({"seed": True}, TypeError, "seed = True"),
        ({"seed": [1]}, ValueError, "1 seeds given, must be 2"),
        ({"seed": [1, "2"]}, TypeError, r"seed\[1\]"),
        ({"mask": [True, False]}, TypeError, "mask: must be a numpy.ndarray"),
        ({"mask": np.ones(2)}, TypeError, "mask: dtype"),
        ({"mask": np.ones(3, np.bool_)}, ValueError, r"mask: shape must be \(2,\)"),
        ({"options": {"gravity": 1}}, ValueError, "gravity"),
        ({"out": {"observation": np.zeros(3, np.float32)}}, ValueError, "shape"),
    ],
)
def test_bad_reset_arguments_are_refused(arguments, error, message):
    with make_batch() as batch:
        batch.reset(seed=1)
        before = batch.state_hash()
        with pytest.raises(error, match=message):
            batch.reset(**arguments)
        assert batch.state_hash() == before


def test_stepping_before_reset_and_after_close_is_refused():
    batch = make_batch()
    actions = good_actions(batch)
    with pytest.raises(RuntimeError, match=r"reset\(\) first"):
        batch.step(actions)
    batch.reset(mask=np.array([True, False]))
    with pytest.raises(RuntimeError, match=r"reset\(\) first"):
        batch.step(actions)
    batch.close()
    batch.close()
    assert batch.closed
    for call in (
        lambda: batch.step(actions),
        batch.reset,
        batch.observe,
        batch.snapshot,
        batch.state_hash,
        lambda: batch.state("position_w_m"),
        lambda: batch.status,
        lambda: batch.stats,
        batch.baseline,
    ):
        with pytest.raises(RuntimeError, match="the batch is closed"):
            call()
    # what was known before stays known
    assert batch.num_worlds == 2
    assert batch.config["task"] == "hover"


def test_a_finished_world_is_not_stepped_when_autoreset_is_disabled():
    with make_batch(autoreset="disabled", episode_s=0.1) as batch:
        batch.reset(seed=1)
        for _ in range(3):
            truncated = batch.step(good_actions(batch))[3]
        assert truncated.all()
        before = batch.state_hash()
        with pytest.raises(RuntimeError, match="world 0 has ended"):
            batch.step(good_actions(batch))
        assert batch.state_hash() == before
        batch.reset(mask=np.array([True, False]))
        with pytest.raises(RuntimeError, match="world 1 has ended"):
            batch.step(good_actions(batch))
        batch.reset(mask=np.array([False, True]))
        batch.step(good_actions(batch))


def test_concurrent_calls_are_refused():
    # large enough that a step is still running when the other thread calls; that it can call at
    # all shows that the interpreter lock is released meanwhile
    with volery.Batch("hover", num_worlds=30_000) as batch:
        batch.reset(seed=0)
        actions = good_actions(batch)
        refused = []
        stop = threading.Event()

        def step():
            while not stop.is_set():
                try:
                    batch.step(actions)
                except RuntimeError as error:
                    refused.append(str(error))
                    stop.set()

        threads = [threading.Thread(target=step) for _ in range(2)]
        for thread in threads:
            thread.start()
        stop.wait(timeout=20)
        stop.set()
        for thread in threads:
            thread.join()
        assert refused
        assert "different thread" in refused[0]
        batch.step(actions)


def test_bad_state_goal_and_config_changes_are_refused_whole():
    with make_batch() as batch:
        batch.reset(seed=1)
        before = batch.state_hash()
        good = batch.state("velocity_w_mps")[0] + 1
        for values, message in (
            ({"velocity_w_mps": good, "positon_w_m": good}, "positon_w_m.*position_w_m"),
            ({"velocity_w_mps": good, "position_w_m": good[:1]}, "shape"),
            ({"velocity_w_mps": good * np.nan}, "finite"),
            ({"velocity_w_mps": good, "quat_wb_xyzw": np.zeros((3, 4))}, "no direction"),
        ):
            with pytest.raises(ValueError, match=message):
                batch.set_state(0, values)
        with pytest.raises(ValueError, match="world = 2"):
            batch.set_state(2, {"velocity_w_mps": good})
        with pytest.raises(ValueError, match=r"positions.*position_w_m"):
            batch.state("positions")
        with pytest.raises(ValueError, match="world = 5"):
            batch.state_hash(world=5)
        goals = np.zeros((2, 3, 3), np.float32)
        with pytest.raises(TypeError, match="goals: dtype"):
            batch.set_goal(goals.astype(np.float64))
        with pytest.raises(ValueError, match="goals: shape"):
            batch.set_goal(goals[0])
        with pytest.raises(ValueError, match="finite"):
            batch.set_goal(goals + np.float32(np.nan))
        with pytest.raises(ValueError, match="mask: shape"):
            batch.set_goal(goals, np.ones(3, np.bool_))
        with pytest.raises(ValueError, match="num_worlds"):
            batch.set_config(None, {"num_worlds": 3})
        with pytest.raises(ValueError, match="episode_s"):
            batch.set_config(None, {"episode_s": -1.0})
        assert batch.state_hash() == before


def test_a_snapshot_is_restored_whole_or_not_at_all():
    with make_batch() as batch:
        batch.reset(seed=1)
        snapshot = batch.snapshot()
        batch.step(good_actions(batch))
        before = batch.state_hash()
        damaged = bytearray(snapshot)
        damaged[len(damaged) // 2] ^= 1
        for bad in (b"", b"no snapshot", snapshot[:-1], snapshot + b"\0", bytes(damaged)):
            with pytest.raises(ValueError, match="snapshot"):
                batch.restore(bad)
            assert batch.state_hash() == before
        for foreign, message in (
            ({"agent_rate_hz": 60}, "config"),
            ({"num_agents": 4}, "agents|state"),
        ):
            with make_batch(**foreign) as other:
                other.reset(seed=1)
                with pytest.raises(ValueError, match=rf"snapshot.*{message}"):
                    batch.restore(other.snapshot())
        with pytest.raises(ValueError, match="snapshot"):
            batch.restore(batch.snapshot(worlds=[0]), worlds=[0, 1])
        with pytest.raises(TypeError, match="must be bytes"):
            batch.restore(bytearray(snapshot))
        for worlds, message in (([], "at least one"), ([2], "world = 2"), ([-1], r"worlds\[0\]")):
            with pytest.raises(ValueError, match=message):
                batch.snapshot(worlds=worlds)
        assert batch.state_hash() == before


def test_a_newer_snapshot_is_refused():
    with make_batch() as batch:
        batch.reset(seed=1)
        snapshot = bytearray(batch.snapshot())
        # the version follows the 8 magic bytes; a reader must look at it before anything else
        snapshot[8:12] = (999).to_bytes(4, "little")
        with pytest.raises(ValueError, match=r"version|newer"):
            batch.restore(bytes(snapshot))


def test_bad_policies_and_observations_are_refused():
    with make_batch() as batch, make_batch(sensors=["pose"]) as blind:
        obs = batch.reset(seed=1)
        with pytest.raises(ValueError, match=r"hoover.*hover"):
            batch.baseline("hoover")
        with pytest.raises(ValueError, match=r"velocity|goal"):
            blind.baseline()
        policy = batch.baseline()
        with pytest.raises(TypeError, match="observation"):
            policy.act(obs.astype(np.float64))
        with pytest.raises(TypeError, match="observation"):
            policy.act(obs.tolist())
        with pytest.raises(ValueError, match="observation: shape"):
            policy.act(obs[..., :-1].copy())
        with pytest.raises(ValueError, match="strides"):
            policy.act(obs[..., ::-1])
        with pytest.raises(ValueError, match="out: shape"):
            policy.act(obs, out=np.zeros((2, 2, 4), np.float32))
        with pytest.raises(TypeError, match="out"):
            policy.act(obs, out=np.zeros((2, 3, 4)))
