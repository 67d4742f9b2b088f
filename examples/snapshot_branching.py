"""Looks ahead: one world is copied 64 times, each copy tries other actions, the best one stays."""

import numpy as np

import volery

NUM_BRANCHES, HORIZON = 64, 10

rng = np.random.default_rng(0)
with volery.Batch("hover") as real, volery.Batch("hover", NUM_BRANCHES) as branches:
    real.reset(seed=0)
    branches.reset(seed=0)
    total = 0.0
    for _ in range(30):
        snapshot = real.snapshot()
        for branch in range(NUM_BRANCHES):
            branches.restore(snapshot, worlds=[branch])
        # each branch holds one action for the whole horizon; the first one holds none
        tries = rng.normal(0, 0.2, (NUM_BRANCHES, 1, real.action_size)).astype(np.float32)
        tries[0] = 0
        returns = np.zeros(NUM_BRANCHES)
        for _ in range(HORIZON):
            returns += branches.step(tries)[1][:, 0]
        best = int(returns.argmax())
        total += float(real.step(tries[best : best + 1])[1][0, 0])
    print(f"return over 30 steps with {NUM_BRANCHES} branches of {HORIZON}: {total:.2f}")
    # the copies were exact, so the same search gives the same result on any machine
    print(f"state {real.state_hash():016x}")
