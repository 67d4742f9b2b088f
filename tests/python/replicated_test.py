"""Replicated state: merges obey the laws that it rests on, and copies heal after a partition."""

import numpy as np
import pytest

import volery
from volery.replicated import Counter, Map, Set, merge

HALVES = [0, 0, 0, 1, 1, 1]
STEP_S = 1 / 30


def copies(rng, shape=(50, 7)):
    # few different stamps and values, so that ties are common
    return rng.integers(0, 4, shape), rng.integers(-2, 3, shape).astype(np.float32) / 2


def test_merges_are_commutative_associative_and_idempotent():
    rng = np.random.default_rng(0)
    for _ in range(100):
        a, b, c = copies(rng), copies(rng), copies(rng)
        for left, right in (
            (merge(*a, *b), merge(*b, *a)),
            (merge(*merge(*a, *b), *c), merge(*a, *merge(*b, *c))),
            (merge(*a, *a), a),
            (merge(*merge(*a, *b), *b), merge(*a, *b)),
        ):
            np.testing.assert_array_equal(left[0], right[0])
            np.testing.assert_array_equal(left[1], right[1])


def talking(num_worlds=3, **radio):
    config = {"range": {"kind": "unlimited"}, "inbox": {"slots": 6}, **radio}
    batch = volery.Batch("hover", num_worlds, 6, action="velocity", radio=config)
    batch.reset(seed=1)
    return batch


def run(batch, steps):
    controls = np.zeros((batch.num_worlds, 6, batch.layout.num_controls), np.float32)
    for _ in range(steps):
        batch.step(controls)


def partitioned(steps):
    return {"partitions": [{"groups": HALVES, "from_s": 0, "to_s": steps * STEP_S}]}


def test_a_counter_heals_after_a_partition_in_spite_of_losses():
    with talking(loss={"probability": 0.3}, faults=partitioned(30)) as batch:
        counter = Counter(batch)
        batch.radio.attach(counter)
        rng = np.random.default_rng(1)
        total = np.zeros((3, 2), np.int64)
        for _ in range(15):
            amount = rng.integers(0, 3, (3, 6))
            total += amount.reshape(3, 2, 3).sum(-1)
            counter.add(amount)
            run(batch, 1)
        run(batch, 14)
        # each half knows its own sum and nothing of the other
        np.testing.assert_array_equal(counter.value(), np.repeat(total, 3, axis=1))
        run(batch, 30)
        np.testing.assert_array_equal(
            counter.value(), np.broadcast_to(total.sum(1, keepdims=True), (3, 6))
        )


def test_a_map_agrees_on_the_last_writer():
    with talking(faults=partitioned(20)) as batch:
        table = Map(batch, 4)
        batch.radio.attach(table)
        one = np.zeros((3, 6), bool)
        one[:, 0] = True
        other = np.zeros((3, 6), bool)
        other[:, 5] = True
        table.write(2, 0.5, one)
        table.write(2, -0.5, other)
        table.write(2, 0.25, other)  # its second: later than the only one of the first
        run(batch, 19)
        assert (table.read(2)[:, :3] == np.float32(0.5)).all()
        run(batch, 20)
        assert (table.read(2) == np.float32(0.25)).all()
        assert np.isnan(table.read(3)).all()


def test_a_set_agrees_on_what_was_added_and_removed():
    with talking() as batch:
        items = Set(batch, 5)
        batch.radio.attach(items)
        items.add(1)
        items.add(4, np.arange(6) == 2)
        run(batch, 12)
        assert (items.members() == [False, True, False, False, True]).all()
        items.remove(1, np.arange(6) == 0)
        run(batch, 12)
        assert (items.members() == [False, False, False, False, True]).all()
        # what is not there cannot be removed, and adding twice is adding once
        items.remove(0)
        items.add(4)
        run(batch, 12)
        assert (items.members() == [False, False, False, False, True]).all()


def test_liars_cannot_break_a_copy():
    liars = {"liars": [{"agents": [0], "mode": "random"}]}
    with talking(faults=liars) as batch:
        table = Map(batch, 4)
        batch.radio.attach(table)
        table.write(0, 0.5)
        run(batch, 30)
        assert np.isfinite(table.values).all()
        assert (np.abs(table.values) <= 1).all()


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda b: Counter(b).add(-1), ValueError, "at least 0"),
        (lambda b: Counter(b).add(2**24), OverflowError, "updates"),
        (lambda b: Map(b, 2).write(2, 0.0), ValueError, "key = 2"),
        (lambda b: Map(b, 2).write(0, 1.5), ValueError, r"\[-1, 1\]"),
        (lambda b: Set(b, 2).add(5), ValueError, "item = 5"),
        (lambda b: Set(b, 0), ValueError, "0 entries"),
    ],
)
def test_what_replicated_state_refuses(call, error, match):
    with talking(1) as batch, pytest.raises(error, match=match):
        call(batch)


def test_it_needs_exact_numbers():
    with (
        talking(1, payload={"quantize_bits": 8}) as batch,
        pytest.raises(ValueError, match="floats"),
    ):
        Counter(batch)
    with talking(1, payload={"size": 2}) as batch, pytest.raises(ValueError, match="takes 3"):
        Counter(batch)


def test_copies_are_in_snapshots():
    with talking(loss={"probability": 0.5}) as batch:
        counter = Counter(batch)
        batch.radio.attach(counter)
        counter.add(np.arange(18).reshape(3, 6))
        run(batch, 3)
        snapshot = batch.snapshot()
        run(batch, 4)
        wanted, known = batch.state_hash(), counter.value()
        batch.restore(snapshot)
        run(batch, 4)
        assert batch.state_hash() == wanted
        np.testing.assert_array_equal(counter.value(), known)
        # another batch goes on with one of the worlds
        with talking(num_worlds=1, loss={"probability": 0.5}) as other:
            copy = Counter(other)
            other.radio.attach(copy)
            batch.restore(snapshot)
            other.restore(batch.snapshot([1]))
            run(batch, 4)
            run(other, 4)
            assert other.state_hash(0) == batch.state_hash(1)
            np.testing.assert_array_equal(copy.value()[0], counter.value()[1])


def test_copies_of_another_size_are_refused():
    with talking() as batch:
        batch.radio.attach(Set(batch, 5))
        snapshot = batch.snapshot()
        batch.radio.attach(Set(batch, 4))
        before = batch.state_hash()
        with pytest.raises(ValueError, match="5 entries, not of 4"):
            batch.restore(snapshot)
        assert batch.state_hash() == before
