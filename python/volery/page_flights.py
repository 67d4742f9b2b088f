"""Flights as tracks: a task under a scripted policy, and recordings, simulated again."""

from __future__ import annotations

from typing import Any

from volery.page_sampler import Sampler
from volery.page_track import Track


def fly(
    task: str,
    num_agents: int | None = None,
    *,
    steps: int,
    seed: int = 0,
    rate_hz: float = 20,
    policy: str | None = None,
    **config: Any,
) -> Track:
    """Returns the track of a world under a scripted policy.

    Args:
        task: Its name.
        num_agents: Agents; the task's default where None.
        steps: Agent steps.
        seed: Of world and policy.
        rate_hz: Of the samples.
        policy: "random", say; None for the task's own.
        **config: Any other field of the config.
    """
    from volery.batch import Batch

    with Batch(task, 1, num_agents, seed=seed, **config) as batch:
        if batch.config["radio"]:
            batch.radio.trace = True
        pilot = batch.baseline(policy, seed=seed)
        sampler = Sampler(batch, 0, rate_hz)
        observation = batch.reset(seed=seed)
        sampler.sample(just_reset=True)
        for step in range(steps):
            observation, _, _, _, info = batch.step(pilot.act(observation))
            same_step = batch.config["autoreset"] == "same_step"
            begun = info["ended" if same_step else "just_reset"][0]
            sampler.sample(just_reset=bool(begun), last=step == steps - 1)
        return sampler.track(seed)


def track_of(source: Any, world: int = 0, rate_hz: float = 20) -> Track:
    """Returns the track of a world of a recording, which is simulated again for it.

    Args:
        source: Path of a recording, or an open one.
        world: Which world.
        rate_hz: Of the samples.

    Raises:
        ValueError: For a world that is not there, or a rate that is not positive.
        OSError: For a file that cannot be read, or is no recording.
    """
    from volery.recording import Recording

    path = getattr(source, "path", source)
    # one of our own: it keeps packets, and the caller's stays where it is
    recording = Recording(path, trace=True)
    sampler = Sampler(recording, world, rate_hz)
    resets = {m[0] for m in recording.marks() if m[3] == "world_reset" and m[1] in (world, -1)}
    before = 0
    seed = None
    for position in recording:
        seed = recording.seeds[world] if seed is None else seed
        passed = int(recording.state("episode_steps")[world].max())
        fresh = passed == 0 and before > 0
        # from outside, and then a step before anybody looked
        fresh |= passed <= before and bool(resets & {position, position - 1})
        before = passed
        sampler.sample(just_reset=position == 0 or fresh, last=position == recording.num_steps)
    return sampler.track(seed, recording.notice)
