// Discrete gusts of the form 1 - cos (MIL-F-8785C, 3.7.1.3): at random times, carried over the
// world by the wind, and at given times everywhere at once.
//
// The standard's gust rises as V/2 (1 - cos(pi x / d)) to V at x = d; ours falls again the same
// way, to 0 at x = 2 d, which is its duration times the speed at which it passes.
#pragma once

#include <cstdint>
#include <vector>

#include "core/described.hpp"
#include "core/types.hpp"

namespace volery::flight {

/// One gust at a given time of every episode, felt everywhere at once.
struct GustConfig {
  float start_s = 0;
  float duration_s = 1;                        // from calm to calm; the peak is in the middle
  std::vector<float> velocity_w_mps{0, 0, 0};  // at the peak
  void describe(FieldVisitor& v);
};

/// Gusts at random times: one in each interval of that length, at a uniformly drawn time, of a
/// uniformly drawn size and direction.
struct RandomGustConfig {
  float speed_mps = 0;  // largest size at the peak, sizes are in [1/2, 1] of it; 0: none
  float interval_s = 10;
  float duration_s = 2;
  float vertical_share = 0.2F;  // largest vertical part of the direction, of its horizontal part
  void describe(FieldVisitor& v);
};

/// Both kinds, prepared.
struct GustTrain {
  struct Timed {
    float start_s, inverse_duration_per_s;
    Vec3 velocity_w_mps;
  };
  std::vector<Timed> timed;
  float step_s = 0;
  // random ones; lengths along the way that gusts travel
  float speed_mps = 0;  // 0: none
  std::uint32_t interval_steps = 1;
  float convection_mps = 1;
  float interval_m = 1;
  float length_m = 1;
  float vertical_share = 0;
  float along_x = 1, along_y = 0;  // unit, horizontal: the way that gusts travel

  GustTrain() = default;
  /// Throws Error for a gust that lasts longer than its interval.
  GustTrain(const std::vector<GustConfig>& gusts, const RandomGustConfig& random, Vec3 mean_w_mps,
            float min_convection_mps, float agent_step_s);
  [[nodiscard]] bool any() const noexcept { return speed_mps > 0 || !timed.empty(); }
};

}  // namespace volery::flight
