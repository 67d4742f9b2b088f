"""What eight drones see: color, depth and segmentation of each, in one picture.

The drones fly a formation among crates. Cameras are read after every step, as a learner would read
them; the last pictures are saved as out/cameras.png.
"""

import time
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

import volery
from volery.cameras import STATIC_ID

DRONES, STEPS = 8, 90
WIDTH, HEIGHT = 96, 72
FAR_M = 12.0
PICTURE = Path("out/cameras.png")

rng = np.random.default_rng(3)
crates = [
    {
        "kind": ("box", "cylinder")[i % 2],
        "position_w_m": [4.5 * np.cos(angle), 4.5 * np.sin(angle), 0.7],
        "size_m": [0.8, 0.8, 1.4],
        "rpy_rad": [0, 0, rng.uniform(0, 3)],
    }
    for i, angle in enumerate(np.linspace(0, 2 * np.pi, 10, endpoint=False))
]
scene = {"statics": [{"kind": "plane"}, *crates]}
camera = {
    "name": "front",
    "position_b_m": [0.03, 0, 0.01],
    "rpy_b_rad": [0, 0.15, 0],  # a little down
    "fov_y_rad": 1.1,
    "far_m": FAR_M,
    "depth_noise_per_m": 0.004,
}

batch = volery.Batch(
    "formation",
    num_agents=DRONES,
    vehicle={"base": "cf2x", "cameras": [camera]},
    teams=["blue", "orange"],
    scene=scene,
)
cameras = volery.Cameras(batch, ("rgb", "depth", "segmentation"), width=WIDTH, height=HEIGHT)
pilot = batch.baseline()
observation = batch.reset(seed=5)
seconds = 0.0
for _ in range(STEPS):
    observation, *_ = batch.step(pilot.act(observation))
    start = time.perf_counter()
    pictures = cameras.read()
    seconds += time.perf_counter() - start
count = 3 * STEPS * DRONES
print(
    f"{count} pictures of {WIDTH} x {HEIGHT} by {cameras.backend}: {count / seconds:.0f} per second"
)


def atlas(taken, gap=np.nan):
    """The pictures (drones, height, width) side by side, four in a row, with gaps between them."""
    edge = ((0, 0), (1, 1), (1, 1), (0, 0))[: taken.ndim]
    taken = np.pad(taken, edge, constant_values=gap)
    rows = taken.reshape(2, 4, *taken.shape[1:])
    return np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0)


ids = pictures["segmentation"][0]
shown = np.where(ids == 0, 0.0, np.where(ids >= STATIC_ID, 1 + ids % 7, 8 + ids % 8))
mpl.use("Agg")
figure, axes = plt.subplots(3, 1, figsize=(8, 9.6), layout="constrained")
axes[0].imshow(atlas(pictures["rgb"][0], gap=255))
axes[0].set_title("color")
depth = axes[1].imshow(atlas(pictures["depth"][0]), cmap="viridis", vmin=0, vmax=FAR_M)
axes[1].set_title("depth along the optical axis")
figure.colorbar(depth, ax=axes[1], label="m")
axes[2].imshow(atlas(shown), cmap="tab20", interpolation="nearest")
axes[2].set_title("segmentation")
for one in axes:
    one.set_axis_off()
PICTURE.parent.mkdir(exist_ok=True)
figure.savefig(PICTURE, dpi=110)
print(f"wrote {PICTURE}")
batch.close()
