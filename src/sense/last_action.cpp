// last_action: what the agent did last, clipped as the controller saw it; zero after a reset.
#include "sense/rows_common.hpp"

namespace volery {

namespace {

class LastAction final : public Sensor {
 public:
  explicit LastAction(const SensorContext& context)
      : action_(context.action), action_columns_(context.action_columns) {}
  std::vector<Column> columns() const override {
    std::vector<Column> columns = action_columns_;
    for (Column& column : columns) {
      column.name = "last_" + column.name;
      column.doc = "last action: " + column.doc;
    }
    return columns;
  }
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    sense::write_state({in.slab.agents, first_agent, last_agent}, action_.row, action_.width, out);
  }

 private:
  FieldRef action_;
  std::vector<Column> action_columns_;
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  (void)sense::load_config<sense::NoConfig>(context, "last_action");
  return std::make_unique<LastAction>(context);
}

}  // namespace

extern const SensorEntry sensor_last_action;
const SensorEntry sensor_last_action{"last_action", "the last action as it was applied", make,
                                     sense::rows_of<sense::NoConfig>};

}  // namespace volery
