// An observation made by hand: groups with known places, in a row with room on both sides.
#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"
#include "model/vehicle.hpp"
#include "volery/error.hpp"
#include "volery/policy.hpp"

namespace volery::test {

/// Group widths, and one row that holds a drone level at rest at its goal, far from everything.
class Observation {
 public:
  using Widths = std::vector<std::pair<std::string, int>>;
  explicit Observation(const Widths& widths) {
    int first = 1;  // no group starts at 0, so that a forgotten offset shows
    for (const auto& [name, count] : widths) {
      groups[name] = {first, count};
      first += count + 1;
    }
    row.assign(static_cast<std::size_t>(first), 0.0F);
    if (groups.contains("pose")) set_attitude({0, 0, 0, 1});
    if (groups.contains("rangefinder")) fill("rangefinder", 4);
  }
  static Widths all(int num_neighbors = 2, int num_beams = 8) {
    return {{"pose", 12},
            {"velocity", 3},
            {"rates", 3},
            {"goal", 3},
            {"neighbors", 7 * num_neighbors},
            {"rangefinder", num_beams + 1}};
  }
  float* group(const std::string& name) { return row.data() + groups.at(name).first; }
  void set(const std::string& name, Vec3 v, int offset = 0) {
    float* const columns = group(name) + offset;
    columns[0] = v.x;
    columns[1] = v.y;
    columns[2] = v.z;
  }
  void fill(const std::string& name, float value) {
    for (int i = 0; i < groups.at(name).count; ++i) group(name)[i] = value;
  }
  void set_attitude(Quat quat_wb) {
    const Vec3 axes[3] = {rotate(quat_wb, {1, 0, 0}), rotate(quat_wb, {0, 1, 0}),
                          rotate(quat_wb, {0, 0, 1})};
    float* const m = group("pose") + 3;
    for (int c = 0; c < 3; ++c) {
      m[c] = axes[c].x;
      m[3 + c] = axes[c].y;
      m[6 + c] = axes[c].z;
    }
  }
  void set_neighbor(int slot, Vec3 offset_w_m, Vec3 velocity_w_mps) {
    set("neighbors", offset_w_m, 7 * slot);
    set("neighbors", velocity_w_mps, 7 * slot + 3);
    group("neighbors")[7 * slot + 6] = 1;
  }
  [[nodiscard]] PolicyContext context(const Vehicle& vehicle, const std::string& level) const {
    const auto find = [](const void* layout, std::string_view name) {
      const auto& table = *static_cast<const std::map<std::string, ColumnRange>*>(layout);
      const auto at = table.find(std::string(name));
      return at == table.end() ? ColumnRange{} : at->second;
    };
    return {vehicle, level, 4, 1.0F / 30, find, &groups};
  }

  std::map<std::string, ColumnRange> groups;
  std::vector<float> row;
};

inline std::unique_ptr<Policy> make_policy(const std::string& name, const PolicyContext& context) {
  for (const PolicyEntry* entry : policy_entries()) {
    if (entry->name == name) return entry->make(context);
  }
  throw std::runtime_error("no policy " + name);
}

/// The action of a policy for the row.
inline std::vector<float> act(const std::string& name, const Observation& observation,
                              const Vehicle& vehicle, const std::string& level) {
  std::vector<float> action(4, 99);
  make_policy(name, observation.context(vehicle, level))
      ->act(observation.row.data(), 0, action.data(), 4, 1, 0, 0);
  return action;
}

/// The message of the Error that making the policy throws; "" where it throws none.
inline std::string make_error(const std::string& name, const Observation::Widths& widths,
                              const std::string& level) {
  const Vehicle vehicle = load_vehicle("cf2x");
  try {
    const auto policy = make_policy(name, Observation(widths).context(vehicle, level));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace volery::test
