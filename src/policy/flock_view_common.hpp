// From observation rows to what the flocking rules take, and back to actions: the frame of the
// policies vasarhelyi, reynolds, vicsek and olfati_saber. They fly level, at the height of the
// goal, and know walls where there are beams. Flockmates they know by radio, where there is one
// whose messages hold six floats: everybody sends its position and the velocity that it will have
// in a moment, in every step, and carries on by age what it hears. Without a radio they see them by
// the neighbors sensor.
#pragma once

#include <string_view>

#include "policy/flock_common.hpp"
#include "policy/pilot_common.hpp"

namespace volery::policy {

class FlockView {
 public:
  /// Throws Error (kValue) naming the sensor that is missing: velocity, goal, neighbors where
  /// nothing is heard, and pose where there are beams or a radio.
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
  /// Flies a level velocity (m/s), and to the goal's height; tells the others of it where there is
  /// a radio.
  void fly(const float* observation, Vec3 level_w_mps, float* action) const noexcept;

  /// Vehicles that fly 6 m/s take rules and figures as published.
  [[nodiscard]] bool is_full_size() const noexcept { return pilot_.max_speed_mps() >= kFullMps; }
  [[nodiscard]] float max_speed_mps() const noexcept { return pilot_.max_speed_mps(); }
  /// Of the velocity behind its setpoint: an acceleration is flown as a velocity that much ahead.
  [[nodiscard]] float lag_s() const noexcept { return lag_s_; }

 private:
  static constexpr float kFullMps = 6;
  // what 1 means in a message
  static constexpr float kMessageM = 1000;
  static constexpr float kMessageMps = 100;
  static constexpr int kMessageSize = 6;
  void read_inbox(const float* observation, Known& known, Flock& flock) const noexcept;
  void speak(const float* observation, Vec3 wished_w_mps, float* action) const noexcept;
  void read_walls(const float* observation, Known& known, Flock& flock) const noexcept;

  Pilot pilot_;
  float lag_s_;
  OutboxColumns outbox_;
  int velocity_, goal_;
  int neighbors_ = -1, num_neighbors_ = 0;
  int inbox_ = -1, num_slots_ = 0, slot_size_ = 0;  // -1: hears nothing
  int pose_ = -1, ranges_ = -1, num_beams_ = 0;
};

}  // namespace volery::policy
