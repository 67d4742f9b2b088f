// pose: where the agent is and how it is turned.
#include "sense/rows_common.hpp"

namespace volery {

namespace {

class Pose final : public Sensor {
 public:
  std::vector<Column> columns() const override {
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
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    sense::write_pose({in.slab.agents, first_agent, last_agent}, out);
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  (void)sense::load_config<sense::NoConfig>(context, "pose");
  return std::make_unique<Pose>();
}

}  // namespace

extern const SensorEntry sensor_pose;
const SensorEntry sensor_pose{"pose", "position and rotation matrix (body to world, row by row)",
                              make, sense::rows_of<sense::NoConfig>};

}  // namespace volery
