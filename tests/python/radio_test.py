"""The radio from Python: outboxes, inboxes, packets, protocols, and what each of them refuses."""

import gymnasium
import numpy as np
import pytest

import volery

FAR = {"range": {"kind": "unlimited"}}


def make(radio, num_worlds=2, num_agents=4, **config):
    batch = volery.Batch("hover", num_worlds, num_agents, radio=radio, action="velocity", **config)
    batch.reset(seed=1)
    return batch


def still(batch):
    shape = (batch.num_worlds, batch.num_agents, batch.layout.num_controls)
    return np.zeros(shape, np.float32)


def test_an_outbox_reaches_the_inboxes_of_the_next_observation():
    with make({**FAR, "payload": {"size": 3}, "address": {"anonymous": False}}) as batch:
        box = batch.radio.outbox()
        box.data[:, 2] = [0.5, -0.25, 1]
        box.send[:, 2] = True
        batch.step(still(batch), outbox=box)
        inbox = batch.radio.inbox()
        heard = inbox.valid.any(-1)
        assert heard.tolist() == [[True, True, False, True]] * 2
        assert inbox.sender[0, 0].tolist() == [2, -1, -1, -1]
        np.testing.assert_array_equal(inbox.data[1, 3, 0], np.float32([0.5, -0.25, 1]))
        assert inbox.age_s[0, 0, 0] == pytest.approx(1 / batch.config["agent_rate_hz"])
        # silence empties them
        batch.step(still(batch), outbox={})
        assert not batch.radio.inbox().valid.any()


def test_messages_in_the_action_are_those_in_an_outbox():
    with make(FAR) as one, make(FAR) as other:
        rng = np.random.default_rng(0)
        for _ in range(5):
            actions = rng.uniform(-1, 1, (2, 4, one.action_size)).astype(np.float32)
            one.step(actions)
            controls = one.layout.num_controls
            other.step(
                np.ascontiguousarray(actions[..., :controls]),
                outbox={"data": actions[..., controls:-1], "send": actions[..., -1] > 0},
            )
            np.testing.assert_array_equal(one.state("inbox"), other.state("inbox"))


def test_packets_are_sent_and_received():
    radio = {**FAR, "address": {"mode": "any", "anonymous": False}}
    with make(radio) as batch:
        batch.radio.send(1, 0, [0.5, 0.25], to=3)
        batch.step(still(batch))
        assert batch.radio.receive(1, 2) == []
        (message,) = batch.radio.receive(1, 3)
        assert message.sender == 0
        assert message.data[:2].tolist() == [0.5, 0.25]
        assert message.range_m > 0
        assert np.linalg.norm(message.bearing) == pytest.approx(1, abs=1e-5)
        # once only
        batch.step(still(batch))
        assert batch.radio.receive(1, 3) == []


@pytest.mark.parametrize(
    ("kind", "data"), [("bytes", b"\x00\xff\x07"), ("text", "grüezi"), ("token", 5)]
)
def test_every_kind_of_payload_survives_the_air(kind, data):
    with make({**FAR, "payload": {"kind": kind, "size": 8}}) as batch:
        batch.radio.send(0, 1, data)
        batch.step(still(batch))
        (message,) = batch.radio.receive(0, 0)
        assert (int(np.argmax(message.data)) if kind == "token" else message.data) == data


def test_a_protocol_is_called_once_per_step_for_the_whole_batch():
    with make(FAR) as batch:
        calls = []

        def forward(inbox, outbox):
            # each tells the sum of what it has heard, and one more
            calls.append(inbox.valid.shape)
            outbox.data[..., 0] = np.clip(inbox.data[..., 0].sum(-1) + 0.01, -1, 1)
            outbox.send[:] = True

        batch.radio.attach(forward)
        for _ in range(3):
            batch.step(still(batch))
        assert calls == [(2, 4, 4)] * 3
        # 0.01, then three times that and one more, then three times that and one more
        np.testing.assert_allclose(batch.radio.inbox().data[:, :, :3, 0], 0.13, rtol=1e-5)
        batch.radio.attach(None)
        batch.step(still(batch), outbox={})
        assert len(calls) == 3


def test_fates_sum_to_the_candidates_and_the_trace_tells_them_apart():
    radio = {"loss": {"probability": 0.4}, "inbox": {"slots": 2}, "trace": True}
    with make(radio, num_agents=8) as batch:
        seen = np.zeros(len(batch.radio.fate_names))
        for _ in range(20):
            box = batch.radio.outbox()
            box.send[:] = True
            batch.step(still(batch), outbox=box)
            packets = batch.radio.packets()
            assert (packets["sender"] != packets["receiver"]).all()
            seen += np.bincount(packets["fate"], minlength=len(seen))
        counts = batch.radio.counts()
        fates = np.stack([counts[name] for name in batch.radio.fate_names])
        np.testing.assert_array_equal(fates.sum(0), counts["candidates"])
        np.testing.assert_array_equal(fates.sum((1, 2)), seen)
        assert counts["lost"].sum() > 0
        assert counts["inbox_full"].sum() > 0


def test_an_episode_reports_its_radio():
    with make(FAR, episode_s=0.2, autoreset="same_step") as batch:
        for _ in range(10):
            actions = np.ones((2, 4, batch.action_size), np.float32) * 0.1
            *_, info = batch.step(actions)
            if "episode" in info:
                break
        names = list(batch.radio.counts())
        assert info["episode"]["radio"].shape == (2, 4, len(names))
        assert info["episode"]["radio"][..., names.index("sent")].min() > 0


def test_a_learned_topology_follows_its_links():
    with make({**FAR, "topology": {"kind": "learned"}}) as batch:
        links = np.zeros((4, 4), bool)
        links[0, 1] = True
        batch.radio.set_links(links)
        box = batch.radio.outbox()
        box.send[:] = True
        batch.step(still(batch), outbox=box)
        assert batch.radio.inbox().valid.any(-1).tolist() == [[False, True, False, False]] * 2
        assert batch.radio.counts()["masked"].sum() == 2 * 11


@pytest.mark.parametrize("name", ["disc", "mpe", "rab", "swarmbench", "crowd"])
def test_every_radio_of_the_package_carries_messages(name):
    with make(name, num_agents=2) as batch:
        actions = np.zeros((2, 2, batch.action_size), np.float32)
        names = [column.name for column in batch.layout.action]
        actions[..., names.index("message_send")] = 1
        position = batch.state("position_w_m")[0].copy()
        position[1] = position[0] + [0.5, 0, 0]
        heard = 0
        for world in range(2):
            batch.set_state(world, {"position_w_m": position})
        for _ in range(10):
            batch.step(actions)
            heard += batch.radio.inbox().valid.sum()
        assert heard > 0


def test_vector_environments_take_the_outbox_as_columns():
    envs = volery.make_vec("hover", num_envs=2, num_agents=3, radio=FAR)
    size = envs.single_action_space.shape[-1]
    assert size == len(envs.unwrapped.batch.layout.action)
    envs.reset(seed=0)
    envs.step(envs.action_space.sample())
    envs.close()


def test_the_trace_is_turned_on_and_off_in_mid_episode():
    with make(FAR) as batch, make(FAR) as quiet:
        rng = np.random.default_rng(0)
        assert not batch.radio.trace
        for step in range(9):
            batch.radio.trace = 3 <= step < 6
            actions = rng.uniform(-1, 1, (2, 4, batch.action_size)).astype(np.float32)
            batch.step(actions)
            quiet.step(actions)
            assert batch.state_hash() == quiet.state_hash()
            if batch.radio.trace:
                assert len(batch.radio.packets()) > 0
        with pytest.raises(ValueError, match="trace"):
            batch.radio.packets()


def test_jammers_put_down_lose_what_those_of_the_config_lose():
    jammer = {"center_w_m": [0.5, 0.0, 1.0], "radius_m": 50.0, "probability": 0.6, "falling": True}
    with make(FAR) as batch, make({**FAR, "faults": {"jammers": [jammer]}}) as built:
        batch.radio.put_jammers(0, [jammer])
        batch.radio.put_jammers(1, [jammer])
        assert batch.radio.jammers(1) == [jammer]
        rng = np.random.default_rng(0)
        for _ in range(12):
            actions = rng.uniform(-1, 1, (2, 4, batch.action_size)).astype(np.float32)
            batch.step(actions)
            built.step(actions)
        for name, counts in batch.radio.counts().items():
            np.testing.assert_array_equal(counts, built.radio.counts()[name])
        assert batch.radio.counts()["jammed"].sum() > 0
        kept = batch.snapshot()
        batch.reset()
        assert batch.radio.jammers(0) == []
        batch.restore(kept)
        assert batch.radio.jammers(0) == [jammer]
        batch.radio.put_jammers(0, [])
        assert batch.radio.jammers() == []


@pytest.mark.parametrize(
    ("world", "jammers", "match"),
    [
        (0, [{"radius_m": -1}], r"set_jammers\.jammers\[0\]\.radius_m = -1"),
        (0, [{"radius": 1}], "radius_m"),
        (0, [{"from_s": 1}], "from_s"),
        (0, [{}] * 17, "jammers"),
        (2, [], "world = 2"),
    ],
)
def test_bad_jammers_are_refused(world, jammers, match):
    with make(FAR) as batch, pytest.raises(ValueError, match=match):
        batch.radio.put_jammers(world, jammers)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda r: r.send(0, 0, np.zeros(9)), r"at most \(8,\)"),
        (lambda r: r.send(0, 0, [2.0]), r"\[-1, 1\]"),
        (lambda r: r.send(0, 9, [0.0]), "sender = 9"),
        (lambda r: r.send(5, 0, [0.0]), "world = 5"),
        (lambda r: r.send(0, 0, [0.0], to=1), "only broadcasts"),
        (lambda r: r.send(0, 0, [0.0], channel=1), "channel = 1"),
        (lambda r: r.receive(0, 4), "agent 4"),
        (lambda r: r.packets(), "trace"),
        (lambda r: r.set_links(np.ones((4, 4))), "learned"),
    ],
)
def test_what_the_packet_api_refuses(call, match):
    with make(FAR) as batch:
        with pytest.raises(ValueError, match=match):
            call(batch.radio)
        batch.step(still(batch))


def test_unknown_receivers_are_named():
    with make({**FAR, "address": {"mode": "any"}}) as batch:
        with pytest.raises(ValueError, match=r"to = 5: no such receiver.*0 to 3 an agent"):
            batch.radio.send(0, 0, [0.0], to=5)
        box = batch.radio.outbox()
        box.to[1, 1] = 17
        with pytest.raises(ValueError, match="to = 17"):
            batch.step(still(batch), outbox=box)


@pytest.mark.parametrize(
    ("outbox", "error", "match"),
    [
        ({"dta": 0}, ValueError, "unknown entry 'dta'"),
        ({"send": np.ones((2, 3), bool)}, ValueError, r"send.*\(2, 3\).*\(2, 4\)"),
        ({"data": np.full((2, 4, 8), np.nan)}, ValueError, "finite"),
        ([1], TypeError, "Outbox or a dict"),
    ],
)
def test_what_an_outbox_refuses(outbox, error, match):
    with make(FAR) as batch, pytest.raises(error, match=match):
        batch.step(still(batch), outbox=outbox)


def test_masks_of_the_wrong_shape_are_refused():
    with make({**FAR, "topology": {"kind": "learned"}}) as batch:
        with pytest.raises(ValueError, match=r"\(3, 3\)"):
            batch.radio.set_links(np.ones((3, 3)))
        with pytest.raises(ValueError, match=r"\[0, 1\]"):
            batch.radio.set_links(np.full((4, 4), 2.0))


def test_agents_without_a_radio_cannot_send():
    with volery.Batch("hover", 1, 2, action="velocity") as batch:
        batch.reset(seed=0)
        with pytest.raises(ValueError, match="no radio"):
            batch.step(np.zeros((1, 2, 4), np.float32), outbox={})
        with pytest.raises(ValueError, match="set config radio"):
            _ = batch.radio


@pytest.mark.parametrize(
    ("radio", "error", "match"),
    [
        ({"payload": {"size": 0}}, ValueError, r"payload\.size = 0"),
        ({"range": {"range_m": [-1.0]}}, ValueError, "range_m"),
        ({"paylod": {}}, ValueError, "payload"),
        ("dicc", (ValueError, OSError), "disc"),
        (3, TypeError, "radio"),
    ],
)
def test_bad_radios_are_refused(radio, error, match):
    with pytest.raises(error, match=match):
        volery.Batch("hover", 1, 2, radio=radio)


def test_gymnasium_spaces_hold_what_is_observed():
    env = gymnasium.make_vec("Volery/Hover-v0", num_envs=2, radio=FAR)
    observation, _ = env.reset(seed=0)
    assert env.observation_space.contains(observation)
    env.close()
