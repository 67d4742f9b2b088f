// pose: where the agent is and how it is turned; exact, or with white noise and its own rate and
// delay.
#include <algorithm>
#include <cmath>

#include "sense/noisy_common.hpp"

namespace volery {

namespace {

struct PoseConfig {
  float position_noise_m = 0;
  float attitude_noise_rad = 0;
  sense::TimingConfig timing;
  void describe(FieldVisitor& v) {
    v.field("position_noise_m", position_noise_m,
            {.unit = "m", .low = 0, .high = 1000, .doc = "std of every sample on each axis"});
    v.field(
        "attitude_noise_rad", attitude_noise_rad,
        {.unit = "rad", .low = 0, .high = 1, .doc = "std of a small turn about each body axis"});
    timing.describe(v);
  }
};

std::vector<Column> pose_columns() {
  std::vector<Column> columns = sense::vector_columns("position", "m", sense::Frame::kWorld,
                                                      "position of the center of mass");
  for (const char* row : {"x", "y", "z"}) {
    for (const char* axis : {"x", "y", "z"}) {
      columns.push_back({std::string("rotation_") + row + axis, "", "world", -1, 1,
                         std::string("world ") + row + " of the body's " + axis + " axis"});
    }
  }
  return columns;
}

class Pose final : public Sensor {
 public:
  std::vector<Column> columns() const override { return pose_columns(); }
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    sense::write_pose({in.slab.agents, first_agent, last_agent}, out);
  }
};

// Channels 0-2 the position, 3-5 half of a small turn in body axes.
struct MeasuredPose {
  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    for (int i = 0; i < 3; ++i) lane[i * kLanes] = in.slab.agents.at(agent, kPosition + i);
  }
  void finish(const SenseInput& in, int agent, float* lane) const noexcept {
    // q (n, 1): to first order a turn by 2 n
    const Quat q = in.slab.agents.quat(agent);
    const Vec3 n{lane[3 * kLanes], lane[4 * kLanes], lane[5 * kLanes]};
    const Vec3 u{q.x, q.y, q.z};
    const Vec3 v = u + n * q.w + cross(u, n);
    const float w = q.w - dot(u, n);
    const float scale = 1 / std::sqrt(dot(v, v) + w * w);
    const Quat seen{v.x * scale, v.y * scale, v.z * scale, w * scale};
    const Vec3 axes[3] = {rotate(seen, {1, 0, 0}), rotate(seen, {0, 1, 0}),
                          rotate(seen, {0, 0, 1})};
    for (int a = 0; a < 3; ++a) {
      const float column[3] = {axes[a].x, axes[a].y, axes[a].z};
      // rounding must not leave the space that the columns declare
      for (int r = 0; r < 3; ++r)
        lane[(3 + 3 * r + a) * kLanes] = std::min(std::max(column[r], -1.0F), 1.0F);
    }
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<PoseConfig>(context, "pose");
  if (config.position_noise_m == 0 && config.attitude_noise_rad == 0 &&
      config.timing.is_immediate()) {
    return std::make_unique<Pose>();
  }
  sense::ChannelErrors position;
  position.white_std = config.position_noise_m;
  std::vector<sense::ChannelErrors> errors(3, position);
  sense::ChannelErrors half_turn;
  half_turn.white_std = 0.5F * config.attitude_noise_rad;
  errors.resize(6, half_turn);
  return std::make_unique<sense::AgentwiseSensor<MeasuredPose>>(
      MeasuredPose{}, context.fields, "pose", pose_columns(), errors,
      sense::timing_of(config.timing, "pose", context.agent_rate_hz));
}

}  // namespace

extern const SensorEntry sensor_pose;
const SensorEntry sensor_pose{"pose", "position and rotation matrix (body to world, row by row)",
                              make, sense::rows_of<PoseConfig>};

}  // namespace volery
