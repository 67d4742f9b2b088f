// From observation rows to what the flocking rules take, and back to actions: the frame of the
// policies vasarhelyi, reynolds, vicsek and olfati_saber. They fly level, at the height of the
// goal, and know neighbors and, where there are beams, walls.
#pragma once

#include <string_view>

#include "policy/flock_common.hpp"
#include "policy/pilot_common.hpp"

namespace volery::policy {

class FlockView {
 public:
  /// Throws Error (kValue) naming the sensor that is missing: velocity, goal, neighbors, and pose
  /// where there are beams.
  FlockView(const PolicyContext& context, std::string_view policy_name);

  static constexpr int kMost = 64;  // mates, and walls
  /// Room for what an agent knows.
  struct Known {
    Flockmate mates[kMost];
    Wall walls[kMost];
  };
  /// The level part of a row; `known` holds the arrays.
  [[nodiscard]] Flock read(const float* observation, Known& known) const noexcept;
  /// The level way to the goal.
  [[nodiscard]] Vec3 goal(const float* observation) const noexcept;
  /// Flies a level velocity (m/s), and to the goal's height.
  void fly(const float* observation, Vec3 level_w_mps, float* action) const noexcept;

  /// Vehicles that fly 6 m/s take rules and figures as published.
  [[nodiscard]] bool is_full_size() const noexcept { return pilot_.max_speed_mps() >= kFullMps; }
  [[nodiscard]] float max_speed_mps() const noexcept { return pilot_.max_speed_mps(); }
  /// Of the velocity behind its setpoint: an acceleration is flown as a velocity that much ahead.
  [[nodiscard]] float lag_s() const noexcept { return lag_s_; }

 private:
  static constexpr float kFullMps = 6;
  void read_walls(const float* observation, Known& known, Flock& flock) const noexcept;

  Pilot pilot_;
  float lag_s_;
  int velocity_, goal_, neighbors_;
  int num_neighbors_;
  int pose_ = -1, ranges_ = -1, num_beams_ = 0;
};

}  // namespace volery::policy
