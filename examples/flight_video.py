"""Films a flight: a formation under its baseline, as a video and as a page to play with.

Needs no display. Writes out/formation.vrec, out/formation.mp4 and out/formation.html.
"""

from pathlib import Path

import volery
from volery.page import write_page
from volery.video import VideoWriter

STEPS = 150
OUT = Path("out")


def main() -> None:
    OUT.mkdir(exist_ok=True)
    recording = OUT / "formation.vrec"
    with volery.Batch("formation", num_agents=12) as batch, batch.record(recording):
        policy = batch.baseline(seed=0)
        painter = volery.Painter(batch, {"width": 640, "height": 360, "selected": [0]})
        observation = batch.reset(seed=0)
        with VideoWriter(OUT / "formation.mp4", fps=30) as video:
            for _ in range(STEPS):
                video.add(painter.rgb())
                observation, *_ = batch.step(policy.act(observation))
    print(f"video: {video.path}, drawn by {painter.device}")

    # the recording holds seeds and actions; the page is made by flying them again
    page = write_page(recording, OUT / "formation.html")
    print(f"page: {page}, opens in any browser")


if __name__ == "__main__":
    main()
