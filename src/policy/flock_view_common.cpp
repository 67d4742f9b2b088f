#include "policy/flock_view_common.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "state/neighbor_columns.hpp"

namespace volery::policy {

namespace {

// With so few beams each one is the nearest point of a wall of its own.
constexpr int kFewBeams = 4;
// Of the way from its velocity to the one that it sets out to fly, what a vehicle covers within a
// delay as long as its own lag, 1 - 1/e: about so in both arenas.
constexpr float kChangeWithinDelay = 0.6F;

}  // namespace

FlockView::FlockView(const PolicyContext& context, std::string_view policy_name)
    : pilot_(context, policy_name),
      lag_s_(1 / context.vehicle.gains.velocity_per_s.x),
      outbox_(context.outbox),
      velocity_(need_group(context, policy_name, "velocity", 3)),
      goal_(need_group(context, policy_name, "goal", 3)) {
  const ColumnRange inbox = context.group("inbox");
  if (inbox.count > 0 && outbox_.data.count >= kMessageSize) {
    inbox_ = inbox.first;
    num_slots_ = context.inbox_slots;
    slot_size_ = inbox.count / num_slots_;
    pose_ = need_group(context, policy_name, "pose", 12);
  } else {
    neighbors_ = need_group(context, policy_name, "neighbors", kNeighborColumns);
    num_neighbors_ = std::min(context.group("neighbors").count / kNeighborColumns, kMost);
  }
  const ColumnRange beams = context.group("rangefinder");
  if (beams.count > 1) {
    ranges_ = beams.first;
    num_beams_ = std::min(beams.count - 1, kMost);
    pose_ = need_group(context, policy_name, "pose", 12);
  }
}

Flock FlockView::read(const float* observation, Known& known) const noexcept {
  Flock flock;
  flock.mates = known.mates;
  flock.walls = known.walls;
  const Vec3 own = read_vec3(observation + velocity_);
  flock.velocity_mps = {own.x, own.y, 0};
  for (int k = 0; k < num_neighbors_; ++k) {
    const float* const columns = observation + neighbors_ + k * kNeighborColumns;
    if (columns[6] == 0) continue;
    known.mates[flock.num_mates++] = {{columns[0], columns[1], 0}, {columns[3], columns[4], 0}};
  }
  if (inbox_ >= 0) read_inbox(observation, known, flock);
  if (num_beams_ > 0) read_walls(observation, known, flock);
  return flock;
}

// valid, age, what the radio tells of the sender, and last the payload
void FlockView::read_inbox(const float* observation, Known& known, Flock& flock) const noexcept {
  const Vec3 own_w_m = read_vec3(observation + pose_);
  const Vec3 own_w_mps = read_vec3(observation + velocity_);
  for (int k = 0; k < num_slots_ && flock.num_mates < kMost; ++k) {
    const float* const slot = observation + inbox_ + k * slot_size_;
    if (slot[0] == 0) continue;
    const float* const payload = slot + slot_size_ - outbox_.data.count;
    // where it is now, at the velocity that it told
    const Vec3 velocity_w_mps = read_vec3(payload + 3) * kMessageMps;
    const Vec3 offset = read_vec3(payload) * kMessageM + velocity_w_mps * slot[1] - own_w_m;
    const Vec3 velocity = velocity_w_mps - own_w_mps;
    known.mates[flock.num_mates++] = {{offset.x, offset.y, 0}, {velocity.x, velocity.y, 0}};
  }
}

// where it is, and how it will fly when others hear of it
void FlockView::speak(const float* observation, Vec3 wished_w_mps, float* action) const noexcept {
  if (!outbox_.any()) return;
  float* const data = action + outbox_.data.first;
  std::fill_n(data, outbox_.data.count, 0.0F);
  const bool speaks = inbox_ >= 0;
  if (speaks) {
    const Vec3 now_w_mps = read_vec3(observation + velocity_);
    const Vec3 soon_w_mps = now_w_mps + (wished_w_mps - now_w_mps) * kChangeWithinDelay;
    const float told[3] = {soon_w_mps.x, soon_w_mps.y, soon_w_mps.z};
    for (int i = 0; i < 3; ++i) {
      data[i] = observation[pose_ + i] * (1 / kMessageM);
      data[3 + i] = told[i] * (1 / kMessageMps);
    }
  }
  action[outbox_.send] = speaks ? 1.0F : 0.0F;
  if (outbox_.to >= 0) action[outbox_.to] = -1;  // everyone
  if (outbox_.channel >= 0) action[outbox_.channel] = 0;
}

// beams turn with the heading; the one that looks down comes after the level ones
void FlockView::read_walls(const float* observation, Known& known, Flock& flock) const noexcept {
  const float x = observation[pose_ + 3], y = observation[pose_ + 6];
  const float length = std::sqrt(x * x + y * y);
  const float heading_rad = length > 1e-3F ? atan2(y, x) : 0.0F;
  const float* const ranges_m = observation + ranges_;
  for (int i = 0; i < num_beams_; ++i) {
    const float before_m = ranges_m[(i + num_beams_ - 1) % num_beams_];
    const float after_m = ranges_m[(i + 1) % num_beams_];
    const bool nearest = ranges_m[i] <= before_m && ranges_m[i] <= after_m;
    if (num_beams_ > kFewBeams && !nearest) continue;
    const float angle_rad =
        heading_rad + 2 * kPi * static_cast<float>(i) / static_cast<float>(num_beams_);
    known.walls[flock.num_walls++] = {{cos(angle_rad), sin(angle_rad), 0}, ranges_m[i]};
  }
}

Vec3 FlockView::goal(const float* observation) const noexcept {
  return {observation[goal_], observation[goal_ + 1], 0};
}

void FlockView::fly(const float* observation, Vec3 level_w_mps, float* action) const noexcept {
  const Vec3 climb = pilot_.approach({0, 0, observation[goal_ + 2]}, 0.5F * pilot_.max_speed_mps());
  const Vec3 level = limited({level_w_mps.x, level_w_mps.y, 0}, pilot_.max_speed_mps());
  const Vec3 wished_w_mps{level.x, level.y, climb.z};
  pilot_.fly(pilot_.read(observation), wished_w_mps, action);
  speak(observation, wished_w_mps, action);
}

}  // namespace volery::policy
