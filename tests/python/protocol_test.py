"""Protocols in Python: called for all agents at once, by name, wherever a batch is made."""

from dataclasses import dataclass

import numpy as np
import pytest

import volery
from volery import protocol as protocols


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch):
    monkeypatch.setattr(protocols, "_registered", {})


def count_protocol():
    @volery.register_protocol("count")
    class Count(volery.Protocol):
        @dataclass(frozen=True)
        class Config:
            step: float = volery.option(0.01, low=0, high=1)

        def begin(self):
            self.calls = 0
            self.begun = []

        def reset(self, worlds):
            self.begun.append(worlds.tolist())

        def exchange(self, inbox, outbox):
            self.calls += 1
            assert inbox.valid.shape[:2] == outbox.send.shape
            outbox.data[..., 0] = self.calls * self.config.step
            outbox.send[:] = True

    return Count


def make(**changes):
    return volery.Batch(
        "formation", **{"num_worlds": 2, "num_agents": 3, "radio": "disc", **changes}
    )


def still(batch):
    return np.zeros((batch.num_worlds, batch.num_agents, batch.layout.num_controls), np.float32)


def test_what_it_writes_is_heard_one_step_later():
    count_protocol()
    with make(protocol="count", protocol_config={"step": 0.25}) as batch:
        batch.reset(seed=0)
        for call in (1, 2, 3):
            batch.step(still(batch))
            inbox = batch.radio.inbox()
            assert inbox.valid.any()
            assert (inbox.data[inbox.valid][:, 0].max()) == np.float32(call * 0.25)
        assert batch.protocol.calls == 3


def test_it_is_told_of_worlds_that_begin():
    count_protocol()
    with make(protocol="count", episode_s=0.1) as batch:
        batch.reset(seed=0)
        batch.reset(mask=np.array([False, True]))
        for _ in range(4):
            batch.step(still(batch))
        assert batch.protocol.begun == [[0, 1], [1], [0, 1]]


def test_environments_take_it_by_name():
    count_protocol()
    env = volery.make_vec("formation", 2, num_agents=3, radio="disc", protocol="count")
    env.reset(seed=0)
    env.step(env.action_space.sample())
    assert env.batch.protocol.calls == 1
    env.close()


def test_branches_of_a_rollout_talk_too():
    count_protocol()
    with make(protocol="count", num_worlds=1) as batch:
        batch.reset(seed=0)
        shape = (3, 5, 3, batch.action_size)
        batch.rollout(batch.snapshot([0]), np.zeros(shape, np.float32))
        assert batch._branches.protocol.calls == 3
        assert batch._branches.protocol.begun == [[0, 1, 2, 3, 4]]
        assert batch.protocol.calls == 0


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"protocol": "cuont"}, ValueError, "count"),
        ({"protocol": 3}, TypeError, "name"),
        ({"protocol": "count", "radio": ""}, ValueError, "no radio"),
        ({"protocol": "count", "protocol_config": {"stp": 1.0}}, ValueError, "step"),
        ({"protocol": "count", "protocol_config": {"step": 2.0}}, ValueError, "must be in"),
        ({"protocol": "count", "protocol_config": [1.0]}, TypeError, "dict"),
    ],
)
def test_bad_arguments_are_named(changes, error, text):
    count_protocol()
    with pytest.raises(error, match=text):
        make(**changes)


def test_a_mistake_is_told_and_the_batch_stays_usable():
    @volery.register_protocol("broken")
    class Broken(volery.Protocol):
        wrong = True

        def exchange(self, inbox, outbox):
            if self.wrong:
                outbox.data[:] = np.zeros(7)

    with make(protocol="broken") as batch:
        batch.reset(seed=0)
        with pytest.raises(ValueError, match="broadcast"):
            batch.step(still(batch))
        batch.protocol.wrong = False
        batch.step(still(batch))


def test_bad_declarations_are_refused():
    ours = count_protocol()
    with pytest.raises(ValueError, match="lower case"):
        volery.register_protocol("Count-Up")
    with pytest.raises(TypeError, match="string"):
        volery.register_protocol(ours)
    with pytest.raises(TypeError, match="must decorate"):
        volery.register_protocol("count")(int)
    with pytest.raises(TypeError, match="needs a method exchange"):
        volery.register_protocol("other")(type("Mute", (volery.Protocol,), {}))
    with pytest.raises(ValueError, match="has it"):
        volery.register_protocol("count")(
            type("Loud", (volery.Protocol,), {"exchange": ours.exchange})
        )


def remember_protocol():
    @volery.register_protocol("remember")
    class Remember(volery.Protocol):
        """Says a mean of what it knew and what it hears."""

        def begin(self):
            self.known = np.zeros((self.batch.num_worlds, self.batch.num_agents), np.float32)

        def reset(self, worlds):
            self.known[worlds] = np.linspace(0, 0.5, self.batch.num_agents, dtype=np.float32)

        def snapshot(self, worlds):
            return {"known": self.known[worlds]}

        def restore(self, memory, worlds):
            self.known[worlds] = memory["known"]

        def exchange(self, inbox, outbox):
            heard = np.where(inbox.valid, inbox.data[..., 0], 0).max(axis=-1)
            self.known = np.float32(0.75) * self.known + np.float32(0.25) * heard
            outbox.data[..., 0] = self.known
            outbox.send[:] = True

    return Remember


def run(batch, steps):
    for _ in range(steps):
        batch.step(still(batch))


def test_a_restored_run_remembers():
    remember_protocol()
    with make(protocol="remember") as batch, make(protocol="remember", num_threads=2) as other:
        batch.reset(seed=0)
        run(batch, 4)
        snapshot = batch.snapshot()
        assert batch.snapshot() == snapshot
        run(batch, 6)
        wanted, known = batch.state_hash(), batch.protocol.known.copy()
        for again in (batch, other):
            if again is other:
                again.reset(seed=9)
            again.restore(snapshot)
            run(again, 6)
            assert again.state_hash() == wanted
            np.testing.assert_array_equal(again.protocol.known, known)
        # without its memory it says something else
        hashes = []
        for factor in (1, 0):
            batch.restore(snapshot)
            batch.protocol.known *= factor
            run(batch, 1)
            hashes.append(batch.state_hash())
        assert hashes[0] != hashes[1]


def test_worlds_are_remembered_one_by_one():
    remember_protocol()
    with make(protocol="remember", num_worlds=3) as batch:
        batch.reset(seed=0)
        run(batch, 2)
        batch.protocol.known[:] += np.array([[0.1], [0.2], [0.3]], np.float32)
        known = batch.protocol.known.copy()
        snapshot = batch.snapshot([2, 0])
        run(batch, 3)
        batch.restore(snapshot, [0, 1])
        np.testing.assert_array_equal(batch.protocol.known[:2], known[[2, 0]])


def test_branches_go_on_with_what_was_remembered():
    remember_protocol()
    with make(protocol="remember", num_worlds=1, action="velocity") as batch:
        batch.reset(seed=0)
        run(batch, 3)
        snapshot = batch.snapshot([0])
        plan = np.zeros((5, 4, 3, batch.action_size), np.float32)
        played = batch.rollout(snapshot, plan, record=["inbox"])
        run(batch, 5)
        for branch in range(4):
            np.testing.assert_array_equal(played["inbox"][-1, branch], batch.state("inbox")[0])


@pytest.mark.parametrize(
    ("snapshot", "error", "message"),
    [
        (lambda self, worlds: [1], TypeError, "must return a dict"),
        (
            lambda self, worlds: {"a": np.zeros(7)},
            ValueError,
            r"'a' has shape \(7,\).*begin with 2",
        ),
        (lambda self, worlds: {"a": [object(), object()]}, TypeError, "array of numbers"),
    ],
)
def test_bad_memory_is_named(snapshot, error, message):
    remember_protocol().snapshot = snapshot
    with make(protocol="remember") as batch:
        batch.reset(seed=0)
        with pytest.raises(error, match=message):
            batch.snapshot()


def test_a_snapshot_and_a_protocol_have_to_belong_together():
    remember = remember_protocol()
    count_protocol()
    with make(protocol="remember") as batch, make(protocol="count") as other:
        for each in (batch, other):
            each.reset(seed=0)
            run(each, 2)
        with pytest.raises(ValueError, match=r"holds no memory of .*Remember"):
            batch.restore(other.snapshot())
        with pytest.raises(ValueError, match=r"the memory of .*Remember, the batch's .* none"):
            other.restore(batch.snapshot())
        good = batch.snapshot()
        bad = bytearray(good)
        bad[len(bad) // 2] ^= 1
        for damaged in (bytes(bad), good[:-5], good[:9]):
            with pytest.raises(ValueError, match="damaged"):
                batch.restore(damaged)
        # a protocol that fails leaves the worlds as they were
        before = batch.state_hash()
        run(batch, 1)
        after = batch.state_hash()
        remember.restore = lambda self, memory, worlds: memory["unknown"]
        with pytest.raises(KeyError):
            batch.restore(good)
        assert batch.state_hash() == after != before


def test_one_half_of_the_pair_is_refused():
    with pytest.raises(TypeError, match="belong together"):

        @volery.register_protocol("half")
        class Half(volery.Protocol):
            def snapshot(self, worlds):
                return {}

            def exchange(self, inbox, outbox):
                pass
