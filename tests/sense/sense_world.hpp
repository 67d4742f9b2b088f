// A slab of agents at random poses, with rows around the observations that must stay untouched.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/toml.hpp"
#include "volery/sensor.hpp"

namespace volery::testing {

/// Matrix of a quaternion in double precision: columns by turning the axes with q v q*.
struct Matrix {
  double m[3][3];
  explicit Matrix(Quat q) {
    const double w = q.w, x = q.x, y = q.y, z = q.z;
    const double rows[3][3] = {
        {w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)},
        {2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)},
        {2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z}};
    std::memcpy(m, rows, sizeof m);
  }
  /// Component `axis` of the world vector in body axes.
  [[nodiscard]] double to_body(Vec3 v, int axis) const {
    return m[0][axis] * double{v.x} + m[1][axis] * double{v.y} + m[2][axis] * double{v.z};
  }
};

inline float component(Vec3 v, int axis) {
  return axis == 0 ? v.x : axis == 1 ? v.y : v.z;
}

class SenseWorld {
 public:
  explicit SenseWorld(int num_worlds = 1, int num_agents = 37, SceneConfig scene_config = {})
      : vehicle(load_vehicle(Value("cf2x"))), scene(std::move(scene_config)) {
    declare_rigid_fields(fields);
    action = fields.add({.name = "action", .width = 4});
    goal = fields.add({.name = "goal_w_m", .width = 3, .unit = "m", .frame = "world"});
    task_rows = fields.add({.name = "perceived", .width = 2});
    messages.data = action.row;
    messages.slots = 2;
    messages.slot_size = 3;
    messages.inbox = fields.add({.name = "inbox", .width = 6}).row;
    fields.add({.name = "battery_voltage_v", .width = 1, .unit = "V"});
    fields.add({.name = "battery_soc", .width = 1});
    fields.add({.name = "estimate_quat_wb_xyzw", .width = 4});
    fields.add({.name = "estimate_omega_b_radps", .width = 3});
    for (const char* name : {"thrust", "roll", "pitch", "yaw"}) {
      action_columns.push_back({name, "", "body", -3, 3, name});
    }
    slab.num_worlds = num_worlds;
    slab.num_agents = num_agents;
    headers.resize(static_cast<std::size_t>(num_worlds));
    for (int w = 0; w < num_worlds; ++w) {
      headers[static_cast<std::size_t>(w)].seed = 1000 + static_cast<std::uint64_t>(w);
    }
    slab.worlds = headers.data();
    make_room();
    scatter();
  }

  /// Gives sensors that declared rows of their own the room for them; the old rows keep their
  /// values, new ones hold their initial ones.
  void make_room() {
    const Blocks old = slab.agents;
    const std::vector<float> old_memory = std::move(memory_);
    const int bodies = slab.num_worlds * slab.num_agents;
    const int num_rows = fields.num_rows();
    memory_.assign(static_cast<std::size_t>((blocks_for(bodies) * num_rows + 1) * kLanes), 0);
    const auto past = reinterpret_cast<std::uintptr_t>(memory_.data()) % 64;
    float* const aligned = memory_.data() + (past == 0 ? 0 : (64 - past) / sizeof(float));
    slab.agents = {aligned, blocks_for(bodies), num_rows, bodies};
    for (int b = 0; b < old.num_blocks; ++b)
      std::copy_n(old.block(b), old.num_rows * kLanes, slab.agents.block(b));
    for (std::size_t i = 0; i < fields.fields().size(); ++i) {
      const int row = fields.row_of(static_cast<int>(i));
      if (row < old.num_rows) continue;
      for (int b = 0; b < slab.agents.num_blocks; ++b) {
        std::fill_n(slab.agents.row(b, row), fields.fields()[i].width * kLanes,
                    fields.fields()[i].initial);
      }
    }
  }

  /// As after the reset of all worlds.
  void start(const Sensor& sensor) {
    for (WorldHeader& header : headers) header.step = 0;
    sensor.start({slab, {}, scene, vehicle}, 0, slab.agents.num_bodies);
  }
  /// One agent step in which `move`d bodies are measured.
  void advance(const Sensor& sensor) {
    sensor.advance({slab, {}, scene, vehicle}, 0, slab.agents.num_bodies);
    for (WorldHeader& header : headers) ++header.step;
  }

  /// Every row random but mode, attitudes uniform.
  void scatter() {
    std::mt19937 generator(5);
    std::uniform_real_distribution<float> draw(-3, 3);
    std::normal_distribution<float> normal(0, 1);
    for (int agent = 0; agent < slab.agents.num_blocks * kLanes; ++agent) {
      for (int row = 0; row < fields.num_rows(); ++row)
        slab.agents.at(agent, row) = draw(generator);
      slab.agents.at(agent, kMode) = 0;
      Quat q{normal(generator), normal(generator), normal(generator), normal(generator)};
      const float s = 1 / std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w);
      slab.agents.set_quat(agent, {q.x * s, q.y * s, q.z * s, q.w * s});
      for (int i = 0; i < 4; ++i) {
        slab.agents.at(agent, fields.find("estimate_quat_wb_xyzw").row + i) =
            slab.agents.at(agent, kQuat + (i + 1) % 4);
      }
    }
  }

  [[nodiscard]] std::unique_ptr<Sensor> make(const std::string& name, const std::string& toml = "",
                                             bool with_goal = true) {
    const Value config = parse_toml(toml, "test");
    SensorContext context{
        vehicle, scene,          fields,       action, with_goal ? goal : FieldRef{},
        config,  action_columns, agent_rate_hz};
    context.task_columns = task_columns;
    context.task_rows = task_rows;
    context.messages = messages;
    context.inbox_slot = inbox_slot;
    for (const SensorEntry* entry : sensor_entries()) {
      if (entry->name != name) continue;
      auto sensor = entry->make(context);
      make_room();
      return sensor;
    }
    ADD_FAILURE() << "no sensor " << name;
    return nullptr;
  }

  /// Observes all agents in two ranges, checks that nothing else was written, and that every value
  /// lies in its column's range. Rows are [agents][columns].
  std::vector<float> observe(const Sensor& sensor, const swarm::NeighborTable& neighbors = {}) {
    constexpr float kUntouched = -12345.5F;
    const std::vector<Column> columns = sensor.columns();
    const std::size_t width = columns.size();
    const std::size_t stride = width + 5;
    const std::size_t rows = static_cast<std::size_t>(slab.agents.num_bodies);
    std::vector<float> memory(rows * stride, kUntouched);
    const ObservationRows out{memory.data(), static_cast<std::ptrdiff_t>(stride), 2};
    const SenseInput in{slab, neighbors, scene, vehicle};
    const int split = slab.agents.num_bodies > kLanes ? kLanes : 0;
    if (split > 0) sensor.sense(in, 0, split, out);
    sensor.sense(in, split, slab.agents.num_bodies, out);

    std::vector<float> values;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < stride; ++c) {
        const float value = memory[r * stride + c];
        if (c < 2 || c >= width + 2) {
          EXPECT_EQ(value, kUntouched) << "row " << r << " beyond its columns, " << c;
          continue;
        }
        values.push_back(value);
        EXPECT_GE(value, columns[c - 2].low) << columns[c - 2].name;
        EXPECT_LE(value, columns[c - 2].high) << columns[c - 2].name;
      }
    }
    return values;
  }

  /// The message with which making the sensor fails, "" if it does not.
  [[nodiscard]] std::string refusal(const std::string& name, const std::string& toml,
                                    bool with_goal = true) {
    try {
      (void)make(name, toml, with_goal);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  Vehicle vehicle;
  Scene scene;
  FieldTable fields;
  FieldRef action, goal;
  std::vector<Column> action_columns;
  MessageRows messages;
  // as wide as what the rows are filled with
  std::vector<Column> inbox_slot{{"valid", "", "", -3, 3, "whether it is filled"},
                                 {"age", "s", "", -3, 3, "its age"},
                                 {"0", "", "", -3, 3, "payload"}};
  std::vector<Column> task_columns{{"item", "m", "world", -3, 3, "an item"},
                                   {"load", "", "", -3, 3, "a load"}};
  FieldRef task_rows;
  std::vector<WorldHeader> headers;
  Slab slab;
  int agent_rate_hz = 30;

 private:
  std::vector<float> memory_;
};

}  // namespace volery::testing
