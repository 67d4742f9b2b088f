// Worlds with cables for tests: props and cables as a user writes them, state in double.
#pragma once

#include <algorithm>
#include <cmath>

#include "tests/batch/rig.hpp"

namespace volery::test {

inline constexpr double kGravity = 9.80665;
inline constexpr double kPi = 3.14159265358979;
inline constexpr double kStep_s = 1.0 / 240;

struct D3 {
  double x = 0, y = 0, z = 0;
};
inline D3 operator-(D3 a, D3 b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
inline D3 operator+(D3 a, D3 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
inline D3 operator*(D3 a, double s) {
  return {a.x * s, a.y * s, a.z * s};
}
inline double dot(D3 a, D3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline D3 cross(D3 a, D3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double norm(D3 a) {
  return std::sqrt(dot(a, a));
}

inline Value numbers(D3 v) {
  return Value::Array{v.x, v.y, v.z};
}

/// A ball of 10 cm.
inline Value ball(const char* name, double mass_kg, D3 at, double size_m = 0.1) {
  return Value::Table{{"name", name},
                      {"kind", "sphere"},
                      {"mass_kg", mass_kg},
                      {"position_w_m", numbers(at)},
                      {"size_m", numbers({size_m, size_m, size_m})}};
}

inline Value cable(const char* a, const char* b, double length_m, Value::Table more = {}) {
  more.emplace("a", a);
  more.emplace("b", b);
  more.emplace("length_m", length_m);
  return more;
}

/// One world with a drone that has nothing to do with it, stepped substep by substep.
inline BatchConfig world_of(Value::Array props, Value::Array cables) {
  BatchConfig config;
  config.scene = Value::Table{{"bounds_low_m", numbers({-1000, -1000, -1000})},
                              {"bounds_high_m", numbers({1000, 1000, 1000})},
                              {"props", std::move(props)},
                              {"cables", std::move(cables)}};
  config.action = "rotor";
  config.on_crash = "continue";
  config.episode_s = 10000;
  config.agent_rate_hz = 240;
  config.max_speed_mps = 1e5F;
  return config;
}

class World : public Rig {
 public:
  explicit World(const BatchConfig& config) : Rig(config) {
    reset(3);
    // out of the way, and it stays there
    std::vector<float> mode(static_cast<std::size_t>(batch.num_agents()), 1);
    if (config.action == "rotor") batch.set_state(0, "body_mode", mode);
  }
  [[nodiscard]] std::vector<float> props(const std::string& name, int width) const {
    std::vector<float> values(static_cast<std::size_t>(batch.num_props() * width));
    batch.state("prop_" + name, values);
    return values;
  }
  [[nodiscard]] D3 prop(const std::string& name, int i) const {
    const std::vector<float> all = props(name, 3);
    const float* v = all.data() + 3 * i;
    return {static_cast<double>(v[0]), static_cast<double>(v[1]), static_cast<double>(v[2])};
  }
  [[nodiscard]] D3 at(int i) const {
    return prop("position_w_m", i) + prop("position_residual_w_m", i);
  }
  [[nodiscard]] D3 velocity(int i) const { return prop("velocity_w_mps", i); }
  [[nodiscard]] D3 agent(int i) const {
    const std::vector<float> all = state("position_w_m", 3);
    const float* v = all.data() + 3 * i;
    return {static_cast<double>(v[0]), static_cast<double>(v[1]), static_cast<double>(v[2])};
  }
  void set_velocity(std::initializer_list<D3> values) {
    std::vector<float> all;
    for (const D3& v : values) {
      for (const double c : {v.x, v.y, v.z}) all.push_back(static_cast<float>(c));
    }
    batch.set_state(0, "prop_velocity_w_mps", all);
  }
  [[nodiscard]] double tension_n(int i) const {
    return static_cast<double>(props("cable_tension_n", 1)[static_cast<std::size_t>(i)]);
  }
};

/// Drones that crash among themselves and into their own and others' loads.
inline BatchConfig slung_crowd() {
  BatchConfig config = crowd(6, 8);
  Value::Array props, cables;
  for (int i = 0; i < 6; ++i) {
    const std::string name = "load " + std::to_string(i);
    props.push_back(ball(name.c_str(), i % 2 == 0 ? 0.005 : 0.03, {0.2 * i, 0, 0.5}, 0.04));
    if (i < 4) {
      cables.push_back(cable(("agent " + std::to_string(i)).c_str(), name.c_str(), 0.3 + 0.1 * i,
                             {{"attach_a_b_m", numbers({0, 0, -0.01})}}));
    }
  }
  cables.push_back(cable("agent 4", "load 3", 0.5));
  cables.push_back(cable("load 4", "load 3", 0.2));
  cables.push_back(cable("agent 5", "agent 6", 0.7));
  cables.push_back(cable("load 5", "world", 0.6, {{"anchor_w_m", numbers({0, 0, 1.5})}}));
  config.scene = Value::Table{{"base", "room"}, {"props", props}, {"cables", cables}};
  return config;
}

}  // namespace volery::test
