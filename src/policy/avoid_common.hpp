// Avoiding what an agent sees: obstacles by its range beams, other agents by its neighbor slots.
//
// Two layers, both without memory. Steering picks the free horizontal direction nearest to the
// wished one (in the manner of vector field histograms; Borenstein and Koren, 1991). Limits then
// cut the velocity: towards anything no faster than its distance allows (a control barrier
// function; Ames et al., 2017), where two agents share the duty half and half (van den Berg et al.,
// "Reciprocal n-body collision avoidance", 2011).
#pragma once

#include <string_view>
#include <vector>

#include "core/types.hpp"
#include "policy/pilot_common.hpp"
#include "volery/policy.hpp"

namespace volery::policy {

class Avoidance {
 public:
  /// Throws Error (kValue) naming the sensor that is missing: pose, velocity, neighbors,
  /// rangefinder. Where there is a lidar too, one row of rays all around, the rangefinder need only
  /// look down: the lidar's rays are the beams.
  Avoidance(const PolicyContext& context, std::string_view policy_name);

  /// The wished velocity, turned and cut to what is safe. `observation` is the agent's row,
  /// `closing_per_s` how fast a distance may be used up.
  [[nodiscard]] Vec3 avoid(const float* observation, Vec3 goal_offset_w_m, Vec3 wished_w_mps,
                           float closing_per_s) const noexcept;
  /// The first layer alone: the wished velocity turned round obstacles.
  [[nodiscard]] Vec3 steer(const float* observation, Vec3 goal_offset_w_m,
                           Vec3 wished_w_mps) const noexcept;
  /// A level direction to fly round obstacles that stand close together, for speeds low enough to
  /// follow it: of many directions the one that leads nearest to the wished way, that turns least
  /// off the present course and keeps most clear. The wish itself where nothing stands in its way;
  /// otherwise its level part is that fast again in the new direction.
  [[nodiscard]] Vec3 thread(const float* observation, Vec3 goal_offset_w_m,
                            Vec3 wished_w_mps) const noexcept;
  /// job(direction_w, range_m) for each beam, the one that looks down last.
  template <class Job>
  void for_each_beam(const float* observation, Job&& job) const noexcept {
    const Heading heading = heading_of(observation);
    for (int i = 0; i < num_beams_; ++i) job(beam(heading, i), observation[ranges_ + i]);
    job(Vec3{0, 0, -1}, observation[down_]);
  }

 private:
  // horizontal unit vectors as x, y; z unused
  struct Heading {
    float cosine, sine;
  };
  // half spaces of velocities: no faster towards a direction than a speed
  struct Limits {
    static constexpr int kMost = 96;
    int count = 0;
    Vec3 towards[kMost];
    float speed_mps[kMost];
    void add(Vec3 direction_w, float most_mps) noexcept {
      if (count == kMost) return;
      towards[count] = direction_w;
      speed_mps[count++] = most_mps;
    }
  };
  void limit_by_agents(const float* observation, float closing_per_s,
                       Limits& limits) const noexcept;
  void limit_by_obstacles(const float* observation, float closing_per_s,
                          Limits& limits) const noexcept;
  [[nodiscard]] Heading heading_of(const float* observation) const noexcept;
  [[nodiscard]] Vec3 beam(const Heading& heading, int index) const noexcept;
  [[nodiscard]] bool is_free(const float* ranges_m, const Heading& heading, Vec3 direction_w,
                             float look_m) const noexcept;
  [[nodiscard]] float room_m(const Vec3* hits, int num_hits, Vec3 direction_w,
                             float look_m) const noexcept;
  [[nodiscard]] Vec3 pass_right(const float* observation, Vec3 wished_w_mps) const noexcept;
  [[nodiscard]] Vec3 limit(const float* observation, Vec3 velocity_w_mps,
                           float closing_per_s) const noexcept;

  float radius_m_;  // of the vehicle
  int pose_, velocity_, neighbors_, ranges_, down_;
  int num_neighbors_, num_beams_;
  // level beam directions, forward first, counter-clockwise
  std::vector<Vec3> beams_;
  std::vector<Vec3> ways_;  // level directions, relative to the wished one
};

}  // namespace volery::policy
