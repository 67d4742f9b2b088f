"""Flies through a cluttered room by planning alone: MPPI over the simulator itself.

Model predictive path integral control (Williams et al., "Information theoretic MPC", ICRA 2017):
a few hundred noisy copies of the last plan are flown from where the drone is, in worlds of their
own, and their average, weighted by what they earned, becomes the plan. Nothing is learned and no
map is read: rewards of the task and real contacts say what is in the way.
"""

import time

import numpy as np

import volery

BRANCHES, HORIZON = 256, 20  # copies, and agent steps that each looks ahead
SPREAD, SMOOTH = 0.35, 0.7  # of the noise: standard deviation, memory from step to step
TEMPERATURE = 0.05  # reward that makes a copy e times as heavy
WORLDS, FLIGHT_S, RATE_HZ = 3, 12.0, 15


def noise(rng, action_size):
    white = rng.normal(0, SPREAD, (HORIZON, BRANCHES, 1, action_size)).astype(np.float32)
    for t in range(1, HORIZON):
        white[t] = SMOOTH * white[t - 1] + np.sqrt(1 - SMOOTH**2) * white[t]
    white[:, 0] = 0  # one copy flies the plan as it is
    return white


def improved(batch, plan, rng):
    """The plan (T, U), better by one iteration, for the only world of the batch."""
    tries = np.clip(plan[:, None, None] + noise(rng, batch.action_size), -1, 1)
    played = batch.rollout(batch.snapshot([0]), tries, record=["reward"])
    returns = played["reward"].sum(axis=(0, 2), dtype=np.float64)
    weights = np.exp((returns - returns.max()) / TEMPERATURE)
    return np.einsum("b,tbau->tu", weights / weights.sum(), tries).astype(np.float32)


def fly(batch, seed):
    """Waypoints passed, crashes, and seconds of flight, in one episode."""
    rng = np.random.default_rng(seed)
    batch.reset(seed=seed)
    plan = np.zeros((HORIZON, batch.action_size), np.float32)
    while True:
        plan = improved(batch, plan, rng)
        *_, info = batch.step(plan[None, None, 0])
        if "episode" in info:
            names = [metric.name for metric in batch.layout.metrics]
            metrics = dict(zip(names, info["episode"]["metrics"][0, 0].tolist(), strict=True))
            return metrics["waypoints"], metrics["crashes"], info["episode"]["length"][0] / RATE_HZ
        plan = np.concatenate([plan[1:], plan[-1:]])


with volery.Batch(
    "waypoints",
    scene="room",
    action="velocity",
    autoreset="disabled",
    agent_rate_hz=RATE_HZ,
    episode_s=FLIGHT_S,
    task_config={"radius_m": 0.4, "num_waypoints": 3},
) as batch:
    start = time.perf_counter()
    flights = [fly(batch, seed) for seed in range(WORLDS)]
    wall_s = time.perf_counter() - start

passed, crashes, flown_s = (sum(column) for column in zip(*flights, strict=True))
done = sum(waypoints == 3 for waypoints, _, _ in flights)
print(
    f"{done} of {WORLDS} flights passed all 3 waypoints, {passed:.0f} in all, {crashes:.0f} crashes"
)
print(
    f"{flown_s:.1f} s of flight planned and flown in {wall_s:.1f} s: "
    f"{flown_s / wall_s:.1f} x real time"
)
