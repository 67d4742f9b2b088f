#include "policy/heard_formation_common.hpp"

#include <algorithm>
#include <string>

#include "policy/orca_common.hpp"
#include "state/task_columns.hpp"
#include "volery/error.hpp"

namespace volery::policy {

namespace {

constexpr float kCruiseMps = 1.0F;
// As in `orca`: room for what bodies stray from their velocity, as a share of the radius, how far
// it looks ahead, and how much more apart rotorcraft keep above and below.
constexpr float kMargin = 0.7F;
constexpr float kHorizonS = 1.5F;
constexpr float kTallness = 2;
// Columns of a slot of the inbox: valid, age, what the radio tells of the sender, the payload last.
constexpr int kValid = 0, kAge = 1;

}  // namespace

bool HeardFormation::fits(const PolicyContext& context) {
  return context.group("task").count == kNumFormationColumns && context.group("goal").count == 0;
}

HeardFormation::HeardFormation(const PolicyContext& context, std::string_view policy_name)
    : pilot_(context, policy_name),
      outbox_(context.outbox),
      safe_radius_m_(context.vehicle.bounding_radius_m * (1 + kMargin)),
      speed_mps_(std::min(kCruiseMps, pilot_.max_speed_mps())),
      pose_(need_group(context, policy_name, "pose", 12)),
      velocity_(need_group(context, policy_name, "velocity", 3)),
      task_(need_group(context, policy_name, "task", kNumFormationColumns)) {
  const ColumnRange inbox = context.group("inbox");
  if (inbox.count == 0 || !outbox_.any()) return;
  if (outbox_.data.count < kMessageSize) {
    throw Error(ErrorKind::kValue, "policy '" + std::string(policy_name) +
                                       "': says nine numbers, but radio.payload.size = " +
                                       std::to_string(outbox_.data.count));
  }
  inbox_ = inbox.first;
  slot_size_ = inbox.count / context.inbox_slots;
  num_slots_ = std::min(context.inbox_slots, kMostHalfSpaces);
}

void HeardFormation::act(const float* observation, std::ptrdiff_t observation_stride, float* action,
                         std::ptrdiff_t action_stride, int num_rows, std::uint64_t /*seed*/,
                         std::uint32_t /*step*/) const noexcept {
  for (int row = 0; row < num_rows; ++row) {
    const float* const in = observation + row * observation_stride;
    float* const out = action + row * action_stride;
    pilot_.fly(pilot_.read(in), safe_velocity(in), out);
    speak(in, out);
  }
}

// towards the mean of all x, at the velocity nearest to it that keeps clear of who was heard
Vec3 HeardFormation::safe_velocity(const float* in) const noexcept {
  const Vec3 own_w_m = read_vec3(in + pose_), own_w_mps = read_vec3(in + velocity_);
  const Vec3 own_slot_m = read_vec3(in + task_);
  HalfSpace spaces[kMostHalfSpaces];
  Vec3 sum_m;
  int num = 0;
  for (int k = 0; k < num_slots_; ++k) {
    const float* const slot = in + inbox_ + k * slot_size_;
    if (slot[kValid] == 0) continue;
    const float* const payload = slot + slot_size_ - outbox_.data.count;
    const Vec3 velocity_w_mps = read_vec3(payload + 3) * kMessageMps;
    const Vec3 position_w_m = read_vec3(payload) * kMessageM + velocity_w_mps * slot[kAge];
    const Vec3 offset_w_m = position_w_m - own_w_m;
    const Vec3 slot_offset_m = read_vec3(payload + 6) * kMessageM - own_slot_m;
    sum_m = sum_m + (offset_w_m - slot_offset_m);
    spaces[num++] = orca_half_space({.offset_m = offset_w_m,
                                     .closing_mps = own_w_mps - velocity_w_mps,
                                     .radius_m = 2 * safe_radius_m_,
                                     .horizon_s = kHorizonS,
                                     .tallness = kTallness},
                                    own_w_mps, 0.5F);
  }
  const Vec3 way_m = sum_m * (1 / static_cast<float>(num + 1));
  return safest_velocity(spaces, num, 0, speed_mps_, pilot_.approach(way_m, speed_mps_));
}

void HeardFormation::speak(const float* in, float* out) const noexcept {
  if (!outbox_.any()) return;
  float* const data = out + outbox_.data.first;
  std::fill_n(data, outbox_.data.count, 0.0F);
  const bool speaks = inbox_ >= 0;
  if (speaks) {
    for (int i = 0; i < 3; ++i) {
      data[i] = in[pose_ + i] * (1 / kMessageM);
      data[3 + i] = in[velocity_ + i] * (1 / kMessageMps);
      data[6 + i] = in[task_ + i] * (1 / kMessageM);
    }
  }
  out[outbox_.send] = speaks ? 1.0F : 0.0F;
  if (outbox_.to >= 0) out[outbox_.to] = -1;  // everyone
  if (outbox_.channel >= 0) out[outbox_.channel] = 0;
}

}  // namespace volery::policy
