"""The figures of a flight of `volery demo` as rows of a table."""

from __future__ import annotations

import numpy as np

from volery import _volery
from volery.demo import Flight
from volery.relay_log import NEVER, task_number

Row = tuple[str, str]

# fates in the words of the table
_CAUSES = {
    "out_of_range": "out of range",
    "occluded": "behind obstacles",
    "lost": "lost on the air",
    "bit_error": "bit errors",
    "collision": "collided",
    "half_duplex": "while sending",
    "queue_full": "queue full",
    "inbox_full": "inbox full",
    "expired": "expired",
    "receiver_dead": "receiver dead",
    "masked": "masked",
    "jammed": "jammed",
    "duplicate": "heard before",
}


def report(flight: Flight) -> list[Row]:
    """Returns the figures of a flight as rows of a table."""
    return [*_search(flight), *_radio(flight), *_speed(flight)]


def _search(flight: Flight) -> list[Row]:
    metrics = flight.metrics
    worlds, agents = metrics["success"].shape
    rate = flight.config["agent_rate_hz"]
    targets = int(task_number(flight.config, "num_targets"))
    found, home = metrics["found"][:, 0], metrics["reported"][:, 0]
    count = worlds * targets
    return [
        (
            "flown",
            f"{worlds} halls, in each a base, {agents - 1} drones and {targets} targets; "
            f"{flight.length.mean() / rate:.0f} s",
        ),
        ("found", f"{found.mean():.1%} of {count} targets seen by a drone"),
        ("reported", f"{home.mean():.1%} of the targets heard of by the base, {_whole(flight)}"),
        (
            "area under reported",
            f"{metrics['reported_area'][:, 0].mean():.3f} of 1: its share, mean over the time",
        ),
        ("first, last report", _report_times(flight)),
        (
            "collisions",
            f"{int(metrics['collisions'].sum())} with drones, "
            f"{int(metrics['obstacle_hits'].sum())} with obstacles; each drone counts its own",
        ),
        ("closest approach", f"{metrics['closest_m'].min():.2f} m between centers"),
    ]


def _whole(flight: Flight) -> str:
    success = flight.metrics["success"][:, 0]
    return f"all in {int(success.sum())} of {len(success)} halls"


def _report_times(flight: Flight) -> str:
    rate = flight.config["agent_rate_hz"]
    steps = [
        [f.reported_step for f in findings if f.reported_step != NEVER]
        for findings in flight.findings
    ]
    first = [min(world) / rate for world in steps if world]
    last = [max(world) / rate for world in steps if world]
    if not first:
        return "never"
    return f"after {np.mean(first):.2f} s and {np.mean(last):.2f} s, mean of the halls"


def _radio(flight: Flight) -> list[Row]:
    if not flight.radio:
        return [("radio", "off")]
    radio = {name: float(values.sum()) for name, values in flight.radio.items()}
    agents = flight.radio["sent"].shape[1]
    time_s = float(flight.length.sum()) / flight.config["agent_rate_hz"]
    table = flight.config["radio"]
    budget = table["bandwidth"]["rate_bytes_ps"]
    spent = flight.radio["bytes_sent"] / (flight.length[:, None] / flight.config["agent_rate_hz"])
    return [
        (
            "messages",
            f"{radio['sent']:,.0f} sent, {radio['sent'] / time_s / (agents - 1):.2f} per drone "
            f"and second; {_held_back(radio)}",
        ),
        (
            "delivered",
            f"{_share(radio, 'delivered')} of the {radio['candidates']:,.0f} receptions possible "
            "within range",
        ),
        ("not delivered", _causes(radio)),
        (
            "bytes",
            f"{spent[:, 1:].mean():.1f} per drone and second, the busiest {spent.max():.1f}"
            + (f"; budget {budget:.0f}" if budget > 0 else "; no budget"),
        ),
        ("delay", _delay(flight, radio)),
        ("hops", _hops(flight)),
    ]


def _share(radio: dict[str, float], name: str) -> str:
    return f"{radio[name] / max(1.0, radio['candidates']):.1%}"


def _held_back(radio: dict[str, float]) -> str:
    return f"{radio['refused_rate']:,.0f} over the budget, {radio['no_slot']:,.0f} without a slot"


def _causes(radio: dict[str, float]) -> str:
    names = _volery.radio_count_names()
    fates = names[: names.index("candidates")]
    lost = sorted((f for f in fates if f != "delivered" and radio[f] > 0), key=lambda f: -radio[f])
    return ", ".join(f"{_CAUSES.get(f, f)} {_share(radio, f)}" for f in lost) or "nothing"


def _delay(flight: Flight, radio: dict[str, float]) -> str:
    if radio["delivered"] == 0:
        return "nothing delivered"
    steps = radio["delay_steps"] / radio["delivered"]
    return f"{1e3 * steps / flight.config['agent_rate_hz']:.1f} ms per hop, mean of the delivered"


def _hops(flight: Flight) -> str:
    hops = [int(f.hops[0]) for world in flight.findings for f in world if f.way()]
    if not hops:
        return "not known"
    return f"{np.mean(hops):.2f} from who saw a target to the base, mean; at most {max(hops)}"


def _speed(flight: Flight) -> list[Row]:
    rate, worlds = flight.config["agent_rate_hz"], flight.metrics["success"].shape[0]
    simulated_s = flight.steps / rate * worlds
    talk = ", radio" if flight.radio else ""
    return [
        (
            "speed",
            f"{flight.stats.agent_steps / flight.step_s / 1e6:.2f} M agent-steps/s with contacts, "
            f"sensors{talk}",
        ),
        (
            "times real time",
            f"{simulated_s / flight.step_s:,.0f} on {flight.config['num_threads']} threads",
        ),
        ("plain Bullet", f"{flight.plain_s * 1e3:.2f} ms per step for the same bodies, one thread"),
        (
            "Volery",
            f"{flight.physics_s * 1e3:.2f} ms for control, physics and rewards, one thread",
        ),
        ("speed-up", f"{flight.plain_s / flight.physics_s:.0f} times plain Bullet"),
    ]
