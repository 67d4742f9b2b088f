"""Protocols over the radio against their closed forms, many worlds at a time."""

import numpy as np

import volery

# of the mean of W independent worlds; one seed in 16,000 would fail
SIGMAS = 4


def make(num_worlds, num_agents, radio):
    config = {"range": {"kind": "unlimited"}, "inbox": {"range": False, "bearing": False}}
    for key, value in radio.items():
        config[key] = {**config.get(key, {}), **value}
    batch = volery.Batch(
        "hover", num_worlds, num_agents, action="velocity", radio=config, on_crash="continue"
    )
    batch.reset(seed=3)
    return batch, np.zeros((num_worlds, num_agents, batch.layout.num_controls), np.float32)


def test_a_rumor_spreads_as_doerr_and_kuenemann_say():
    """Uniform push: floor(log2 n) + ln n - 1.116 <= E[rounds] <= ceil(log2 n) + ln n + 2.765."""
    w, n = 100, 64
    batch, controls = make(
        w, n, {"address": {"mode": "any"}, "payload": {"size": 1}, "inbox": {"slots": 16}}
    )
    rng = np.random.default_rng(0)
    informed = np.zeros((w, n), bool)
    informed[:, 0] = True
    rounds = np.zeros(w)
    with batch:
        while not informed.all():
            rounds += ~informed.all(1)
            box = batch.radio.outbox()
            # anyone but oneself
            box.to[:] = (np.arange(n) + rng.integers(1, n, (w, n))) % n
            box.send[:] = informed
            batch.step(controls, outbox=box)
            informed |= batch.radio.inbox().valid.any(-1)
    spread = SIGMAS * rounds.std() / np.sqrt(w)
    assert rounds.mean() + spread >= np.floor(np.log2(n)) + np.log(n) - 1.116
    assert rounds.mean() - spread <= np.ceil(np.log2(n)) + np.log(n) + 2.765


def test_a_broadcast_needs_one_round():
    batch, controls = make(2, 16, {"payload": {"size": 1}})
    with batch:
        box = batch.radio.outbox()
        box.send[:, 5] = True
        batch.step(controls, outbox=box)
        assert batch.radio.inbox().valid.any(-1).sum() == 2 * 15


def test_stop_and_wait_that_forwards_on_receipt():
    """h hops, loss p, one-way delay d, timeout T: h (d + T p / (1 - p)) in the mean."""
    w, hops, loss, latency, timeout = 400, 3, 0.4, 1, 2
    batch, controls = make(
        w,
        hops + 1,
        {
            "payload": {"size": 1},
            "loss": {"probability": loss},
            "timing": {"latency_steps": latency},
            "topology": {"kind": "chain", "one_way": True},
        },
    )
    has = np.full((w, hops + 1), -1)  # the step since which a node has the packet
    has[:, 0] = 0
    step = 0
    with batch:
        while (has[:, -1] < 0).any():
            box = batch.radio.outbox()
            box.send[:] = (has >= 0) & ((step - has) % timeout == 0)
            batch.step(controls, outbox=box)
            step += 1
            arrived = batch.radio.inbox().valid.any(-1) & (has < 0)
            has[arrived] = step
    took = has[:, -1]
    expected = hops * (latency + timeout * loss / (1 - loss))
    assert abs(took.mean() - expected) <= SIGMAS * took.std() / np.sqrt(w)


def test_stop_and_wait_that_waits_for_acknowledgements():
    """h (2 d + T r / (1 - r)) with r = 1 - (1 - p)(1 - q), here q = p and d = 1, T = 2."""
    w, hops, loss, timeout = 400, 3, 0.25, 2
    batch, controls = make(
        w,
        hops + 1,
        {"payload": {"size": 1}, "address": {"mode": "any"}, "loss": {"probability": loss}},
    )
    worlds = np.arange(w)
    sender = np.zeros(w, int)  # whose turn it is to hand the packet on
    began = np.zeros(w, int)
    done = np.zeros(w, int)
    answers = np.zeros((w, hops + 1), bool)  # who has just heard the packet
    step = 0
    with batch:
        while (done == 0).any():
            box = batch.radio.outbox()
            busy = sender < hops
            sends = busy & ((step - began) % timeout == 0)
            box.send[worlds[sends], sender[sends]] = True
            box.to[worlds[sends], sender[sends]] = sender[sends] + 1
            box.send |= answers
            back = np.where(answers)
            box.to[back] = back[1] - 1
            batch.step(controls, outbox=box)
            step += 1
            heard = batch.radio.inbox().valid.any(-1)
            now = np.minimum(sender, hops)
            acknowledged = busy & heard[worlds, now]
            answers = np.zeros_like(answers)
            answers[worlds[busy], np.minimum(now + 1, hops)[busy]] = heard[
                worlds[busy], np.minimum(now + 1, hops)[busy]
            ]
            sender[acknowledged] += 1
            began[acknowledged] = step
            done[(sender == hops) & (done == 0)] = step
    both = 1 - (1 - loss) ** 2
    expected = hops * (2 + timeout * both / (1 - both))
    assert abs(done.mean() - expected) <= SIGMAS * done.std() / np.sqrt(w)
