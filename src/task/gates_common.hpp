// Tracks of the gates task: where gates stand and which way they are flown through.
#pragma once

#include <vector>

#include "core/rng.hpp"
#include "state/slab.hpp"
#include "task/task_common.hpp"

namespace volery::task {

/// A square gate, upright.
struct Gate {
  Vec3 center_w_m;
  Vec3 through_w;  // level unit vector, the way to fly
};

/// The Split-S track of P. Foehn, A. Romero, D. Scaramuzza, "Time-optimal planning for quadrotor
/// waypoint flight", Science Robotics 2021: centers of their file, headings of R. Penicka, D.
/// Scaramuzza, "Minimum-time quadrotor waypoint flight in cluttered environments", RA-L 2022, for
/// nearly the same track.
[[nodiscard]] std::vector<Gate> split_s_track();

/// Gate `index` of a random track of `num_gates` round the middle of a box, counter-clockwise: a
/// keyed draw of the episode, so nothing is stored. Its centers lie within `box`.
[[nodiscard]] Gate random_gate(const WorldHeader& header, const Bounds& box, int num_gates,
                               int index) noexcept;

/// How a straight move from one point to another meets a gate's plane.
enum class Crossing : int {
  kNone,    // stays on its side, comes back, or is far off
  kPassed,  // the right way through the opening
  kMissed,  // the right way, beside the opening
};
[[nodiscard]] Crossing crossing(const Gate& gate, float opening_m, Vec3 from_w_m,
                                Vec3 to_w_m) noexcept;

}  // namespace volery::task
