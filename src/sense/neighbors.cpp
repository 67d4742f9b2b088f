// neighbors: the nearest other agents, nearest first, with a mask for slots that nobody fills.
#include <algorithm>

#include "sense/rows_common.hpp"

namespace volery {

namespace {

constexpr int kColumnsPerSlot = 7;  // position 3, velocity 3, mask

struct NeighborsConfig {
  int count = 6;
  float radius_m = 5;
  sense::Frame frame = sense::Frame::kWorld;
  void describe(FieldVisitor& v) {
    v.field("count", count,
            {.low = 1, .high = swarm::kMostNeighbors, .doc = "slots for the nearest agents"});
    v.field("radius_m", radius_m,
            {.unit = "m", .low = 0.01, .high = 1e4, .doc = "farther agents are not seen"});
    sense::describe_frame(v, frame, "axes of positions and velocities");
  }
};

class Neighbors final : public Sensor {
 public:
  explicit Neighbors(const NeighborsConfig& config) : config_(config) {}

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
    }
    return columns;
  }
  std::vector<int> shape() const override { return {config_.count, kColumnsPerSlot}; }
  swarm::NeighborQuery neighbor_query() const override { return {config_.count, config_.radius_m}; }

  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    const Blocks& agents = in.slab.agents;
    // other sensors may have asked for more neighbors, or for farther ones
    const int count = config_.count;
    const int known = std::min(count, in.neighbors.count);
    const float radius_m = config_.radius_m;
    const bool body_frame = config_.frame == sense::Frame::kBody;
    int base = first_agent / in.slab.num_agents * in.slab.num_agents;
    for (int agent = first_agent; agent < last_agent; ++agent) {
      if (agent >= base + in.slab.num_agents) base += in.slab.num_agents;
      const Observer own{agents.vec3(agent, kPosition), agents.vec3(agent, kVelocity),
                         agents.quat(agent)};
      const std::ptrdiff_t slot = static_cast<std::ptrdiff_t>(agent) * in.neighbors.count;
      float* row = out.row(agent);
      for (int k = 0; k < known; ++k, row += kColumnsPerSlot) {
        const int other = in.neighbors.index[slot + k];
        if (other < 0 || in.neighbors.distance_m[slot + k] > radius_m) {
          std::fill(row, row + kColumnsPerSlot, 0.0F);
        } else {
          write_slot(agents, base + other, own, body_frame, radius_m, row);
        }
      }
      std::fill(row, row + (count - known) * kColumnsPerSlot, 0.0F);
    }
  }

 private:
  struct Observer {
    Vec3 position_w_m;
    Vec3 velocity_w_mps;
    Quat quat_wb;
  };

  static void write_slot(const Blocks& agents, int other, const Observer& own, bool body_frame,
                         float radius_m, float* row) noexcept {
    Vec3 position = agents.vec3(other, kPosition) - own.position_w_m;
    Vec3 velocity = agents.vec3(other, kVelocity) - own.velocity_w_mps;
    if (body_frame) {
      position = rotate_inverse(own.quat_wb, position);
      velocity = rotate_inverse(own.quat_wb, velocity);
    }
    const auto within = [&](float x) {
      const float below = x < radius_m ? x : radius_m;
      return below > -radius_m ? below : -radius_m;
    };
    row[0] = within(position.x);
    row[1] = within(position.y);
    row[2] = within(position.z);
    row[3] = velocity.x;
    row[4] = velocity.y;
    row[5] = velocity.z;
    row[6] = 1;
  }

  NeighborsConfig config_;
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  return std::make_unique<Neighbors>(sense::load_config<NeighborsConfig>(context, "neighbors"));
}

}  // namespace

extern const SensorEntry sensor_neighbors;
const SensorEntry sensor_neighbors{
    "neighbors", "relative position and velocity of the nearest agents, with a mask", make,
    sense::rows_of<NeighborsConfig>};

}  // namespace volery
