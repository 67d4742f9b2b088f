"""Frames and rotor numbers: a known value and the way back for each."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from volery import frames, throttle, vehicles

DOCS = Path(__file__).resolve().parents[2] / "docs" / "frames.md"

# float64 products of a few factors near 1
TOLERANCE = 1e-12
HALF = math.sqrt(0.5)


def some_quaternions(shape=(5, 7)):
    q = np.random.default_rng(0).normal(size=(*shape, 4))
    return q / np.linalg.norm(q, axis=-1, keepdims=True)


def same_attitude(a, b):
    """Whether quaternions are equal up to their sign."""
    return np.allclose(np.abs(np.sum(a * b, axis=-1)), 1, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("there", "back", "known"),
    [
        (frames.enu_to_ned, frames.ned_to_enu, [2, 1, -3]),
        (frames.flu_to_frd, frames.frd_to_flu, [1, -2, -3]),
    ],
)
def test_vectors_go_there_and_back(there, back, known):
    assert there([1, 2, 3]).tolist() == known
    v = np.random.default_rng(0).normal(size=(4, 6, 3))
    assert np.array_equal(back(there(v)), v)
    assert np.array_equal(there(v)[2, 3], there(v[2, 3]))


def test_north_east_and_up_are_where_ned_has_them():
    east, north, up = np.eye(3)
    assert frames.enu_to_ned(north).tolist() == [1, 0, 0]
    assert frames.enu_to_ned(east).tolist() == [0, 1, 0]
    assert frames.enu_to_ned(up).tolist() == [0, 0, -1]


def test_quaternion_orders_go_there_and_back():
    assert frames.xyzw_to_wxyz([1, 2, 3, 4]).tolist() == [4, 1, 2, 3]
    assert frames.wxyz_to_xyzw([4, 1, 2, 3]).tolist() == [1, 2, 3, 4]
    q = some_quaternions()
    assert np.array_equal(frames.wxyz_to_xyzw(frames.xyzw_to_wxyz(q)), q)


def test_level_and_facing_east_is_yaw_90_in_ned():
    # the identity in ENU/FLU looks east, which is 90 degrees clockwise of north
    q = frames.attitude_enu_flu_to_ned_frd([0, 0, 0, 1])
    assert np.allclose(q, [0, 0, HALF, HALF], atol=TOLERANCE)
    assert np.allclose(frames.rpy_from_quat(q), [0, 0, math.pi / 2], atol=TOLERANCE)
    # and facing north is the identity there
    north = frames.quat_from_rpy([0, 0, math.pi / 2])
    assert same_attitude(frames.attitude_enu_flu_to_ned_frd(north), np.array([0, 0, 0, 1.0]))


def test_attitudes_go_there_and_back():
    q = some_quaternions()
    there = frames.attitude_enu_flu_to_ned_frd(q)
    assert np.allclose(np.linalg.norm(there, axis=-1), 1, atol=TOLERANCE)
    assert same_attitude(frames.attitude_ned_frd_to_enu_flu(there), q)


def test_a_body_vector_points_the_same_way_in_both_worlds():
    q = some_quaternions()
    v_flu = np.random.default_rng(1).normal(size=(5, 7, 3))
    in_enu = np.einsum("...ij,...j->...i", frames.matrix_from_quat(q), v_flu)
    turned = frames.matrix_from_quat(frames.attitude_enu_flu_to_ned_frd(q))
    in_ned = np.einsum("...ij,...j->...i", turned, frames.flu_to_frd(v_flu))
    assert np.allclose(frames.enu_to_ned(in_enu), in_ned, atol=TOLERANCE)


def test_euler_angles_go_there_and_back():
    rpy = np.random.default_rng(2).uniform(-1.5, 1.5, (8, 9, 3)) * (2, 1, 2)
    assert np.allclose(frames.rpy_from_quat(frames.quat_from_rpy(rpy)), rpy, atol=1e-9)
    assert np.allclose(
        frames.quat_from_rpy([0.3, 0, 0]), [math.sin(0.15), 0, 0, math.cos(0.15)], atol=TOLERANCE
    )
    # positive pitch lowers the nose in FLU: the body's x points down
    nose = frames.matrix_from_quat(frames.quat_from_rpy([0, 0.3, 0]))[:, 0]
    assert nose[2] == pytest.approx(-math.sin(0.3))


def test_euler_angles_in_ned_are_those_of_the_turned_attitude():
    rpy = np.random.default_rng(3).uniform(-1.5, 1.5, (20, 3)) * (2, 1, 2)
    turned = frames.rpy_enu_flu_to_ned_frd(rpy)
    by_quaternion = frames.attitude_enu_flu_to_ned_frd(frames.quat_from_rpy(rpy))
    assert same_attitude(frames.quat_from_rpy(turned), by_quaternion)
    assert np.allclose(frames.rpy_ned_frd_to_enu_flu(turned), rpy, atol=1e-9)
    assert np.allclose(
        frames.rpy_enu_flu_to_ned_frd([0.1, 0.2, 0]), [0.1, -0.2, math.pi / 2], atol=TOLERANCE
    )


def test_crazyflie_setpoints_have_pitch_inverted_and_degrees():
    assert np.allclose(frames.crazyflie_legacy_rpy([0.1, 0.2, 0.3]), np.degrees([0.1, -0.2, 0.3]))
    rpy = np.random.default_rng(4).normal(size=(3, 3))
    assert np.allclose(frames.rpy_from_crazyflie_legacy(frames.crazyflie_legacy_rpy(rpy)), rpy)


@pytest.mark.parametrize("call", [frames.enu_to_ned, frames.xyzw_to_wxyz, frames.quat_from_rpy])
@pytest.mark.parametrize("bad", [1.0, [1.0, 2.0], np.zeros((3, 5))])
def test_a_wrong_last_axis_is_named(call, bad):
    with pytest.raises(ValueError, match=r"last axis must have [34] elements, shape is \("):
        call(bad)


# --- rotors -------------------------------------------------------------------------------------

QUADS = ["volery_x", "crazyflie_x", "px4_x", "ardupilot_x", "betaflight_x", "flightmare_x"]


def test_known_rotor_numbers():
    # volery: front right, back right, back left, front left
    corners = np.array(["FR", "RR", "RL", "FL"])
    orders = {
        "px4_x": ["FR", "RL", "FL", "RR"],
        "ardupilot_x": ["FR", "RL", "FL", "RR"],
        "betaflight_x": ["RR", "FR", "RL", "FL"],
        "flightmare_x": ["FL", "FR", "RR", "RL"],
        "crazyflie_x": ["FR", "RR", "RL", "FL"],
    }
    for name, order in orders.items():
        assert frames.reorder_rotors(corners, "volery_x", name).tolist() == order, name


@pytest.mark.parametrize("source", QUADS)
@pytest.mark.parametrize("target", QUADS)
def test_rotor_orders_go_there_and_back(source, target):
    values = np.random.default_rng(0).normal(size=(2, 3, 4))
    there = frames.reorder_rotors(values, source, target)
    assert np.array_equal(frames.reorder_rotors(there, target, source), values)
    spins = np.array(frames.ROTOR_LAYOUTS[source].spin)
    assert tuple(frames.reorder_rotors(spins, source, target)) == frames.ROTOR_LAYOUTS[target].spin


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("cf2x", "crazyflie_x"),
        ("cf2p", "volery_plus"),
        ("x500", "volery_x"),
        ("racer", "px4_x"),
        ("freestyle5", "betaflight_x"),
        ("hummingbird", "rotors_plus"),
        ("firefly", "rotors_hexa"),
    ],
)
def test_vehicles_have_the_layout_that_their_files_name(name, layout):
    vehicle = vehicles.load(name)
    order = frames.rotor_order(vehicle, layout)
    assert sorted(order.tolist()) == list(range(vehicle.num_rotors))


def test_every_layout_is_balanced():
    for name, layout in frames.ROTOR_LAYOUTS.items():
        assert sum(layout.spin) == 0, name
        turns = np.exp(1j * np.radians(layout.angle_deg))
        assert abs(turns.sum()) < 1e-12, name
        assert abs((turns * layout.spin).sum()) < 1e-12, name  # yaw torque makes no roll or pitch


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("px4", "volery_x", r"unknown rotor layout 'px4'.*px4_x"),
        ("volery_x", "rotors_hexa", "4 of the source, 6 of the target"),
        ("volery_x", "volery_plus", "the nearest of the source is 45 deg off, must be within 20"),
        ("volery_plus", "rotors_plus", "turns the other way than rotor 0"),
        ("rotors_hexa", "ardupilot_hexa_x", "turns the other way"),
        (
            frames.RotorLayout((10, -10, 180, 90), (1, 1, 1, 1)),
            frames.RotorLayout((8, 6, 180, 90), (1, 1, 1, 1)),
            "the same partner",
        ),
    ],
)
def test_rotors_that_do_not_match_are_refused(source, target, words):
    with pytest.raises(ValueError, match=words):
        frames.rotor_order(source, target)


# --- the page -----------------------------------------------------------------------------------


def test_the_page_names_every_layout_and_function_and_its_examples_run(capsys):
    text = DOCS.read_text()
    for name in frames.ROTOR_LAYOUTS:
        assert f"`{name}`" in text, name
    public = {name for name in vars(throttle) if "_to_" in name or "_from_" in name}
    for name in public:
        assert f"`{name}`" in text, name
    for block in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(compile(block, str(DOCS), "exec"), {"__name__": "docs"})
    out = capsys.readouterr().out
    assert "-0.1" in out
    assert "1707" in out
    assert "-0.466" in out
    assert "36335" in out
