"""Vehicles of one's own: the fit, what is filled in, the file, and what is refused."""

import re
from pathlib import Path

import numpy as np
import pytest

import volery
from volery import vehicles

DOCS = Path(__file__).resolve().parents[2] / "docs" / "vehicles.md"
INERTIA = (9e-3, 9e-3, 16e-3)


def a_stand(k=2.5e-6, c=0.02, points=9, fastest=2200.0):
    speed = np.linspace(300, fastest, points)
    return vehicles.fit_stand(speed_radps=speed, thrust_n=k * speed**2, torque_nm=c * k * speed**2)


def a_table(**changes):
    given = {
        "mass_kg": 1.1,
        "inertia_b_kgm2": INERTIA,
        "arm_m": 0.2,
        "rotor_radius_m": 0.09,
        "stand": a_stand(),
        "motor_rise_s": 0.04,
        **changes,
    }
    return vehicles.from_stand("mine", **given)


# --- the fit ------------------------------------------------------------------------------------


def test_the_fit_finds_the_coefficients_of_clean_points():
    fit = a_stand(k=2.5e-6, c=0.02)
    assert fit.thrust_coefficient_n_s2 == pytest.approx(2.5e-6)
    assert fit.torque_to_thrust_m == pytest.approx(0.02)
    assert fit.max_rotor_speed_radps == 2200
    assert fit.residual < 1e-12
    assert fit.num_points == 9


def test_the_fit_takes_rpm_and_does_without_torque():
    fit = vehicles.fit_stand(speed_rpm=[6000, 12000], thrust_n=[1, 4])
    assert fit.thrust_coefficient_n_s2 == pytest.approx(1 / 628.3185307**2)
    assert fit.torque_to_thrust_m is None


def test_the_fit_of_bitcrazes_stand_gives_the_crazyflie():
    # thrust of four motors in grams and rpm, Bitcraze 2015; cf2x.toml takes the highest point alone
    rpm = np.array([10885, 15924, 17174, 20539, 23882])
    grams = np.array([10.9, 24.4, 28.6, 41.7, 57.9])
    fit = vehicles.fit_stand(speed_rpm=rpm, thrust_n=grams / 4 * 9.80665e-3)
    ours = vehicles.load("cf2x").config
    # the points lie 4 % off a square at hover
    assert fit.thrust_coefficient_n_s2 == pytest.approx(ours["thrust_coefficient_n_s2"], rel=0.02)
    assert fit.max_rotor_speed_radps == pytest.approx(ours["max_rotor_speed_radps"], rel=1e-4)
    assert 0.005 < fit.residual < 0.02


def test_noise_of_the_stand_averages_out():
    speed = np.linspace(500, 2000, 200)
    noise = np.random.default_rng(0).normal(0, 0.1, 200)
    fit = vehicles.fit_stand(speed_radps=speed, thrust_n=2e-6 * speed**2 + noise)
    assert fit.thrust_coefficient_n_s2 == pytest.approx(2e-6, rel=5e-3)
    assert fit.residual == pytest.approx(0.1 / 8, rel=0.1)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ({"thrust_n": [1, 2]}, "either speed_rpm or speed_radps"),
        ({"thrust_n": [1, 2], "speed_rpm": [1, 2], "speed_radps": [1, 2]}, "either speed_rpm"),
        ({"thrust_n": [1, 2, 3], "speed_rpm": [1, 2]}, "of one length"),
        ({"thrust_n": [1], "speed_rpm": [1]}, "at least 2 points, not 1"),
        ({"thrust_n": [1, np.nan], "speed_rpm": [1, 2]}, r"thrust_n\[1\] = nan: must be finite"),
        ({"thrust_n": [1, 2], "speed_rpm": [0, 2]}, r"speed_rpm\[0\] = 0: .* above 0"),
        (
            {"thrust_n": [1, 2], "speed_rpm": [1, 2], "torque_nm": [0.1, -0.1]},
            r"torque_nm\[1\] = -0.1",
        ),
    ],
)
def test_points_that_say_nothing_are_refused(points, words):
    with pytest.raises(ValueError, match=words):
        vehicles.fit_stand(**points)


def test_a_stand_file_is_read(tmp_path):
    file = tmp_path / "stand.csv"
    file.write_text(
        "# my stand\nthrottle, rpm, thrust_g, torque_nm\n0, 0, 0, 0\n\n"
        "50, 6000, 100, 0.01\n100, 12000, 400, 0.04\n"
    )
    fit = vehicles.read_stand(file)
    assert fit.num_points == 2  # the row at rest carries nothing
    assert fit.thrust_coefficient_n_s2 == pytest.approx(0.4 * 9.80665 / 1256.637**2)
    assert fit.torque_to_thrust_m == pytest.approx(0.04 / (0.4 * 9.80665))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column rpm or radps"),
        ("speed,thrust_n\n1,2\n", r"no column rpm or radps; the header is \['speed', 'thrust_n'\]"),
        ("rpm,thrust\n1,2\n", "no column thrust_n or thrust_g"),
        ("rpm,thrust_n\n1,2\n3,x\n", r"stand.csv:3: thrust_n = 'x': not a number"),
        ("rpm,thrust_n\n1,2\n3\n", r"stand.csv:3: thrust_n = '': not a number"),
        ("rpm,thrust_n\n1,2\n", "stand.csv: .*at least 2 points"),
    ],
)
def test_a_bad_stand_file_is_located(tmp_path, text, words):
    file = tmp_path / "stand.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=words):
        vehicles.read_stand(file)


# --- the vehicle --------------------------------------------------------------------------------


def test_what_was_measured_is_what_the_engine_has():
    vehicle = vehicles.load(a_table())
    assert vehicle.config["mass_kg"] == pytest.approx(1.1)
    assert vehicle.max_thrust_n == pytest.approx(4 * 2.5e-6 * 2200**2, rel=1e-5)
    assert vehicle.hover_speed_radps == pytest.approx(np.sqrt(1.1 * 9.80665 / 1e-5), rel=1e-5)
    assert vehicle.config["torque_to_thrust_m"] == pytest.approx(0.02)
    assert vehicle.config["motor_fall_s"] == pytest.approx(0.04)


def test_layouts_are_those_of_the_crazyflies():
    for name, layout in (("cf2x", "x"), ("cf2p", "plus")):
        shipped = vehicles.load(name).config["rotors"]
        made = vehicles.rotor_layout(layout, 0.046)
        for ours, theirs in zip(made, shipped, strict=True):
            assert ours["spin"] == theirs["spin"]
            assert np.allclose(ours["position_b_m"], theirs["position_b_m"], atol=1e-5)


@pytest.mark.parametrize("layout", ["x", "plus"])
@pytest.mark.parametrize("num_rotors", [4, 6, 8])
def test_every_layout_hovers_in_the_engine(layout, num_rotors):
    table = a_table(layout=layout, num_rotors=num_rotors)
    with volery.Batch("hover", vehicle=table, action="rotor", episode_s=10) as batch:
        batch.reset(seed=0)
        # at rest in the air, so that the spawn's own motion does not count
        state = {name: np.zeros_like(batch.state(name)) for name in STILL}
        state["position_w_m"][:] = (0, 0, 2)
        state["quat_wb_xyzw"][..., 3] = 1
        hover = volery.vehicles.load(table)
        action = {value.name: value.values for value in hover.derived}["hover_action"][0]
        state["rotor_speed_radps"] = np.full_like(
            batch.state("rotor_speed_radps"), hover.hover_speed_radps
        )
        batch.set_state(0, {name: values[0] for name, values in state.items()})
        for _ in range(15):
            batch.step(np.full((1, 1, num_rotors), action, dtype=np.float32))
        # half a second: 0.1 mm is what float32 rotor speeds leave of the balance
        assert np.allclose(batch.state("position_w_m")[0, 0], (0, 0, 2), atol=1e-4)


STILL = ("position_w_m", "quat_wb_xyzw", "velocity_w_mps", "omega_b_radps", "rotor_speed_radps")


def test_inertia_of_a_box_with_motors():
    # a 0.12 x 0.12 x 0.06 box of 0.5 kg and four 50 g motors at 0.2 m, by hand
    jx, jy, jz = vehicles.estimate_inertia(0.5, (0.12, 0.12, 0.06), 0.05, 0.2)
    assert jx == pytest.approx(0.5 * (0.0144 + 0.0036) / 12 + 0.5 * 4 * 0.05 * 0.04)
    assert jy == jx
    assert jz == pytest.approx(0.5 * 0.0288 / 12 + 4 * 0.05 * 0.04)
    # the X500 from its parts: 1.7 kg of plates, pack and legs, 75 g motors with propellers
    estimate = vehicles.estimate_inertia(1.7, (0.25, 0.2, 0.2), 0.075, 0.25)
    measured = vehicles.load("x500").config["inertia_b_kgm2"]
    assert np.allclose(estimate, measured, rtol=0.25)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mass_kg": -1.0}, r"vehicle.mass_kg = -1.0: must be in \[0.005, 50\] kg"),
        ({"mass_kg": 9.0}, "vehicle: cannot hover: .* lift 48.*times the weight of 88"),
        (
            {"inertia_b_kgm2": (1e-3, 1e-3, 9e-3)},
            r"inertia_b_kgm2\[2\] = 0.009: .*sum of the other",
        ),
        ({"inertia_b_kgm2": (1e-3, 1e-3)}, "must have 3 elements"),
        ({"rotor_radius_m": 0.0}, r"vehicle.rotor_radius_m = 0.*0.005"),
        ({"motor_rise_s": 9.0}, r"vehicle.motor_rise_s = 9.*\[0, 2\] s"),
        ({"torque_to_thrust": 0.1}, r"unknown key \(did you mean 'torque_to_thrust_m'"),
        ({"layout": "y"}, "layout = 'y': must be 'x' or 'plus'"),
        ({"num_rotors": 5}, "num_rotors = 5: must be 4, 6 or 8"),
        ({"rotors": []}, "either arm_m .* or rotors"),
        (
            {
                "arm_m": None,
                "rotors": [{"position_b_m": [0.1 * i, 0, 0], "spin": 1} for i in range(4)],
            },
            "cannot command",
        ),
    ],
)
def test_vehicles_that_cannot_be_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        a_table(**changes)


def test_the_file_says_unit_meaning_and_source_of_each_number(tmp_path):
    table = a_table()
    file = vehicles.save(tmp_path / "mine.toml", table, {"mass_kg": "kitchen scale"})
    text = file.read_text()
    assert re.search(r"^mass_kg = 1.1  # kg: ready to fly \(kitchen scale\)$", text, re.M)
    assert re.search(r"^motor_fall_s = .*\(filled in: as the rise\)$", text, re.M)
    assert (
        "filled in"
        not in vehicles.to_toml(a_table(motor_fall_s=0.05)).split("motor_fall_s")[1].splitlines()[0]
    )
    for line in text.splitlines():
        number = re.match(r"(\w+) = [\d\[-]", line)
        if number and number[1] not in ("spin", "position_b_m"):
            assert "  # " in line, line
    assert vehicles.load(file).config == vehicles.load(table).config
    with volery.Batch("hover", vehicle=str(file)) as batch:
        batch.reset(seed=0)


def test_files_of_other_kinds_and_unknown_sources_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.toml"):
        vehicles.save(tmp_path / "mine.txt", a_table())
    with pytest.raises(ValueError, match=r"unknown field 'mass'.*mass_kg"):
        vehicles.to_toml(a_table(), {"mass": "scale"})


def test_loading_names_what_is_wrong(tmp_path):
    with pytest.raises(ValueError, match="unknown vehicle 'cf2y'"):
        vehicles.load("cf2y")
    with pytest.raises(OSError, match="no such file"):
        vehicles.load(tmp_path / "none.toml")
    with pytest.raises(TypeError, match="must be a string or a table"):
        vehicles.load(3)  # type: ignore[arg-type]
    heavy = vehicles.load({"base": "cf2x", "mass_kg": 0.03})
    assert heavy.thrust_to_weight < vehicles.load("cf2x").thrust_to_weight


# --- the page -----------------------------------------------------------------------------------


def test_the_worked_example_runs_as_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = DOCS.read_text()
    for name, contents in re.findall(r"<!-- file: (\S+) -->\n```\w*\n(.*?)```", text, re.S):
        Path(name).write_text(contents)
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    assert blocks
    scope = {"__name__": "docs"}
    for block in blocks:
        exec(compile(block, str(DOCS), "exec"), scope)


def test_the_errors_that_the_page_shows_are_those_that_come():
    shown = re.search(r"<!-- errors -->\n```\w*\n(.*?)```", DOCS.read_text(), re.S)[1]
    for line in shown.strip().splitlines():
        change, _, message = line.partition("  ->  ")
        with pytest.raises(ValueError, match=re.escape(message.strip())):
            vehicles.load({"base": "cf2x", **eval(change, {})})
