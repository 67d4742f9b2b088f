// inbox: what the agent has heard, in slots, the filled ones first.
#include "sense/rows_common.hpp"

namespace volery {

namespace {

class Inbox final : public Sensor {
 public:
  explicit Inbox(const SensorContext& context)
      : messages_(context.messages), slot_(context.inbox_slot.begin(), context.inbox_slot.end()) {}

  std::vector<Column> columns() const override {
    std::vector<Column> columns;
    for (int k = 0; k < messages_.slots; ++k) {
      for (Column column : slot_) {
        column.name = "inbox" + std::to_string(k) + "_" + column.name;
        columns.push_back(column);
      }
    }
    return columns;
  }
  std::vector<int> shape() const override { return {messages_.slots, messages_.slot_size}; }
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    sense::write_state({in.slab.agents, first_agent, last_agent}, messages_.inbox,
                       messages_.slots * messages_.slot_size, out);
  }

 private:
  MessageRows messages_;
  std::vector<Column> slot_;
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  (void)sense::load_config<sense::NoConfig>(context, "inbox");
  if (!context.messages.any()) {
    throw Error(ErrorKind::kValue,
                "config.sensors: \"inbox\" needs a radio; config.radio is \"off\"");
  }
  return std::make_unique<Inbox>(context);
}

}  // namespace

extern const SensorEntry sensor_inbox;
const SensorEntry sensor_inbox{"inbox", "messages heard, in slots with age, range and bearing",
                               make, sense::rows_of<sense::NoConfig>};

}  // namespace volery
