"""A load on a cable: a pendulum against its formula, then a drone that carries one."""

import numpy as np

import volery

GRAVITY = 9.80665
LENGTH, RATE, ANGLE = 0.5, 240, 0.5
ANCHOR = np.array([20.0, 0.0, 10.0])

# a ball that starts to the side of where its cable is held
pendulum = {
    "base": "empty",
    "props": [
        {
            "name": "bob",
            "kind": "sphere",
            "size_m": [0.05, 0.05, 0.05],
            "position_w_m": list(ANCHOR + LENGTH * np.array([np.sin(ANGLE), 0, -np.cos(ANGLE)])),
        }
    ],
    "cables": [{"a": "bob", "b": "world", "anchor_w_m": list(ANCHOR), "length_m": LENGTH}],
}
with volery.Batch("hover", scene=pendulum, agent_rate_hz=RATE, on_crash="continue") as batch:
    batch.reset(seed=0)
    hover = np.zeros((1, 1, batch.action_size), np.float32)
    place = []
    for _ in range(10 * RATE):
        batch.step(hover)
        place.append(batch.state("prop_position_w_m")[0, 0, 0] - ANCHOR[0])
# times at which it passes the middle, leftwards
x = np.array(place)
left = np.flatnonzero((x[:-1] > 0) & (x[1:] <= 0))
times = (left + x[left] / (x[left] - x[left + 1])) / RATE
period = np.diff(times).mean()
# 2 pi sqrt(L / g) over the arithmetic-geometric mean of 1 and cos(angle / 2)
a, g = 1.0, np.cos(ANGLE / 2)
for _ in range(5):
    a, g = (a + g) / 2, np.sqrt(a * g)
exact = 2 * np.pi * np.sqrt(LENGTH / GRAVITY) / a
print(f"period {period:.6f} s, by its formula {exact:.6f} s")

# the load hangs below the drone from the reset on; the law of the drone does not know of it
with volery.Batch("hover", scene="slung", action="velocity") as batch:
    batch.reset(seed=0)
    start = batch.state("position_w_m")[0, 0]
    for step in range(120):
        error = start - batch.state("position_w_m")[0, 0]
        action = np.zeros((1, 1, batch.action_size), np.float32)
        action[0, 0, :3] = np.clip(error, -1, 1)
        batch.step(action)
        if step % 30 == 29:
            drone = batch.state("position_w_m")[0, 0]
            load = batch.state("prop_position_w_m")[0, 0]
            tension = batch.state("cable_tension_n")[0, 0, 0]
            print(
                f"{step / 30 + 1 / 30:.0f} s: drone {drone[2] - start[2]:+.2f} m, "
                f"load {np.hypot(*(load - drone)[:2]):.2f} m aside, tension {tension:.3f} N"
            )
