// degree: how many other agents are within a radius.
#include "model/teams.hpp"
#include "sense/rows_common.hpp"
#include "sense/sight_common.hpp"

namespace volery {

namespace {

struct DegreeConfig {
  float radius_m = 5;
  bool same_team = false;
  void describe(FieldVisitor& v) {
    v.field("radius_m", radius_m,
            {.unit = "m", .low = 0.01, .high = 1e4, .doc = "farther agents do not count"});
    v.field("same_team", same_team, {.doc = "whether the own team alone counts"});
  }
};

class Degree final : public Sensor {
 public:
  Degree(const DegreeConfig& config, const SensorContext& context) : config_(config) {
    if (config.same_team && context.teams != nullptr) teams_ = *context.teams;
  }

  std::vector<Column> columns() const override {
    constexpr float kMostAgents = 67108864;
    return {{"degree", "", "", 0, kMostAgents, "other agents within the radius"}};
  }

  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    const Blocks& agents = in.slab.agents;
    for (int agent = first_agent; agent < last_agent; ++agent) {
      const int base = agent / in.slab.num_agents * in.slab.num_agents;
      const int own_team = teams_.of(agent - base);
      int count = 0;
      const auto add = [&](int other) { count += teams_.of(other - base) == own_team ? 1 : 0; };
      // an absent agent has no neighbors, as in the search for them
      if (!is_absent(agents, agent))
        sense::for_agents_within(in.slab, agent, config_.radius_m * config_.radius_m, base, add);
      *out.row(agent) = static_cast<float>(count);
    }
  }

 private:
  DegreeConfig config_;
  Teams teams_;  // one for all where teams do not matter
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  return std::make_unique<Degree>(sense::load_config<DegreeConfig>(context, "degree"), context);
}

}  // namespace

extern const SensorEntry sensor_degree;
const SensorEntry sensor_degree{"degree", "number of other agents within a radius", make,
                                sense::rows_of<DegreeConfig>};

}  // namespace volery
