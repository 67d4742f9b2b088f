// estimate: the attitude and rates that the controller flies on.
#include <algorithm>

#include "sense/rows_common.hpp"

namespace volery {

namespace {

class Estimate final : public Sensor {
 public:
  Estimate(int quat_row, int rate_row) : quat_row_(quat_row), rate_row_(rate_row) {}

  std::vector<Column> columns() const override {
    std::vector<Column> columns;
    for (const char* row : {"x", "y", "z"}) {
      for (const char* axis : {"x", "y", "z"}) {
        columns.push_back(
            {std::string("estimate_rotation_") + row + axis, "", "world", -1, 1,
             std::string("estimated world ") + row + " of the body's " + axis + " axis"});
      }
    }
    for (Column& column : sense::vector_columns("estimate_rate", "rad/s", sense::Frame::kBody,
                                                "estimated angular velocity")) {
      columns.push_back(std::move(column));
    }
    return columns;
  }

  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    const Blocks& agents = in.slab.agents;
    for (int agent = first_agent; agent < last_agent; ++agent) {
      const Quat q{agents.at(agent, quat_row_), agents.at(agent, quat_row_ + 1),
                   agents.at(agent, quat_row_ + 2), agents.at(agent, quat_row_ + 3)};
      float* const row = out.row(agent);
      const Vec3 axes[3] = {rotate(q, {1, 0, 0}), rotate(q, {0, 1, 0}), rotate(q, {0, 0, 1})};
      for (int a = 0; a < 3; ++a) {
        const float column[3] = {axes[a].x, axes[a].y, axes[a].z};
        // rounding must not leave the space that the columns declare
        for (int r = 0; r < 3; ++r) row[3 * r + a] = std::min(std::max(column[r], -1.0F), 1.0F);
      }
    }
    sense::write_state({agents, first_agent, last_agent}, rate_row_, 3,
                       {out.data, out.stride, out.first_column + 9});
  }

 private:
  int quat_row_;
  int rate_row_;
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  (void)sense::load_config<sense::NoConfig>(context, "estimate");
  const FieldRef quat = context.fields.find("estimate_quat_wb_xyzw");
  const FieldRef rate = context.fields.find("estimate_omega_b_radps");
  if (quat.row < 0 || rate.row < 0) {
    throw Error(ErrorKind::kValue,
                "config.sensors: \"estimate\" tells what an estimator believes: set "
                "config.estimator = \"complementary\"");
  }
  return std::make_unique<Estimate>(quat.row, rate.row);
}

}  // namespace

extern const SensorEntry sensor_estimate;
const SensorEntry sensor_estimate{
    "estimate", "estimated attitude (rotation matrix) and rates, where an estimator runs", make,
    sense::rows_of<sense::NoConfig>};

}  // namespace volery
