// What holds for every action level: registry, columns, hover, motors off, same bits everywhere.
#include "control/control_common.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "core/isa.hpp"
#include "core/rng.hpp"
#include "fleet.hpp"

namespace volery::test {
namespace {

// the plain levels, and the control laws, each of which is a level as well
const char* const kLevels[] = {"attitude",  "ctbr", "indi",     "lee",   "lqr",
                               "mellinger", "pid",  "position", "rotor", "velocity"};

// A hexacopter, so that rotor counts other than four are covered whatever files there are.
Vehicle hexacopter() {
  VehicleConfig config = load_vehicle(Value("cf2x")).config;
  config.name = "hexacopter";
  config.rotors.clear();
  for (int i = 0; i < 6; ++i) {
    const double angle = (30 + 60 * i) * 3.14159265358979 / 180;
    RotorSpec rotor;
    rotor.position_b_m = {static_cast<float>(0.05 * std::cos(angle)),
                          static_cast<float>(0.05 * std::sin(angle)), 0};
    rotor.spin = i % 2 == 0 ? 1 : -1;
    config.rotors.push_back(rotor);
  }
  return Vehicle(config);
}

std::vector<Vehicle> vehicles() {
  std::vector<Vehicle> all;
  for (const std::string& name : rotorcraft_names()) all.push_back(load_vehicle(Value(name)));
  all.push_back(hexacopter());
  return all;
}

/// The action that asks for hover where the vehicle stands.
std::vector<float> hover_action(const Vehicle& vehicle, const std::string& level_name) {
  if (level_name == "rotor") {
    return std::vector<float>(static_cast<std::size_t>(vehicle.num_rotors),
                              rotor_hover_action(vehicle));
  }
  // track at rest: hold the place and head east
  if (level(level_name).make_at != nullptr) return std::vector<float>(14, 0.0F);
  const bool has_thrust = level_name == "ctbr" || level_name == "attitude";
  const float weight_n = vehicle.config.mass_kg * kGravityMps2;
  return {has_thrust ? thrust_action(vehicle, weight_n) : 0.0F, 0, 0, 0};
}

/// Any attitude, fast and slow, all of the action range.
void scramble(Fleet& fleet) {
  Rng rng(7, 0, Stream::kAction, 0, 0);
  const auto draw = [&](double size) { return size * static_cast<double>(rng.uniform(-1, 1)); };
  for (std::size_t i = 0; i < fleet.plants.size(); ++i) {
    Plant& p = fleet.plants[i];
    const double calm = i % 3 == 0 ? 0.05 : 1;
    p.position_w = {draw(20), draw(20), draw(20)};
    p.velocity_w = {draw(5 * calm), draw(5 * calm), draw(5 * calm)};
    p.omega_b = {draw(15 * calm), draw(15 * calm), draw(15 * calm)};
    p.quat = turn({draw(3.1 * calm), draw(3.1 * calm), draw(3.1 * calm)});
    std::vector<float> action;
    for (int c = 0; c < fleet.num_actions(); ++c) action.push_back(rng.uniform(-1, 1));
    fleet.set_action(static_cast<int>(i), action);
  }
  // the states where formulas could divide by zero
  fleet.plants[0].quat = {1, 0, 0, 0};                             // upside down
  fleet.plants[1].quat = {0, std::sqrt(0.5), 0, std::sqrt(0.5)};   // nose down
  fleet.plants[2].quat = {0, -std::sqrt(0.5), 0, std::sqrt(0.5)};  // nose up
  fleet.plants[3].velocity_w = {};
  fleet.write_state();
}

std::vector<float> commands(const Fleet& fleet) {
  std::vector<float> all;
  for (int i = 0; i < static_cast<int>(fleet.plants.size()); ++i) {
    for (std::size_t r = 0; r < fleet.plants[0].speed.size(); ++r) {
      all.push_back(fleet.command(i, static_cast<int>(r)));
    }
  }
  return all;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST(Controllers, TheRegistryHoldsLevelsAndLawsByName) {
  std::vector<std::string> names, all;
  for (const ControllerEntry* entry : controller_entries()) {
    all.emplace_back(entry->name);
    if (entry->bodies.rotorcraft) names.emplace_back(entry->name);
    EXPECT_NE(std::string(entry->doc), "");
  }
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  EXPECT_EQ(names, std::vector<std::string>(std::begin(kLevels), std::end(kLevels)));
}

TEST(Controllers, ColumnsAreTheDocumentedOnes) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const auto names = [&](const char* level_name) {
    std::vector<std::string> result;
    for (const Column& c : level(level_name).columns(vehicle)) {
      // track has the units of its quantities
      const bool is_law = level(level_name).make_at != nullptr;
      EXPECT_EQ(c.low, -c.high) << c.name;
      EXPECT_EQ(c.high == 1.0F, !is_law || c.name[0] == 'd') << c.name;
      EXPECT_NE(c.doc, "") << c.name;
      result.push_back(c.name);
    }
    return result;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("rotor"), (Names{"rotor_0", "rotor_1", "rotor_2", "rotor_3"}));
  EXPECT_EQ(names("ctbr"), (Names{"thrust", "roll_rate", "pitch_rate", "yaw_rate"}));
  EXPECT_EQ(names("attitude"), (Names{"thrust", "roll", "pitch", "yaw_rate"}));
  EXPECT_EQ(names("velocity"), (Names{"vx", "vy", "vz", "yaw_rate"}));
  EXPECT_EQ(names("position"), (Names{"dx", "dy", "dz", "yaw_rate"}));
  const Names track{"dx", "dy", "dz", "vx", "vy", "vz",  "ax",
                    "ay", "az", "jx", "jy", "jz", "yaw", "yaw_rate"};
  for (const char* law : {"indi", "lee", "lqr", "mellinger", "pid"}) EXPECT_EQ(names(law), track);
}

TEST(Controllers, TheHoverActionHoldsTheHover) {
  // float32 rounding of thrust is below 1e-6 of the weight, which moves 0.1 mm in 5 s; the rates'
  // rounding tilts the vehicle that has no attitude loop
  constexpr double kDriftM = 1e-3;
  constexpr double kSpeedMps = 1e-3;
  for (const Vehicle& vehicle : vehicles()) {
    for (const char* name : kLevels) {
      for (const int rate_hz : {240, 1000}) {
        Fleet fleet(vehicle, name, rate_hz, 1);
        fleet.set_action(0, hover_action(vehicle, name));
        fleet.fly(5, [](double) {});
        const Plant& p = fleet.plants[0];
        EXPECT_LT(norm(p.position_w), kDriftM) << vehicle.config.name << ' ' << name;
        EXPECT_LT(norm(p.velocity_w), kSpeedMps) << vehicle.config.name << ' ' << name;
        EXPECT_LT(p.tilt(), 1e-3) << vehicle.config.name << ' ' << name;
        EXPECT_LT(std::fabs(p.yaw()), 1e-3) << vehicle.config.name << ' ' << name;
      }
    }
  }
}

TEST(Controllers, MotorsThatAreOffGetCommandZero) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  for (const char* name : kLevels) {
    Fleet fleet(vehicle, name, 240, 16);
    scramble(fleet);
    for (int i = 0; i < 16; i += 2) fleet.blocks.at(i, kMotorsOn) = 0;
    for (int i = 0; i < 16; ++i) {
      for (int r = 0; r < 4; ++r) fleet.blocks.at(i, kRotorRows + r) = 99;
    }
    fleet.run_window();
    fleet.run_tick();
    for (int i = 0; i < 16; ++i) {
      float sum = 0;
      for (int r = 0; r < 4; ++r) sum += fleet.command(i, r);
      if (i % 2 == 0) {
        EXPECT_EQ(sum, 0.0F) << name << ' ' << i;
      } else {
        EXPECT_NE(sum, 0.0F) << name << ' ' << i;
        EXPECT_NE(sum, 4 * 99.0F) << name << ' ' << i;
      }
    }
  }
}

TEST(Controllers, CommandsStayWithinTheRotorsLimits) {
  constexpr float kRounding = 1e-6F;  // of a square root of a clamped square
  for (const Vehicle& vehicle : vehicles()) {
    for (const char* name : kLevels) {
      Fleet fleet(vehicle, name, 240, 512);
      scramble(fleet);
      fleet.run_window();
      fleet.run_tick();
      for (const float command : commands(fleet)) {
        ASSERT_GE(command, vehicle.config.min_rotor_speed_radps * (1 - kRounding)) << name;
        ASSERT_LE(command, vehicle.config.max_rotor_speed_radps * (1 + kRounding)) << name;
      }
    }
  }
}

class EveryIsa : public testing::Test {
 protected:
  void TearDown() override { limit_isa("auto"); }
};

TEST_F(EveryIsa, GivesTheSameBits) {
  for (const Vehicle& vehicle : vehicles()) {
    for (const char* name : kLevels) {
      std::vector<float> first;
      for (const std::string& isa : available_isas()) {
        limit_isa(isa);
        Fleet fleet(vehicle, name, 240, 512);
        scramble(fleet);
        fleet.run_window();
        fleet.run_tick();
        if (first.empty()) first = commands(fleet);
        EXPECT_TRUE(same_bits(first, commands(fleet))) << name << ' ' << isa;
      }
      EXPECT_GT(*std::max_element(first.begin(), first.end()), 0.0F) << name;
    }
  }
}

TEST(Controllers, ALaneDoesNotDependOnItsNeighbors) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  for (const char* name : kLevels) {
    Fleet together(vehicle, name, 240, 64);
    scramble(together);
    together.run_window();
    together.run_tick();
    const std::vector<float> expected = commands(together);
    for (int i = 0; i < 64; ++i) {
      Fleet alone(vehicle, name, 240, 1);
      std::vector<float> action;
      for (int c = 0; c < together.num_actions(); ++c) {
        // the action rows are the first after flight's
        action.push_back(together.blocks.at(i, kRotorRows + 2 * vehicle.num_rotors + c));
      }
      alone.set_action(0, action);
      alone.plants[0] = together.plants[static_cast<std::size_t>(i)];
      alone.write_state();
      alone.run_window();
      alone.run_tick();
      const auto begin = expected.begin() + i * 4;
      EXPECT_TRUE(same_bits({begin, begin + 4}, commands(alone))) << name << ' ' << i;
    }
  }
}

/// Whether each rotor has a partner on the other side of the x axis that spins the other way.
bool is_left_right_symmetric(const VehicleConfig& config) {
  const auto mirrored = [&](const RotorSpec& a) {
    return std::any_of(config.rotors.begin(), config.rotors.end(), [&](const RotorSpec& b) {
      return a.position_b_m[0] == b.position_b_m[0] && a.position_b_m[1] == -b.position_b_m[1] &&
             a.spin == -b.spin;
    });
  };
  return std::all_of(config.rotors.begin(), config.rotors.end(), mirrored);
}

TEST(Controllers, AMirroredCommandGivesTheMirroredFlight) {
  // float32 states and commands differ in rounding between the two sides; 2 s amplify it little
  constexpr double kToleranceM = 1e-4;
  constexpr double kToleranceRadps = 1e-3;
  int checked = 0;
  for (const Vehicle& vehicle : vehicles()) {
    if (!is_left_right_symmetric(vehicle.config)) continue;
    ++checked;
    for (const char* name : {"ctbr", "attitude", "velocity", "position"}) {
      const bool is_world = std::string(name) == "velocity" || std::string(name) == "position";
      Fleet fleet(vehicle, name, 240, 2);
      // rates are small, because ctbr turns on and on
      if (is_world) {
        fleet.set_action(0, {0.3F, 0.8F, 0.4F, 0.5F});
        fleet.set_action(1, {0.3F, -0.8F, 0.4F, -0.5F});
      } else {
        fleet.set_action(0, {0.1F, 0.05F, 0.08F, 0.2F});
        fleet.set_action(1, {0.1F, -0.05F, 0.08F, -0.2F});
      }
      fleet.fly(2, [](double) {});
      const Plant& a = fleet.plants[0];
      const Plant& b = fleet.plants[1];
      EXPECT_GT(std::fabs(a.position_w.y), 0.05) << vehicle.config.name << ' ' << name;
      EXPECT_NEAR(a.position_w.x, b.position_w.x, kToleranceM) << name;
      EXPECT_NEAR(a.position_w.y, -b.position_w.y, kToleranceM) << name;
      EXPECT_NEAR(a.position_w.z, b.position_w.z, kToleranceM) << name;
      EXPECT_NEAR(a.omega_b.x, -b.omega_b.x, kToleranceRadps) << name;
      EXPECT_NEAR(a.omega_b.y, b.omega_b.y, kToleranceRadps) << name;
      EXPECT_NEAR(a.omega_b.z, -b.omega_b.z, kToleranceRadps) << name;
    }
  }
  EXPECT_GE(checked, 2);
}

TEST(VelocityConstants, LiftRangeHoldsTheWeightAtFullTilt) {
  for (const Vehicle& vehicle : vehicles()) {
    const control::VelocityConstants c(vehicle);
    EXPECT_GT(c.most_lift_mps2, kGravityMps2) << vehicle.config.name;
    EXPECT_LT(c.least_lift_mps2, kGravityMps2) << vehicle.config.name;
    const float tilted = c.most_lift_mps2 * std::sqrt(1 + c.tan_max_tilt * c.tan_max_tilt);
    EXPECT_LE(tilted * c.mass_kg, vehicle.max_thrust_n * 1.0001F) << vehicle.config.name;
  }
}

}  // namespace
}  // namespace volery::test
