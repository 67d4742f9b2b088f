"""A curriculum: masses, delays and gusts that spread as a pilot proves itself."""

import numpy as np

import volery


def ranges(spread: float) -> list[dict]:
    return [
        {
            "field": "vehicle.mass_kg",
            "how": "scale",
            "range": [1 - 0.2 * spread, 1 + 0.2 * spread],
            "limits": [0.8, 1.2],
        },
        {"field": "flight.command_delay_s", "range": [0, 0.02 * spread], "limits": [0, 0.02]},
        {
            "field": "flight.disturbance.force_std_n",
            "range": [0, 0.05 * spread],
            "limits": [0, 0.05],
        },
    ]


with volery.Batch("hover", 256, action="position", episode_s=4, randomize=ranges(0)) as batch:
    batch.reset(seed=0)
    pilot = batch.baseline()
    actions = np.empty((256, 1, batch.action_size), np.float32)
    for spread in (0.0, 0.5, 1.0):
        batch.set_config(None, {"randomize": ranges(spread)})
        observation = batch.reset()
        speeds = []
        for _ in range(90):
            pilot.act(observation, out=actions)
            observation, *_ = batch.step(actions)
            speeds.append(np.linalg.norm(batch.state("velocity_w_mps"), axis=-1).mean())
        mass = batch.randomized()["vehicle.mass_kg"]
        print(
            f"spread {spread:.1f}: masses {mass.min():.2f} to {mass.max():.2f} of the file's, "
            f"mean speed at the end {np.mean(speeds[-30:]):.3f} m/s"
        )
