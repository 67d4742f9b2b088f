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
