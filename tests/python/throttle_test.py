"""Newtons, speeds, PWM and normalised thrust: a known value and the way back for each."""

import numpy as np
import pytest

from volery import throttle, vehicles
from volery.rig import Rig

NAMES = vehicles.rotorcraft()
# the engine's parameters are float32
FLOAT32 = 1e-6


def test_rpm():
    assert throttle.rpm_to_radps(60) == pytest.approx(2 * np.pi)
    assert throttle.radps_to_rpm(2273) == pytest.approx(21705.6, abs=0.1)
    speed = np.linspace(0, 3000, 12).reshape(3, 4)
    assert np.allclose(throttle.rpm_to_radps(throttle.radps_to_rpm(speed)), speed)


def test_thrust_coefficients():
    # gym-pybullet-drones' 3.16e-10 N/RPM^2
    assert throttle.coefficient_from_rpm(3.16e-10) == pytest.approx(2.88157e-8, rel=1e-5)
    assert throttle.coefficient_to_rpm(throttle.coefficient_from_rpm(3.16e-10)) == pytest.approx(
        3.16e-10
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_thrust_scale_goes_there_and_back(name):
    vehicle = vehicles.load(name)
    thrust = np.linspace(0.01, 1, 9).reshape(3, 3) * vehicle.max_thrust_n
    for there, back in (
        (throttle.thrust_n_to_throttle, throttle.throttle_to_thrust_n),
        (throttle.thrust_n_to_px4, throttle.px4_to_thrust_n),
        (throttle.thrust_n_to_ctbr, throttle.ctbr_to_thrust_n),
        (throttle.thrust_n_to_speed, throttle.speed_to_thrust_n),
    ):
        assert np.allclose(back(vehicle, there(vehicle, thrust)), thrust), there.__name__
    action = np.linspace(-1, 1, 9)
    thrust = throttle.rotor_action_to_thrust_n(vehicle, action)
    assert np.allclose(throttle.thrust_n_to_rotor_action(vehicle, thrust), action)


@pytest.mark.parametrize("name", NAMES)
def test_hover_is_what_the_engine_says(name):
    vehicle = vehicles.load(name)
    derived = {value.name: value.values for value in vehicle.derived}
    weight = derived["weight_n"][0]
    each = weight / vehicle.num_rotors
    assert throttle.thrust_n_to_speed(vehicle, each) == pytest.approx(
        derived["hover_speed_radps"][0], rel=FLOAT32
    )
    assert throttle.thrust_n_to_rotor_action(vehicle, each) == pytest.approx(
        derived["hover_action"][0], abs=FLOAT32
    )
    share = 1 / vehicle.thrust_to_weight
    assert throttle.thrust_n_to_throttle(vehicle, weight) == pytest.approx(share, rel=FLOAT32)
    assert throttle.thrust_n_to_px4(vehicle, weight) == pytest.approx(-share, rel=FLOAT32)
    assert throttle.thrust_n_to_ctbr(vehicle, weight) == pytest.approx(2 * share - 1, abs=FLOAT32)


def test_the_engine_flies_what_the_converter_says():
    # rotors that are commanded a thrust end at its speed
    vehicle = vehicles.load("cf2x")
    thrust = np.array([0.05, 0.07, 0.09, 0.11])
    action = throttle.thrust_n_to_rotor_action(vehicle, thrust)
    rig = Rig("cf2x")
    rig.place(rotor_speed_radps=0.0)
    for _ in range(240):  # 1 s, 15 time constants of the motors
        rig.step(action.reshape(1, 4))
    speed = rig.state("rotor_speed_radps")[0]
    # what is left of the lag after 15 constants, in float32
    assert np.allclose(speed, throttle.thrust_n_to_speed(vehicle, thrust), rtol=1e-5)


def test_pulses():
    assert throttle.throttle_to_us([0, 0.25, 1]).tolist() == [1000, 1250, 2000]
    assert throttle.us_to_throttle([900, 1500, 2000]).tolist() == [0, 0.5, 1]
    share = np.linspace(0, 1, 7)
    assert np.allclose(throttle.us_to_throttle(throttle.throttle_to_us(share)), share)


def test_crazyflie_pwm_and_thrust():
    # Foerster 2015: 0.1597 N per motor at full PWM; 6.75 g carries 27 g
    assert throttle.crazyflie_pwm_to_thrust_n(65535) == pytest.approx(0.1597, abs=5e-5)
    assert throttle.crazyflie_thrust_n_to_pwm(0.027 * 9.80665 / 4) == pytest.approx(36335, abs=1)
    pwm = np.linspace(0, 65535, 12).reshape(3, 4)
    back = throttle.crazyflie_thrust_n_to_pwm(throttle.crazyflie_pwm_to_thrust_n(pwm))
    assert np.allclose(back, pwm, atol=1e-6)
    assert throttle.crazyflie_thrust_n_to_pwm([-1, 0, 9]).tolist() == [0, 0, 65535]


def test_crazyflie_pwm_and_speed():
    assert throttle.crazyflie_pwm_to_speed_radps(65535) == pytest.approx(3052, abs=1)
    pwm = np.linspace(0, 65535, 12).reshape(3, 4)
    back = throttle.crazyflie_speed_to_pwm(throttle.crazyflie_pwm_to_speed_radps(pwm))
    assert np.allclose(back, pwm, atol=1e-6)


def test_crazyflie_volts():
    # P250 at 3 V by hand: -0.0247654 + 0.0652379 3 - 0.0267925 9 + 0.0067768 27
    assert throttle.crazyflie_volts_to_thrust_n(3) == pytest.approx(0.1127894)
    assert throttle.crazyflie_volts_to_rpm(3) == pytest.approx(4657.5 + 3 * 7536.2)
    volts = np.linspace(1, 4.2, 6)
    for motor in throttle.CRAZYFLIE_MOTORS:
        rpm = throttle.crazyflie_volts_to_rpm(volts, motor)
        assert np.allclose(throttle.crazyflie_rpm_to_volts(rpm, motor), volts)
        assert np.all(np.diff(throttle.crazyflie_volts_to_thrust_n(volts, motor)) > 0)
    with pytest.raises(ValueError, match=r"unknown motor 'cf2x_P25'.*cf2x_P250"):
        throttle.crazyflie_volts_to_rpm(3, "cf2x_P25")


def test_compensated_pwm_is_linear_in_thrust():
    assert throttle.thrust_n_to_compensated_pwm([0, 0.06, 0.2], 0.12).tolist() == [
        0,
        65535 / 2,
        65535,
    ]
    thrust = np.linspace(0, 0.12, 5)
    pwm = throttle.thrust_n_to_compensated_pwm(thrust, 0.12)
    assert np.allclose(throttle.compensated_pwm_to_thrust_n(pwm, 0.12), thrust)
