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
    int world = first_agent / in.slab.num_agents;
    for (int agent = first_agent; agent < last_agent; ++agent) {
      if (agent >= (world + 1) * in.slab.num_agents) ++world;
      float* row = out.row(agent);
      const std::ptrdiff_t slot = static_cast<std::ptrdiff_t>(agent) * in.neighbors.count;
      // other sensors may have asked for more neighbors, or for farther ones
      const int known = std::min(config_.count, in.neighbors.count);
      for (int k = 0; k < config_.count; ++k, row += kColumnsPerSlot) {
        const int other = k < known ? in.neighbors.index[slot + k] : -1;
        if (other < 0 || in.neighbors.distance_m[slot + k] > config_.radius_m) {
          std::fill(row, row + kColumnsPerSlot, 0.0F);
        } else {
          write_slot(agents, agent, world * in.slab.num_agents + other, row);
        }
      }
    }
  }

 private:
  void write_slot(const Blocks& agents, int agent, int other, float* row) const noexcept {
    Vec3 position = agents.vec3(other, kPosition) - agents.vec3(agent, kPosition);
    Vec3 velocity = agents.vec3(other, kVelocity) - agents.vec3(agent, kVelocity);
    if (config_.frame == sense::Frame::kBody) {
      const Quat quat_wb = agents.quat(agent);
      position = rotate_inverse(quat_wb, position);
      velocity = rotate_inverse(quat_wb, velocity);
    }
    const float reach_m = config_.radius_m;
    row[0] = std::clamp(position.x, -reach_m, reach_m);
    row[1] = std::clamp(position.y, -reach_m, reach_m);
    row[2] = std::clamp(position.z, -reach_m, reach_m);
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
