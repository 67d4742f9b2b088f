"""Flights as tracks: a task under a scripted policy, and recordings, simulated again."""

from __future__ import annotations

from collections.abc import Sequence
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
        if batch.config["radio"] and not batch.config["radio"]["trace"]:
            radio = {**batch.config["radio"], "trace": True}
            same: dict[str, Any] = {"steps": steps, "seed": seed, "rate_hz": rate_hz}
            return fly(task, num_agents, **same, policy=policy, **{**config, "radio": radio})
        pilot = batch.baseline(policy, seed=seed)
        sampler = Sampler(_Live(batch), 0, rate_hz)
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
    sampler = Sampler(_Replayed(recording), world, rate_hz)
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


class _Live:
    """A batch as `Sampler` asks for it."""

    def __init__(self, batch: Any) -> None:
        self.config: dict[str, Any] = batch.config
        self.layout = batch.layout
        self.state = batch.state
        self.state_fields: Sequence[Any] = batch.state_fields
        self.packets = batch.radio.packets if batch.config["radio"] else None


class _Replayed:
    """A recording likewise; its batch keeps packets whatever the config of the run said."""

    def __init__(self, recording: Any) -> None:
        config = recording.config
        radio = {**config["radio"], "trace": True} if config["radio"] else config["radio"]
        self.config: dict[str, Any] = {**config, "radio": radio}
        self.layout = recording.layout
        self.state = recording.state
        self.state_fields: Sequence[Any] = recording.state_fields
        self.packets = recording.packets
