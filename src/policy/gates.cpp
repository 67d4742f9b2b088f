// gates: through each gate along the curve of least acceleration that ends in its middle, as soon
// as the vehicle's thrust allows, and in turn with racers who are nearer to it.
//
// A curve that is at a place with a velocity after a time T has, of all such, the least integral of
// the acceleration squared where that is linear in time (A. Bryson, "Linear feedback solutions for
// minimum effort interception, rendezvous, and soft landing", AIAA Journal, 1965). It begins with 6
// r / T^2 - (4 v + 2 w) / T, r the way, v and w the velocities at both ends, and ends with (2 v + 4
// w) / T - 6 r / T^2. Of a few speeds and directions in the gate those are taken that make the
// times to this gate and on to the next one shortest, each the least for which both ends can be
// flown. All of it is found anew in each step, so that the policy needs no memory. Frames are where
// the task's columns say that gates are: the curves lead through their middles, and beside their
// bars nothing else counts.
#include <algorithm>
#include <cmath>

#include "policy/orca_common.hpp"
#include "policy/pilot_common.hpp"
#include "state/neighbor_columns.hpp"
#include "state/task_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

namespace {

constexpr int kMostNeighbors = 16;
// Shares of thrust and tilt that curves are planned with: the rest corrects. With 0.75 a Crazyflie,
// which has little of either, hits frames.
constexpr float kPlanThrust = 0.7F;
constexpr float kPlanSlope = 0.9F;
// The vehicle's speed limit is one of its controllers; a gate may be passed this much faster.
constexpr float kTop = 1.3F;
constexpr int kNumSpeeds = 8;  // tried in a gate, as the squares of even steps
// Ways through a gate lean this much towards the next one, as ratios of lengths.
constexpr float kLeans[] = {0, 0.5F, 1};
constexpr float kLeastAlong = 0.7F;  // cosine of the most that they lean
// Times are tried in steps of this factor, then the last step is halved: to 0.4 %.
constexpr float kStep = 1.25F;
constexpr int kMostTimes = 20;
constexpr int kHalvings = 6;
constexpr float kLeastTimeS = 0.05F;
// This long before a gate the curve to it is too short to be corrected: the rest of the way is
// flown with the acceleration to the next one, as far as that stays clear of the frame by this many
// radii, counted from the racer's middle.
constexpr float kCommitS = 0.4F;
constexpr float kClearRadii = 1.8F;
constexpr float kSoonS = 0.1F;    // the least time in which it corrects what is left
constexpr float kLeastUp = 0.2F;  // of the body's z axis, to tell the acceleration by it
// Within this many radii of a gate's plane its bars are beside.
constexpr float kDepthRadii = 2;
// From behind a gate: out beside it by this much, then to this far before it.
constexpr float kAsideM = 2;
constexpr float kBeforeM = 2.5F;
constexpr float kBackPerS = 1.5F;
// Who is nearer to the same gate goes first: others pass it this much later, and until then fly to
// this far before it.
constexpr float kGapS = 0.4F;
constexpr float kLeastAheadMps = 1.5F;
constexpr float kPassedM = 0.3F;  // somebody this far behind a gate's plane is through
constexpr float kQueueM = 1;
constexpr float kQueuePerS = 2;
constexpr float kQueueMps2 = 8;
// Racers stay above the lowest middle of the gates in view less this share of the opening, which
// they near by no more than this rate.
constexpr float kBelowOpenings = 0.3F;
constexpr float kSinkPerS = 4;
// As in orca, but short: giving way earlier leads into frames.
constexpr float kMargin = 0.5F;  // beside the radius, as a share of it
constexpr float kHorizonS = 0.3F;
constexpr float kTallness = 2;

struct GateView {
  Vec3 offset_m;
  Vec3 through;
};

// where the acceleration of a curve begins
Vec3 first_acceleration(Vec3 way, Vec3 from, Vec3 to, float time_s) noexcept {
  return way * (6 / (time_s * time_s)) - (from * 4 + to * 2) * (1 / time_s);
}

GateView read_gate(const float* columns) noexcept {
  return {policy::read_vec3(columns), {columns[3], columns[4], 0}};
}

class GatesPolicy final : public Policy {
 public:
  explicit GatesPolicy(const PolicyContext& context)
      : pilot_(context, "gates"),
        radius_m_(context.vehicle.bounding_radius_m),
        speed_mps_(kTop * pilot_.max_speed_mps()),
        task_(policy::need_group(context, "gates", "task", kNumGateColumns)),
        velocity_(policy::need_group(context, "gates", "velocity", 3)) {
    const policy::Pilot::HardLimits hard = pilot_.hard_limits();
    limits_ = {std::max(hard.thrust_mps2 * kPlanThrust, 1.1F * kGravityMps2), hard.least_mps2,
               hard.slope * kPlanSlope};
    const ColumnRange neighbors = context.group("neighbors");
    neighbors_ = neighbors.first;
    num_neighbors_ = std::min(neighbors.count / kNeighborColumns, kMostNeighbors);
  }

  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
           std::uint32_t /*step*/) const noexcept override {
    for (int row = 0; row < num_rows; ++row) {
      const float* const in = observation + row * observation_stride;
      policy::OwnMotion own = pilot_.read(in);
      own.velocity_w_mps = policy::read_vec3(in + velocity_);
      Vec3 wish_mps2 = acceleration(in, own);
      if (!between_bars(in)) wish_mps2 = clear_of_others(in, own.velocity_w_mps, wish_mps2);
      wish_mps2.z = std::max(wish_mps2.z, least_climb(in, own.velocity_w_mps.z));
      pilot_.push(own, wish_mps2, action + row * action_stride);
    }
  }

 private:
  [[nodiscard]] bool can_fly(Vec3 a) const noexcept {
    const float up = a.z + kGravityMps2;
    const float level2 = a.x * a.x + a.y * a.y;
    return up >= limits_.least_mps2 && level2 <= limits_.slope * limits_.slope * up * up &&
           level2 + up * up <= limits_.thrust_mps2 * limits_.thrust_mps2;
  }

  [[nodiscard]] bool can_fly(Vec3 way, Vec3 from, Vec3 to, float time_s) const noexcept {
    // the last acceleration is the first one of the way back
    return can_fly(first_acceleration(way, from, to, time_s)) &&
           can_fly(first_acceleration(way, to, from, time_s) * -1);
  }

  // the least time in which a curve can be flown; 0 where there is none
  [[nodiscard]] float curve_time(Vec3 way, Vec3 from, Vec3 to) const noexcept {
    float low_s = std::max(policy::norm(way) / speed_mps_, kLeastTimeS);
    if (can_fly(way, from, to, low_s)) return low_s;
    for (int i = 0; i < kMostTimes; ++i, low_s *= kStep) {
      float high_s = low_s * kStep;
      if (!can_fly(way, from, to, high_s)) continue;
      for (int k = 0; k < kHalvings; ++k) {
        const float middle_s = 0.5F * (low_s + high_s);
        (can_fly(way, from, to, middle_s) ? high_s : low_s) = middle_s;
      }
      return high_s;
    }
    return 0;
  }

  struct Curve {
    Vec3 acceleration_mps2;  // now
    float time_s = 0;        // to the gate
  };
  // the curve to a gate that is soonest at the one after it; null: soonest at the gate itself
  [[nodiscard]] Curve best_curve(const GateView& gate, const GateView* after,
                                 Vec3 v) const noexcept {
    const Vec3 next = after != nullptr ? after->offset_m - gate.offset_m : Vec3{};
    Vec3 towards{next.x, next.y, 0};
    const float level_m = policy::norm(towards);
    towards = level_m > 0.1F ? towards * (1 / level_m) : Vec3{};
    float best_s = 1e9F;
    Curve best{v * -1, 0};  // brake where there is none
    for (const float lean : kLeans) {
      if (after == nullptr && lean > 0) break;
      Vec3 way = gate.through + towards * lean;
      way = way * (1 / std::max(policy::norm(way), 0.1F));
      if (dot(way, gate.through) < kLeastAlong) continue;
      for (int i = 1; i <= kNumSpeeds; ++i) {
        const float share = static_cast<float>(i) / kNumSpeeds;
        const float passing_mps = speed_mps_ * share * share;
        const float time_s = curve_time(gate.offset_m, v, way * passing_mps);
        if (time_s == 0 || time_s >= best_s) continue;
        float next_s = 0;
        if (after != nullptr) {
          next_s = curve_time(next, way * passing_mps, after->through * passing_mps);
          if (next_s == 0 || time_s + next_s >= best_s) continue;
        }
        best_s = time_s + next_s;
        best = {first_acceleration(gate.offset_m, v, way * passing_mps, time_s), time_s};
      }
    }
    return best;
  }

  [[nodiscard]] Vec3 acceleration(const float* in, const policy::OwnMotion& own) const noexcept {
    const GateView gate = read_gate(in + task_ + kGateX);
    const GateView after = read_gate(in + task_ + kGateAfterX);
    const float half_m = 0.5F * in[task_ + kGateOpening];
    const Vec3 v = own.velocity_w_mps;
    const float ahead_m = dot(gate.offset_m, gate.through);
    const float closing_mps = dot(v, gate.through);
    if (ahead_m < 0) return back_round(gate, half_m, v);
    if (ahead_m < closing_mps * kCommitS) {
      return last_bit(gate, after, half_m - kClearRadii * radius_m_, own, ahead_m / closing_mps);
    }
    const Curve curve = best_curve(gate, &after, v);
    const float turn_s = turn_time(in, gate, v);
    if (curve.time_s > turn_s || ahead_m < kQueueM || between_bars(in))
      return curve.acceleration_mps2;
    // it is somebody else's turn: straight to before the gate, as slowly as that takes
    const Vec3 queue = gate.offset_m - gate.through * kQueueM;
    return policy::limited((queue * (1 / turn_s) - v) * kQueuePerS, kQueueMps2);
  }

  // what the thrust does now, if it carries the weight
  [[nodiscard]] Vec3 present_acceleration(const policy::OwnMotion& own) const noexcept {
    const Vec3 up = own.axis_z_w;
    if (!(up.z > kLeastUp)) return {};
    const float per_up = kGravityMps2 / up.z;
    return policy::limited({up.x * per_up, up.y * per_up, 0}, limits_.thrust_mps2);
  }

  // just before a gate: as much of the curve to the next one as leaves this one's frame alone, or
  // back to the middle where even none of it does
  [[nodiscard]] Vec3 last_bit(const GateView& gate, const GateView& after, float room_m,
                              const policy::OwnMotion& own, float time_s) const noexcept {
    const Vec3 now = present_acceleration(own);
    const Vec3 on = best_curve(after, nullptr, own.velocity_w_mps).acceleration_mps2;
    Vec3 off;
    for (float share = 1; share >= 0; share -= 0.25F) {
      // from the present acceleration to the ordered one, evenly
      const Vec3 moved =
          own.velocity_w_mps * time_s + (now * 2 + on * share) * (time_s * time_s / 6);
      off = gate.offset_m - moved;
      const float level_m = std::fabs(gate.through.x * off.y - gate.through.y * off.x);
      if (std::max(level_m, std::fabs(off.z)) >= room_m) continue;
      return on * share;
    }
    const Vec3 aside = off - gate.through * dot(off, gate.through);
    return policy::limited(aside * (6 / (time_s * time_s + kSoonS * kSoonS)), limits_.thrust_mps2);
  }

  // a gate's plane was crossed beside its opening: round the outside to before it
  [[nodiscard]] static Vec3 back_round(const GateView& gate, float half_m, Vec3 v) noexcept {
    const Vec3 aside = gate.offset_m - gate.through * dot(gate.offset_m, gate.through);
    const float aside_m = policy::norm(aside);
    const Vec3 out =
        aside_m > 1e-3F ? aside * (-1 / aside_m) : Vec3{-gate.through.y, gate.through.x, 0};
    const float back_m = aside_m > half_m + 0.5F * kAsideM ? kBeforeM : 0.0F;
    const Vec3 by = gate.offset_m + out * (half_m + kAsideM) - gate.through * back_m;
    return policy::limited(by * kBackPerS - v * 2, 0.5F * kGravityMps2);
  }

  // whether the frame of a gate is beside, where only flying through is safe
  [[nodiscard]] bool between_bars(const float* in) const noexcept {
    const float depth_m = kDepthRadii * radius_m_;
    for (const int column : {kGateX, kGateBeforeX}) {
      const GateView gate = read_gate(in + task_ + column);
      const float ahead_m = dot(gate.offset_m, gate.through);
      const Vec3 aside = gate.offset_m - gate.through * ahead_m;
      if (std::fabs(ahead_m) < depth_m &&
          policy::norm(aside) < 0.5F * in[task_ + kGateOpening] + depth_m)
        return true;
    }
    return false;
  }

  // not far below all gates in view, the ground that is under some: the height over that falls off
  // exponentially at most
  [[nodiscard]] float least_climb(const float* in, float climb_mps) const noexcept {
    float lowest_m = in[task_ + kGateZ];
    for (const int column : {kGateAfterZ, kGateBeforeZ}) {
      lowest_m = std::min(lowest_m, in[task_ + column]);
    }
    const float height_m = kBelowOpenings * in[task_ + kGateOpening] - lowest_m;
    return -2 * kSinkPerS * climb_mps - kSinkPerS * kSinkPerS * height_m;
  }

  // when those who are nearer to the gate will have passed it, and a gap
  [[nodiscard]] float turn_time(const float* in, const GateView& gate, Vec3 v) const noexcept {
    float least_s = 0;
    const float own_m = policy::norm(gate.offset_m);
    for (int k = 0; k < num_neighbors_; ++k) {
      const float* const columns = in + neighbors_ + k * kNeighborColumns;
      const Vec3 left = gate.offset_m - policy::read_vec3(columns);
      const float left_m = policy::norm(left);
      if (columns[6] == 0 || left_m >= own_m || dot(left, gate.through) < -kPassedM) continue;
      const Vec3 theirs = v + policy::read_vec3(columns + 3);
      const float speed_mps = left_m > 1e-3F ? dot(theirs, left) / left_m : 0;
      least_s = std::max(least_s, left_m / std::max(speed_mps, kLeastAheadMps) + kGapS);
    }
    return least_s;
  }

  [[nodiscard]] Vec3 clear_of_others(const float* in, Vec3 own_w_mps,
                                     Vec3 wish_mps2) const noexcept {
    policy::HalfSpace spaces[kMostNeighbors];
    int num = 0;
    for (int k = 0; k < num_neighbors_; ++k) {
      const float* const columns = in + neighbors_ + k * kNeighborColumns;
      if (columns[6] == 0) continue;
      spaces[num++] = policy::orca_half_space({.offset_m = policy::read_vec3(columns),
                                               .closing_mps = policy::read_vec3(columns + 3) * -1,
                                               .radius_m = 2 * (1 + kMargin) * radius_m_,
                                               .horizon_s = kHorizonS,
                                               .tallness = kTallness},
                                              own_w_mps, 0.5F);
    }
    if (num == 0) return wish_mps2;
    // the velocity that the pilot answers with the acceleration, and back
    const float per_s = pilot_.velocity_per_s();
    const Vec3 wish_w_mps = own_w_mps + wish_mps2 * (1 / per_s);
    const Vec3 safe = policy::safest_velocity(spaces, num, 0, 3 * speed_mps_, wish_w_mps);
    return (safe - own_w_mps) * per_s;
  }

  policy::Pilot pilot_;
  float radius_m_, speed_mps_;
  policy::Pilot::HardLimits limits_{};  // of planned curves
  int task_, velocity_, neighbors_ = -1;
  int num_neighbors_ = 0;
};

}  // namespace

extern const PolicyEntry policy_gates;
const PolicyEntry policy_gates{
    .name = "gates",
    .doc =
        "Flies through gates on curves of least acceleration as soon as the thrust allows, in "
        "turn with other racers.",
    .make = [](const PolicyContext& context) -> std::unique_ptr<Policy> {
      return std::make_unique<GatesPolicy>(context);
    }};

}  // namespace volery
