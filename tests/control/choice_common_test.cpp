// config.controller and config.controller_config: who flies whom, and what is refused.
#include <cstring>

#include "law_rig.hpp"

namespace volery::test {
namespace {

std::string refusal(const std::string& action, const Value& laws,
                    const Value& options = Value::Table{}, int num_agents = 1) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  FieldTable table;
  declare_rigid_fields(table);
  declare_flight_fields(table, vehicle.num_rotors);
  const FieldRef rows = table.add(
      {.name = "action", .width = static_cast<int>(level(action).columns(vehicle).size())});
  ControllerChoice choice{level(action), laws, options, num_agents};
  try {
    [[maybe_unused]] const auto made = make_controller(choice, {vehicle, 1.0F / 240, rows, table});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void expect_in(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(message.find(part), std::string::npos) << "\"" << part << "\" in: " << message;
  }
}

TEST(ControllerChoice, BadChoicesAreRefusedWithPathValueAndName) {
  expect_in(refusal("position", "meller"), {"config.controller", "meller", "mellinger"});
  expect_in(refusal("position", 3), {"config.controller", "a string or an array", "an integer"});
  expect_in(refusal("rotor", "pid"), {"config.controller", "pid", "rotor", "ctbr"});
  expect_in(refusal("lqr", "pid"), {"config.controller", "lqr", "leave controller out"});
  expect_in(refusal("position", Value::Array{"pid", "lee"}, Value::Table{}, 3),
            {"config.controller", "names 2", "3 agents"});
  expect_in(refusal("position", Value::Array{"pid", "le"}, Value::Table{}, 2),
            {"config.controller[1]", "le", "lee"});
  expect_in(refusal("position", Value::Array{"pid", 1}, Value::Table{}, 2),
            {"config.controller[1]", "must be a string"});
  expect_in(refusal("position", "pid", Value::Table{{"pit", Value::Table{}}}),
            {"config.controller_config.pit", "pid"});
  expect_in(refusal("position", "pid", Value(4)), {"config.controller_config", "a table"});
  expect_in(refusal("position", "pid", Value::Table{{"pid", Value::Table{{"kp", 1.0}}}}),
            {"config.controller_config.pid.kp", "no options"});
  expect_in(refusal("position", "pid", Value::Table{{"vehicle", "cf3x"}}), {"cf3x", "cf2x"});
  EXPECT_EQ(refusal("rotor", ""), "");
  EXPECT_EQ(refusal("rotor", "lee"), "") << "no loop, so nothing is replaced";
}

TEST(ControllerChoice, AVehicleWithOtherRotorsIsRefused) {
  const VehicleConfig config = load_vehicle(Value("cf2x")).config;
  Value table = to_value(config);
  Value::Array rotors;
  for (int i = 0; i < 6; ++i) {
    const double angle = (30 + 60 * i) * 3.14159265358979 / 180;
    rotors.emplace_back(Value::Table{
        {"position_b_m", Value(Value::Array{0.05 * std::cos(angle), 0.05 * std::sin(angle), 0.0})},
        {"spin", Value(i % 2 == 0 ? 1 : -1)}});
  }
  table.table()["rotors"] = Value(rotors);
  expect_in(refusal("position", "pid", Value::Table{{"vehicle", table}}),
            {"config.controller_config.vehicle", "6", "4"});
}

TEST(ControllerChoice, EmptyMeansLeeWithTheBitsOfThePlainLevel) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  for (const char* action : {"ctbr", "attitude", "velocity", "position"}) {
    Fleet plain(vehicle, action, 240, 16);
    Fleet named(vehicle, action, 240, 16, "lee");
    for (int i = 0; i < 16; ++i) {
      const float a = 0.1F * static_cast<float>(i % 5) - 0.2F;
      plain.set_action(i, {0.1F, a, -a, 0.3F});
      named.set_action(i, {0.1F, a, -a, 0.3F});
    }
    plain.fly(0.5, [](double) {});
    named.fly(0.5, [](double) {});
    for (int i = 0; i < 16; ++i) {
      for (int r = 0; r < 4; ++r) EXPECT_EQ(plain.command(i, r), named.command(i, r)) << action;
    }
  }
}

TEST(ControllerChoice, EachAgentFliesItsOwnLawBitForBit) {
  // five agents per world: the pattern does not line up with blocks of 16
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const std::vector<std::string> laws{"pid", "lee", "indi", "mellinger", "lqr"};
  Value::Array names;
  for (const std::string& law : laws) names.emplace_back(law);
  constexpr int kBodies = 40;
  for (const char* action : {"ctbr", "attitude", "velocity", "position"}) {
    const auto start = [](Fleet& fleet) {
      Rng rng(12, 0, Stream::kAction, 0, 0);
      for (int i = 0; i < kBodies; ++i) {
        Plant& p = fleet.plants[static_cast<std::size_t>(i)];
        const auto draw = [&](float size) { return size * rng.uniform(-1, 1); };
        p.velocity_w = {draw(1), draw(1), draw(1)};
        p.omega_b = {draw(2), draw(2), draw(2)};
        fleet.set_action(i, {0.1F + draw(0.1F), draw(0.4F), draw(0.4F), draw(0.4F)});
      }
      fleet.write_state();
    };
    Fleet mixed(vehicle, action, 240, kBodies, Value(names));
    start(mixed);
    mixed.fly(1, [](double) {});
    for (std::size_t k = 0; k < laws.size(); ++k) {
      Fleet alone(vehicle, action, 240, kBodies, Value(laws[k]));
      start(alone);
      alone.fly(1, [](double) {});
      for (int i = static_cast<int>(k); i < kBodies; i += 5) {
        for (int r = 0; r < 4; ++r) {
          EXPECT_EQ(mixed.command(i, r), alone.command(i, r))
              << action << ' ' << laws[k] << ' ' << i;
        }
      }
    }
  }
}

TEST(ControllerChoice, GainsMayBeMadeForAnotherVehicle) {
  // twice the inertia is believed: the same error asks for twice the torque
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Value::Array inertia;
  for (const float j : vehicle.config.inertia_b_kgm2)
    inertia.emplace_back(2.0 * static_cast<double>(j));
  const Value options(Value::Table{
      {"vehicle", Value(Value::Table{{"base", "cf2x"}, {"inertia_b_kgm2", Value(inertia)}})}});
  const float hover = thrust_action(vehicle, vehicle.config.mass_kg * kGravityMps2);
  const auto torque = [&](const Value& with) {
    Fleet fleet(vehicle, "ctbr", 240, 1, "lee", with);
    fleet.set_action(0, {hover, 0.05F, 0, 0});
    fleet.run_window();
    fleet.run_tick();
    return commanded(vehicle, fleet, 0).torque_b_nm.x;
  };
  // the believed gain is lower where the authority is: the product is what counts
  const Vehicle believed = load_vehicle(*options.find("vehicle"));
  const double gains = static_cast<double>(believed.gains.rate_per_s.x) *
                       static_cast<double>(believed.gains.max_rate_radps.x) /
                       (static_cast<double>(vehicle.gains.rate_per_s.x) *
                        static_cast<double>(vehicle.gains.max_rate_radps.x));
  EXPECT_NEAR(torque(options) / torque(Value::Table{}), 2 * gains, 0.01);
}

}  // namespace
}  // namespace volery::test
