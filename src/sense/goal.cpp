// goal: the way from the agent to its goal.
#include "sense/rows_common.hpp"

namespace volery {

namespace {

struct GoalConfig {
  sense::Frame frame = sense::Frame::kWorld;
  void describe(FieldVisitor& v) { sense::describe_frame(v, frame, "axes of the way to the goal"); }
};

class Goal final : public Sensor {
 public:
  Goal(const GoalConfig& config, FieldRef goal) : frame_(config.frame), goal_row_(goal.row) {}
  std::vector<Column> columns() const override {
    return sense::vector_columns("goal", "m", frame_, "goal minus own position");
  }
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    sense::write_vector({in.slab.agents, first_agent, last_agent}, goal_row_, true, frame_, out);
  }

 private:
  sense::Frame frame_;
  int goal_row_;
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  if (context.goal.row < 0) {
    throw Error(ErrorKind::kValue, "config.sensors: \"goal\" needs a task that has goals");
  }
  return std::make_unique<Goal>(sense::load_config<GoalConfig>(context, "goal"), context.goal);
}

}  // namespace

extern const SensorEntry sensor_goal;
const SensorEntry sensor_goal{"goal", "way from the agent to its goal", make,
                              sense::rows_of<GoalConfig>};

}  // namespace volery
