// Rovers and particles as files: what follows from their numbers, and what is refused.
#include "model/drives.hpp"

#include <gtest/gtest.h>

#include "core/toml.hpp"
#include "model/fleet.hpp"

namespace volery {
namespace {

std::string refusal(std::string_view toml) {
  try {
    (void)load_vehicle(parse_toml(toml, "test"));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    return error.what();
  }
  return "loaded";
}

TEST(Drives, RoverHasNoRotorsAndTheLimitsOfItsSource) {
  const Vehicle rover = load_vehicle("rover");
  EXPECT_EQ(rover.kind(), VehicleKind::kRover);
  EXPECT_STREQ(rover.kind_name(), "rover");
  EXPECT_EQ(rover.num_rotors, 0);
  EXPECT_EQ(rover.max_thrust_n, 0);
  EXPECT_FLOAT_EQ(rover.gains.max_speed_mps, 0.22F);
  EXPECT_FLOAT_EQ(rover.gains.max_rate_radps.z, 2.84F);
  EXPECT_GT(rover.gains.position_per_s.x, 0);
  // half the diagonal of the box, and how far its middle lies from the center of mass
  EXPECT_GT(rover.bounding_radius_m, 0.148F);
  EXPECT_GE(rover.drive_limit_n, kMostGripWeights * kGravityMps2);
}

TEST(Drives, ParticleHasTheGainsOfItsResponse) {
  const Vehicle particle = load_vehicle("particle");
  EXPECT_EQ(particle.kind(), VehicleKind::kParticle);
  EXPECT_FLOAT_EQ(particle.gains.loop_lag_s, 0.2F + 1.5F / 240);
  EXPECT_FLOAT_EQ(particle.gains.position_per_s.z, 0.25F / particle.gains.loop_lag_s);
  // at top speed the gain asks for half of the 5 m/s^2 at most
  const Vehicle fast =
      load_vehicle(parse_toml("base = 'particle'\nspeed_limit_mps = 10.0", "test"));
  EXPECT_FLOAT_EQ(fast.gains.position_per_s.x, 0.5F * 5 / 10);
}

TEST(Drives, PartsOfAnotherKindAreRefused) {
  EXPECT_EQ(refusal("base = 'cf2x'\nkind = 'rover'"),
            "vehicle.rotors: has 4; kind = \"rover\" has none");
  EXPECT_EQ(refusal("base = 'rover'\nkind = 'rotorcraft'\nrover = {track_m = 0.16}"),
            "vehicle.rover: is for kind = \"rover\"; this is kind = \"rotorcraft\"");
  EXPECT_EQ(refusal("kind = 'rotorcraft'"),
            "vehicle.rotors: has 0; kind = \"rotorcraft\" needs at least 4");
  EXPECT_EQ(refusal("base = 'cf2x'\nparticle = {dimensions = 2}"),
            "vehicle.particle: is for kind = \"particle\"; this is kind = \"rotorcraft\"");
  EXPECT_EQ(refusal("base = 'rover'\nmotor_rise_s = 0.1"),
            "vehicle.motor_rise_s: is of rotors, and kind = \"rover\" has none");
  EXPECT_EQ(refusal("base = 'rover'\nbattery = {capacity_ah = 1.8}"),
            "vehicle.battery.capacity_ah = 1.8: kind = \"rover\" has no model of what it draws; "
            "must be 0");
  EXPECT_EQ(refusal("base = 'rover'\nkind = 'boat'"),
            "vehicle.kind = \"boat\": must be one of 'rotorcraft', 'rover', 'particle'");
}

TEST(Drives, RoverWithoutAFlatBellyIsRefused) {
  EXPECT_EQ(refusal("base = 'rover'\ncollision = {shape = 'sphere', size_m = [0.2, 0.2, 0.2]}"),
            "vehicle.collision.shape = \"sphere\": a rover stands on a flat belly; must be box or "
            "cylinder");
  EXPECT_EQ(refusal("base = 'rover'\ncollision = {offset_b_m = [0.0, 0.0, 0.1]}"),
            "vehicle.collision.offset_b_m[2] = 0.1: the belly must lie below the center of mass; "
            "must be below 0.096 m");
  EXPECT_EQ(refusal("base = 'rover'\nrover = {track_m = -0.1}"),
            "vehicle.rover.track_m = -0.1: must be in [0.01, 5] m");
}

TEST(Drives, ParticleThatContradictsItselfIsRefused) {
  EXPECT_EQ(refusal("base = 'particle'\ncollision = {shape = 'box'}"),
            "vehicle.collision.shape: a particle is a sphere");
  EXPECT_EQ(refusal("base = 'particle'\nparticle = {dimensions = 2, gravity = true}"),
            "vehicle.particle.gravity = true: a particle of 2 dimensions stays at its height; must "
            "be false");
  EXPECT_EQ(refusal("base = 'particle'\nparticle = {gravity = true}"),
            "vehicle.particle.max_acceleration_mps2 = 5: cannot carry its weight; must be at least "
            "10.296982 m/s^2 with gravity");
  EXPECT_EQ(refusal("base = 'particle'\nparticle = {dimensions = 4}"),
            "vehicle.particle.dimensions = 4: must be in [2, 3]");
}

TEST(Drives, NamesOfRotorcraftLeaveTheOthersOut) {
  const std::vector<std::string> all = vehicle_names();
  const std::vector<std::string> flying = rotorcraft_names();
  EXPECT_EQ(all.size(), flying.size() + 2);
  for (const std::string& name : flying)
    EXPECT_EQ(load_vehicle(name).kind(), VehicleKind::kRotorcraft) << name;
}

TEST(Drives, FleetOfThemKeepsSomethingPerAgent) {
  const VehicleFleet rovers(Value("rover"));
  EXPECT_FALSE(rovers.is_uniform());
  EXPECT_EQ(rovers.num_rotors(), kLeastRotorRows);
  EXPECT_TRUE(rovers.has(VehicleKind::kRover));
  EXPECT_FALSE(rovers.has(VehicleKind::kParticle));
  const VehicleFleet mixed(Value(Value::Array{"firefly", "rover", "particle"}));
  EXPECT_EQ(mixed.num_rotors(), 6);
  EXPECT_EQ(mixed.vehicle_of(4).config.name, "rover");
}

}  // namespace
}  // namespace volery
