// occupancy: which cells of a grid around the agent something stands in.
#include <algorithm>
#include <cmath>

#include "sense/beams_common.hpp"
#include "sense/rows_common.hpp"
#include "sense/sight_common.hpp"

namespace volery {

namespace {

constexpr int kMostCells = 4096;

/// What the axes of the grid turn with.
enum class Alignment : int { kYaw, kWorld };

struct OccupancyConfig {
  int cells = 16;
  int layers = 1;
  float cell_m = 0.25F;
  float layer_m = 0.25F;
  Alignment alignment = Alignment::kYaw;
  bool separate = false;
  sense::SeenKinds seen;
  void describe(FieldVisitor& v) {
    v.field("cells", cells, {.low = 1, .high = 64, .doc = "cells along x and along y"});
    v.field("layers", layers, {.low = 1, .high = 64, .doc = "layers of cells, the lowest first"});
    v.field("cell_m", cell_m,
            {.unit = "m", .low = 0.01, .high = 100, .doc = "from one cell's center to the next"});
    v.field("layer_m", layer_m,
            {.unit = "m", .low = 0.01, .high = 100, .doc = "from one layer to the next"});
    v.choice("alignment", alignment, {"yaw", "world"},
             "yaw: x is the heading, level; world: x is east");
    v.field("separate", separate, {.doc = "agents and props in a grid of their own, the second"});
    seen.describe(v);
  }
};

/// The axes of an agent's grid, level.
struct GridPose {
  Vec3 center_w_m;
  Vec3 x_w;
  Vec3 y_w;
  [[nodiscard]] Vec3 to_grid(Vec3 p_w_m) const noexcept {
    const Vec3 d = p_w_m - center_w_m;
    return {dot(d, x_w), dot(d, y_w), d.z};
  }
  [[nodiscard]] Vec3 to_world(Vec3 p) const noexcept {
    return center_w_m + x_w * p.x + y_w * p.y + Vec3{0, 0, p.z};
  }
};

class Occupancy final : public Sensor {
 public:
  Occupancy(const OccupancyConfig& config, const SensorContext& context)
      : config_(config), sight_(context, config.seen) {
    num_cells_ = config.layers * config.cells * config.cells;
    touch_m_ = 0.5F * (config.layers > 1 ? std::min(config.cell_m, config.layer_m) : config.cell_m);
    const float side_m = 0.5F * static_cast<float>(config.cells) * config.cell_m;
    const float up_m = 0.5F * static_cast<float>(config.layers) * config.layer_m;
    reach_m_ = std::sqrt(2 * side_m * side_m + up_m * up_m) + touch_m_;
  }

  std::vector<Column> columns() const override {
    std::vector<Column> columns;
    for (int grid = 0; grid < num_grids(); ++grid) {
      for (int k = 0; k < config_.layers; ++k) {
        for (int i = 0; i < config_.cells; ++i) {
          for (int j = 0; j < config_.cells; ++j) {
            std::string name = grid == 0 ? "occupied" : "moving";
            if (config_.layers > 1) name.append("_").append(std::to_string(k));
            name.append("_").append(std::to_string(i)).append("_").append(std::to_string(j));
            columns.push_back(
                {std::move(name), "", "body", 0, 1, "1 where something stands in the cell"});
          }
        }
      }
    }
    return columns;
  }
  std::vector<int> shape() const override {
    std::vector<int> shape;
    if (config_.separate) shape.push_back(2);
    if (config_.layers > 1) shape.push_back(config_.layers);
    shape.push_back(config_.cells);
    shape.push_back(config_.cells);
    return shape;
  }

  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    for (int agent = first_agent; agent < last_agent; ++agent) {
      float* const row = out.row(agent);
      std::fill_n(row, num_grids() * num_cells_, 0.0F);
      const GridPose pose = pose_of(in.slab.agents, agent);
      if (config_.seen.statics) mark_statics(in.scene, pose, row);
      mark_solids(in, agent, pose, config_.separate ? row + num_cells_ : row);
    }
  }

 private:
  [[nodiscard]] int num_grids() const noexcept { return config_.separate ? 2 : 1; }

  [[nodiscard]] GridPose pose_of(const Blocks& agents, int agent) const noexcept {
    const Vec3 position = agents.vec3(agent, kPosition);
    if (config_.alignment == Alignment::kWorld) return {position, {1, 0, 0}, {0, 1, 0}};
    const sense::Mounting heading(sense::Mount::kYaw, agents.quat(agent));
    return {position, heading.turned({1, 0, 0}), heading.turned({0, 1, 0})};
  }

  /// The coordinate of cell i of `count` along an axis.
  [[nodiscard]] static float at(int i, int count, float step_m) noexcept {
    return (static_cast<float>(i) + 0.5F - 0.5F * static_cast<float>(count)) * step_m;
  }
  [[nodiscard]] Vec3 center(int k, int i, int j) const noexcept {
    return {at(i, config_.cells, config_.cell_m), at(j, config_.cells, config_.cell_m),
            at(k, config_.layers, config_.layer_m)};
  }
  [[nodiscard]] int cell(int k, int i, int j) const noexcept {
    return (k * config_.cells + i) * config_.cells + j;
  }

  /// Cells [low, high) of each axis, and the primitives that may stand in them.
  struct Part {
    static constexpr int kRoom = 32;
    int low[3];  // layer, x, y
    int high[3];
    int count = kRoom + 1;  // more than there is room for: not known yet
    int primitives[kRoom];
  };

  void mark_statics(const Scene& scene, const GridPose& pose, float* grid) const noexcept {
    if (scene.clearance_lower_bound_m(pose.center_w_m) > reach_m_) return;
    mark_part({{0, 0, 0}, {config_.layers, config_.cells, config_.cells}, Part::kRoom + 1, {}},
              scene, pose, grid);
  }

  /// By halves, of which most are soon out of reach of everything.
  void mark_part(Part part, const Scene& scene, const GridPose& pose, float* grid) const noexcept {
    // the centers of its cells lie within `around_m` of the middle
    const float steps[3] = {config_.layer_m, config_.cell_m, config_.cell_m};
    float around_m2 = 0;
    int longest = 0;
    for (int axis = 0; axis < 3; ++axis) {
      const float half_m =
          0.5F * static_cast<float>(part.high[axis] - part.low[axis] - 1) * steps[axis];
      around_m2 += half_m * half_m;
      if (part.high[axis] - part.low[axis] > part.high[longest] - part.low[longest]) longest = axis;
    }
    const bool one_cell = part.high[longest] - part.low[longest] == 1;
    const Vec3 first = center(part.low[0], part.low[1], part.low[2]);
    const Vec3 last = center(part.high[0] - 1, part.high[1] - 1, part.high[2] - 1);
    const Vec3 middle_w_m = pose.to_world(one_cell ? first : (first + last) * 0.5F);
    // a little more, as distances and middles are rounded; a cell by itself is decided exactly
    constexpr float kSlack_m = 1e-3F;
    const float reach_m = one_cell ? touch_m_ : std::sqrt(around_m2) + touch_m_ + kSlack_m;

    if (part.count > Part::kRoom) {
      part.count = scene.near_primitives(middle_w_m, reach_m, part.primitives, Part::kRoom);
    } else {
      int kept = 0;
      for (int i = 0; i < part.count; ++i) {
        const int primitive = part.primitives[i];
        if (scene.distance_m(primitive, middle_w_m) <= reach_m) part.primitives[kept++] = primitive;
      }
      part.count = kept;
    }
    if (part.count == 0) return;
    if (one_cell) {
      grid[cell(part.low[0], part.low[1], part.low[2])] = 1;
      return;
    }
    const int split = (part.low[longest] + part.high[longest]) / 2;
    Part half = part;
    half.high[longest] = split;
    mark_part(half, scene, pose, grid);
    part.low[longest] = split;
    mark_part(part, scene, pose, grid);
  }

  /// Indices of cells whose centers may lie within `reach_m` of a coordinate.
  struct Span {
    int first, last;
    Span(float coordinate, float reach_m, int count, float step_m) noexcept {
      const float half = 0.5F * static_cast<float>(count);
      const float low = (coordinate - reach_m) / step_m + half - 1;
      const float high = (coordinate + reach_m) / step_m + half + 1;
      const auto limit = static_cast<float>(count);
      first = static_cast<int>(std::clamp(low, 0.0F, limit));
      last = static_cast<int>(std::clamp(high, 0.0F, limit));
    }
  };

  void mark_solids(const SenseInput& in, int agent, const GridPose& pose,
                   float* grid) const noexcept {
    sense::NearSolids near;
    while (!near.complete) {
      sight_.find_near(in, agent, reach_m_, near);
      for (const RaySolid& solid : near.all()) mark_solid(solid, pose, grid);
    }
  }

  void mark_solid(const RaySolid& solid, const GridPose& pose, float* grid) const noexcept {
    const Vec3 at = pose.to_grid(solid.center_w_m);
    const float reach_m = solid.reach_m + touch_m_;
    const Span layers(at.z, reach_m, config_.layers, config_.layer_m);
    const Span rows(at.x, reach_m, config_.cells, config_.cell_m);
    const Span columns(at.y, reach_m, config_.cells, config_.cell_m);
    for (int k = layers.first; k < layers.last; ++k) {
      for (int i = rows.first; i < rows.last; ++i) {
        for (int j = columns.first; j < columns.last; ++j) {
          const Vec3 p = center(k, i, j);
          // what is smaller than a cell may stand in its corner
          const Vec3 away = at - p;
          const bool inside = std::abs(away.x) <= 0.5F * config_.cell_m &&
                              std::abs(away.y) <= 0.5F * config_.cell_m &&
                              std::abs(away.z) <= 0.5F * config_.layer_m;
          if (inside || sense::distance_m(solid, pose.to_world(p)) <= touch_m_)
            grid[cell(k, i, j)] = 1;
        }
      }
    }
  }

  OccupancyConfig config_;
  sense::Sight sight_;
  int num_cells_ = 0;
  float touch_m_ = 0;  // what comes nearer to the center of a cell stands in it
  float reach_m_ = 0;  // from the agent to the farthest that may stand in a cell
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<OccupancyConfig>(context, "occupancy");
  const int num_cells = config.layers * config.cells * config.cells;
  if (num_cells > kMostCells) {
    throw Error(ErrorKind::kValue,
                "sensor_config.occupancy.layers * cells * cells = " + std::to_string(num_cells) +
                    ": must be at most " + std::to_string(kMostCells));
  }
  return std::make_unique<Occupancy>(config, context);
}

}  // namespace

extern const SensorEntry sensor_occupancy;
const SensorEntry sensor_occupancy{"occupancy",
                                   "grid of the cells around the agent that something stands in",
                                   make, sense::rows_of<OccupancyConfig>};

}  // namespace volery
