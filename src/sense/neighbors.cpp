// neighbors: the nearest other agents, nearest first, with a mask for slots that nobody fills.
#include <algorithm>

#include "sense/neighbor_rows_common.hpp"
#include "sense/rows_common.hpp"
#include "sense/view_common.hpp"

namespace volery {

namespace {

struct NeighborsConfig {
  int count = 6;
  float radius_m = 5;
  sense::Frame frame = sense::Frame::kWorld;
  sense::ViewConfig view;
  void describe(FieldVisitor& v) {
    v.field("count", count,
            {.low = 1, .high = swarm::kMostNeighbors, .doc = "slots for the nearest agents"});
    v.field("radius_m", radius_m,
            {.unit = "m", .low = 0.01, .high = 1e4, .doc = "farther agents are not seen"});
    sense::describe_frame(v, frame, "axes of positions and velocities");
    view.describe(v);
  }
};

class Neighbors final : public Sensor {
 public:
  Neighbors(const NeighborsConfig& config, const SensorContext& context) : config_(config) {
    if (config.view.is_plain()) return;
    view_.emplace(config.view, sense::SlotSpec{config.count, config.radius_m, config.frame},
                  context);
  }

  std::vector<Column> columns() const override {
    std::vector<Column> columns;
    for (int k = 0; k < config_.count; ++k) {
      const std::string name = "neighbor" + std::to_string(k);
      for (Column& column :
           sense::vector_columns(name + "_position", "m", config_.frame, "position, relative")) {
        // clamped to the radius, which rounding could exceed
        column.low = -config_.radius_m;
        column.high = config_.radius_m;
        columns.push_back(column);
      }
      for (const Column& column :
           sense::vector_columns(name + "_velocity", "m/s", config_.frame, "velocity, relative")) {
        columns.push_back(column);
      }
      columns.push_back({name + "_mask", "", "", 0, 1, "1 where the slot is filled, else all 0"});
      if (!view_) continue;
      for (Column& column : view_->extra_columns(name)) columns.push_back(std::move(column));
    }
    return columns;
  }
  std::vector<int> shape() const override {
    return {config_.count, kNeighborColumns + config_.view.num_extra_columns()};
  }
  swarm::NeighborQuery neighbor_query() const override {
    if (view_) return view_->query();
    return {config_.count, config_.radius_m};
  }
  bool has_memory() const noexcept override { return view_ && view_->has_memory(); }
  void start(const SenseInput& in, int first_agent, int last_agent) const noexcept override {
    if (view_) view_->start(in, first_agent, last_agent);
  }
  void advance(const SenseInput& in, int first_agent, int last_agent) const noexcept override {
    if (view_) view_->advance(in, first_agent, last_agent);
  }

  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    if (view_) return view_->write(in, first_agent, last_agent, out);
    // other sensors may have asked for more neighbors, or for farther ones
    const int known = std::min(config_.count, in.neighbors.count);
    const sense::NeighborSlots slots{in.neighbors, in.slab.num_agents, first_agent, last_agent,
                                     known,        config_.radius_m};
    if (config_.frame == sense::Frame::kWorld) {
      sense::write_neighbors(slots, out);
    } else {
      write_body_frame(slots, in.slab.agents, out);
    }
    if (known == config_.count) return;
    for (int agent = first_agent; agent < last_agent; ++agent) {
      std::fill_n(out.row(agent) + known * kNeighborColumns,
                  (config_.count - known) * kNeighborColumns, 0.0F);
    }
  }

 private:
  static void write_body_frame(const sense::NeighborSlots& slots, const Blocks& agents,
                               const ObservationRows& out) noexcept {
    for (int agent = slots.first; agent < slots.last; ++agent) {
      const int base = agent / slots.num_agents * slots.num_agents;
      const swarm::PackedAgent& own = slots.table.agents[agent];
      const Quat quat_wb = agents.quat(agent);
      float* row = out.row(agent);
      for (int k = 0; k < slots.count; ++k, row += kNeighborColumns) {
        std::fill_n(row, kNeighborColumns, 0.0F);
        const int other = slots.neighbor(agent, base, k);
        if (other < 0) continue;
        const swarm::PackedAgent& seen = slots.table.agents[other];
        const Vec3 position = rotate_inverse(quat_wb, seen.position_w_m - own.position_w_m);
        const Vec3 velocity = rotate_inverse(quat_wb, seen.velocity_w_mps - own.velocity_w_mps);
        const auto within = [&](float x) {
          const float below = x < slots.radius_m ? x : slots.radius_m;
          return below > -slots.radius_m ? below : -slots.radius_m;
        };
        row[0] = within(position.x);
        row[1] = within(position.y);
        row[2] = within(position.z);
        row[3] = velocity.x;
        row[4] = velocity.y;
        row[5] = velocity.z;
        row[6] = 1;
      }
    }
  }

  NeighborsConfig config_;
  std::optional<sense::View> view_;  // where not all is seen as it is
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  return std::make_unique<Neighbors>(sense::load_config<NeighborsConfig>(context, "neighbors"),
                                     context);
}

}  // namespace

extern const SensorEntry sensor_neighbors;
const SensorEntry sensor_neighbors{
    "neighbors", "relative position and velocity of the nearest agents, with a mask", make,
    sense::rows_of<NeighborsConfig>};

}  // namespace volery
