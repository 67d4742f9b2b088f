"""Writes what docs/ takes from the engine: pictures, measured errors, tables (`./run docs`).

Everything between `<!-- generated: NAME -->` and `<!-- end -->` of a page is replaced; pictures go
into docs/img/.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from volery import _volery, demo, plot_curves, plot_noise, plot_search, vehicles
from volery.cli.common import Progress

DOCS = Path(__file__).resolve().parent
MOST_BYTES = 60_000
DEMO_DPI = 75  # 1,200 pixels wide
SHOWN = "cf2x"


def replaced(text: str, name: str, contents: str) -> str:
    """Returns the page with the section of that name filled anew."""
    section = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not section.search(text):
        raise ValueError(f"no section '{name}'")
    return section.sub(lambda match: match[1] + contents + match[2], text)


def write_section(page: str, name: str, contents: str) -> None:
    """Fills a section of a page, if it changed."""
    path = DOCS / page
    old = path.read_text(encoding="utf-8")
    new = replaced(old, name, contents)
    if new != old:
        path.write_text(new, encoding="utf-8")


def row(*cells: object) -> str:
    """Returns one line of a table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def vehicle_table() -> str:
    """Returns the table of the shipped vehicles."""
    lines = row("name", "what", "mass", "thrust / weight", "hover", "roll authority", "rotors")
    lines += row(*["---"] * 7)
    for name in vehicles.rotorcraft():
        vehicle = vehicles.load(name)
        derived = {value.name: value.values for value in vehicle.derived}
        torque = derived["max_torque_b_nm"][0] / vehicle.config["inertia_b_kgm2"][0]
        what = vehicle.config["doc"].split(" (")[0]
        lines += row(
            f"`{name}`",
            what,
            f"{vehicle.config['mass_kg']:.3g} kg",
            f"{vehicle.thrust_to_weight:.2g}",
            f"{vehicle.hover_speed_radps:.0f} rad/s",
            f"{torque:.0f} rad/s²",
            vehicle.num_rotors,
        )
    return lines


def draw_pictures(folder: Path) -> str:
    """Draws every picture of the shown vehicle; returns the table of what was measured."""
    lines = row("curve", "against", "greatest difference") + row(*["---"] * 3)
    told = {
        "thrust": "k w²",
        "ground-effect": "Cheeseman and Bennett 1955 between half a radius and 8 radii",
        "motor": "first-order lag, closed form",
        "fall": "closed form of quadratic and linear drag",
    }
    for kind, against in told.items():
        curve = plot_curves.PLOTS[kind](SHOWN, folder / f"{kind}.png")
        lines += row(kind, against, f"{curve.error:.1e} of the greatest value")
    for rate, curve in plot_curves.draw_spin(SHOWN, folder / "spin.png").items():
        change = curve.measured[-1] / curve.measured[0] - 1
        turn = 1e3 * curve.notes["momentum_rad"]
        told_spin = f"energy {change:+.1e}, momentum turns by {turn:.2g} mrad"
        lines += row(f"spin, {rate} Hz, 10 s", "constant energy and momentum", told_spin)
    drop = plot_curves.draw_drop(SHOWN, folder / "drop.png").notes
    bounce = drop["rebound_mps"] / drop["impact_mps"]
    told_drop = (
        f"impact {drop['impact_mps']:.3f} m/s, rebound ratio {bounce:.3f} "
        f"(restitution {drop['restitution']:.3g}), at rest "
        f"{1e6 * (drop['last_height_m'] - drop['rest_m']):+.0f} um off its half height"
    )
    lines += row("drop", "free fall, then rest", told_drop)
    for picture in folder.glob("*.png"):
        if picture.stat().st_size > MOST_BYTES:
            raise ValueError(
                f"{picture} has {picture.stat().st_size} bytes, more than {MOST_BYTES}"
            )
    return lines


def draw_demo(folder: Path) -> None:
    """Flies `volery demo` and draws its picture, small enough for the README."""
    flight = demo.fly(32, 32, progress=Progress)
    world = flight.shown_world
    file = folder / "demo.webp"
    plot_search.draw_search(flight, demo.replay(flight, world), world, file, DEMO_DPI)
    if file.stat().st_size > MOST_BYTES:
        raise ValueError(f"{file} has {file.stat().st_size} bytes, more than {MOST_BYTES}")


def battery_section(folder: Path) -> str:
    """Draws a hover on one battery; returns its text, empty where the vehicle has no battery."""
    if not vehicles.load(SHOWN).config.get("battery", {}).get("capacity_ah"):
        return ""
    curve = plot_curves.draw_battery(SHOWN, folder / "battery.png")
    minutes, left = curve.notes["flight_s"] / 60, curve.notes["charge_left"]
    return (
        f"**Battery** in hover: it carries for {minutes:.1f} minutes, {100 * left:.0f} % of the\n"
        f"charge is left then; the voltage is within {1e3 * curve.error:.1f} thousandths of\n"
        "V = OCV - I R at the power of the hover.\n\n![voltage over time](img/battery.png)\n"
    )


def downwash_section(folder: Path) -> str:
    """Draws the downwash; returns its text, empty where this build has none."""
    if not any(field.path == "flight.downwash" for field in _volery.config_fields()):
        return ""
    curve = plot_curves.draw_downwash(SHOWN, folder / "downwash.png")
    share = f"{100 * curve.error:.1f} %"
    return (
        "**Downwash** of a hover: the vertical speed of the air that a second drone feels, within\n"
        f"{share} of the greatest speed of the self-similar jet (arXiv 2403.13321).\n\n"
        "![speed of the air over the distance](img/downwash.png)\n"
    )


def noise_section(folder: Path) -> str:
    """Draws turbulence and the noise of a gyroscope; returns their text."""
    spectrum = plot_noise.draw_turbulence(folder / "turbulence.png")
    gyroscope = plot_noise.draw_allan(folder / "allan.png")
    return (
        "**Turbulence** at drones that stand still in a mean wind: its spectrum in thirds of an\n"
        f"octave is {spectrum:.2f} decades (rms) from Dryden's; the last waves hold what lies\n"
        "beyond them.\n\n"
        "![spectrum of the wind](img/turbulence.png)\n\n"
        "**Gyroscope** at rest with white noise and a random walk of its bias: the Allan\n"
        "deviation falls with the one, rises with the other, and is nowhere farther than\n"
        f"{100 * gyroscope:.0f} % from their formula.\n\n"
        "![Allan deviation over the averaging time](img/allan.png)\n"
    )


def main() -> int:
    """Writes everything."""
    write_section("validation.md", "noise", noise_section(DOCS / "img"))
    write_section("vehicles.md", "vehicles", vehicle_table())
    write_section("validation.md", "battery", battery_section(DOCS / "img"))
    write_section("validation.md", "downwash", downwash_section(DOCS / "img"))
    write_section("validation.md", "errors", draw_pictures(DOCS / "img"))
    draw_demo(DOCS / "img")
    return 0


if __name__ == "__main__":
    sys.exit(main())
