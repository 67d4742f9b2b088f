// The formation task's config, and the path on which its slots travel.
#pragma once

#include <vector>

#include "task/slots_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/task_common.hpp"
#include "volery/task.hpp"

namespace volery::task {

enum class Motion : int { kTravel, kFixed };

/// What the shape is where the config leaves it open: a grid, where states are heard a circle.
enum class FormationShape : int { kAuto, kGrid, kCircle, kVee };

struct FormationConfig {
  FormationShape shape = FormationShape::kAuto;
  float spacing_m = 0.5F;
  int num_layers = 0;
  Motion motion = Motion::kTravel;
  float travel_m = 5;
  float speed_mps = 0.6F;
  float turn_rad = 1.2F;
  float hold_s = 4;
  float slot_clearance_m = 0.25F;
  bool hears = false;
  float formed_m = 0.1F;
  StartConfig start{.attitude_rad = 0.1F, .velocity_mps = 0.1F, .rates_radps = 0.1F};
  float success_radius_m = 0.2F;
  float slot_scale_m = 0.5F;
  float slot_weight = 1;
  float safe_distance_m = 0.25F;
  float closeness_weight = 0.5F;
  float collision_cost = 1;
  void describe(FieldVisitor& v);
};

/// The task's table, checked, with the defaults that depend on the vehicle or on `hears` filled in.
[[nodiscard]] FormationConfig load_formation_config(const TaskContext& context);

/// Where a formation is.
struct Pose {
  Vec3 center_w_m;
  float cos_yaw = 1, sin_yaw = 0;
};

/// A straight way from near the spawn region to an end pose that is clear of obstacles, drawn anew
/// for each episode and kept in the world's fields.
class FormationPath {
 public:
  /// What the world's fields hold.
  enum WorldField : int {
    kStartCenter = 0,  // 3, m, world frame
    kEndCenter = 3,    // 3
    kStartYaw = 6,     // rad
    kEndYaw = 7,       // rad
    kTravelTime = 8,   // s
    kNumWorldFields = 9,
  };

  /// Throws Error (kValue) where slots would touch or the formation does not fit in the bounds.
  FormationPath(const FormationConfig& config, const TaskContext& context, int num_agents,
                const SpawnSpec& spawn);

  /// Draws the episode's path into the world's fields.
  void draw(const WorldHeader& header, float* world_fields) const noexcept;
  /// Draws a heading alone, for a formation without a place of its own: its center is the origin.
  static void draw_heading(const WorldHeader& header, float* world_fields) noexcept;
  /// The formation at a time of the episode: waits hold_s, then eases from start to end.
  [[nodiscard]] Pose at(const float* world_fields, float time_s) const noexcept;
  [[nodiscard]] Vec3 slot(const Pose& pose, int index) const noexcept {
    const Vec3 o = slots_[static_cast<std::size_t>(index)];
    return {pose.center_w_m.x + pose.cos_yaw * o.x - pose.sin_yaw * o.y,
            pose.center_w_m.y + pose.sin_yaw * o.x + pose.cos_yaw * o.y, pose.center_w_m.z + o.z};
  }
  [[nodiscard]] bool moves() const noexcept { return config_.motion == Motion::kTravel; }

 private:
  /// Slots with their clearance; any smaller number once there are fewer than `least`.
  [[nodiscard]] int num_clear(const Pose& pose, int least) const noexcept;

  FormationConfig config_;
  const Scene* scene_;
  std::vector<Vec3> slots_;   // offsets from the center
  Bounds centers_;            // where the center may be: the bounds less the formation's size
  float low_z_m_, high_z_m_;  // heights of the center that the spawn region suggests
  Vec3 start_w_m_;            // nearest such point to the middle of the spawn region
};

}  // namespace volery::task
