// task: what the task shows of itself to each agent, as it was when the step was scored.
#include "sense/rows_common.hpp"

namespace volery {

namespace {

class TaskColumns final : public Sensor {
 public:
  explicit TaskColumns(const SensorContext& context)
      : columns_(context.task_columns.begin(), context.task_columns.end()),
        rows_(context.task_rows) {}
  std::vector<Column> columns() const override { return columns_; }
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    sense::write_state({in.slab.agents, first_agent, last_agent}, rows_.row, rows_.width, out);
  }

 private:
  std::vector<Column> columns_;
  FieldRef rows_;
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  (void)sense::load_config<sense::NoConfig>(context, "task");
  if (context.task_columns.empty()) {
    throw Error(ErrorKind::kValue,
                "config.sensors: \"task\" needs a task that shows columns of its own");
  }
  return std::make_unique<TaskColumns>(context);
}

}  // namespace

extern const SensorEntry sensor_task;
const SensorEntry sensor_task{"task", "what the task shows of itself to the agent", make,
                              sense::rows_of<sense::NoConfig>};

}  // namespace volery
