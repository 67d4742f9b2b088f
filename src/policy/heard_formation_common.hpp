// Flying in formation by radio alone: consensus on where its middle is.
//
// x = p - d, position less own slot, is where an agent would have the middle. Everybody says p,
// velocity and d in every step, and flies to the mean of all x that it knows, its own included
// (R. Olfati-Saber, R. Murray, "Consensus problems in networks of agents with switching topology
// and time-delays", IEEE TAC 49(9), 2004). What was heard is carried on to now at the velocity that
// was told. On the way all keep clear of each other (orca_common.hpp), as far as they hear.
#pragma once

#include <memory>

#include "policy/pilot_common.hpp"
#include "volery/policy.hpp"

namespace volery::policy {

class HeardFormation final : public Policy {
 public:
  /// Throws Error (kValue) naming the sensor that is missing: pose, velocity, task; and where
  /// messages hold fewer than nine floats. Without a radio everybody stays.
  HeardFormation(const PolicyContext& context, std::string_view policy_name);

  /// Whether a layout is one in which states are heard.
  [[nodiscard]] static bool fits(const PolicyContext& context);

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
           std::uint32_t step) const noexcept override;

 private:
  // what 1 means in a message: position, velocity, slot
  static constexpr float kMessageM = 1000;
  static constexpr float kMessageMps = 100;
  static constexpr int kMessageSize = 9;
  [[nodiscard]] Vec3 safe_velocity(const float* in) const noexcept;
  void speak(const float* in, float* out) const noexcept;

  Pilot pilot_;
  OutboxColumns outbox_;
  float safe_radius_m_, speed_mps_;
  int pose_, velocity_, task_;
  int inbox_ = -1, num_slots_ = 0, slot_size_ = 0;  // -1: hears nothing
};

}  // namespace volery::policy
