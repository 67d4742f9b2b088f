// Ranges of the lidar against plain formulas in double precision.
#include <algorithm>
#include <array>

#include "core/isa.hpp"
#include "core/rotation.hpp"
#include "model/fleet.hpp"
#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::Matrix;
using testing::SenseWorld;

// float32 of coordinates up to some 10 m, through a rotation
constexpr double kRangeTol_m = 2e-5;

using Point = std::array<double, 3>;

/// A solid in double precision: box, cylinder or sphere.
struct Solid {
  PrimitiveKind kind;
  Vec3 center;
  Matrix axes;
  Vec3 half;

  /// Distance of a point from the solid shrunk by `by` on every side, 0 inside.
  [[nodiscard]] double distance(const Point& p, double by) const {
    double local[3];
    const double from[3] = {p[0] - double{center.x}, p[1] - double{center.y},
                            p[2] - double{center.z}};
    for (int i = 0; i < 3; ++i)
      local[i] = axes.m[0][i] * from[0] + axes.m[1][i] * from[1] + axes.m[2][i] * from[2];
    const auto past = [&](double at, float to) { return std::max(at - (double{to} - by), 0.0); };
    const double radial = std::hypot(local[0], local[1]);
    switch (kind) {
      case PrimitiveKind::kBox:
        return std::hypot(past(std::abs(local[0]), half.x), past(std::abs(local[1]), half.y),
                          past(std::abs(local[2]), half.z));
      case PrimitiveKind::kCylinder:
        return std::hypot(past(radial, half.x), past(std::abs(local[2]), half.z));
      default:
        return past(std::hypot(radial, local[2]), half.x);
    }
  }
};

double least_distance(const std::vector<Solid>& solids, const Point& p, double shrunk) {
  double least = 1e30;
  for (const Solid& solid : solids) least = std::min(least, solid.distance(p, shrunk));
  return least;
}

/// The range ends on a surface (or at the limit), and nothing was passed through on the way there.
void expect_range(const std::vector<Solid>& solids, Vec3 origin, const Point& direction,
                  float range_m, float limit_m) {
  const auto at = [&](double s) {
    return Point{double{origin.x} + s * direction[0], double{origin.y} + s * direction[1],
                 double{origin.z} + s * direction[2]};
  };
  if (range_m < limit_m) {
    EXPECT_LE(least_distance(solids, at(double{range_m}), 0), kRangeTol_m);
  }
  // along the distances to what is a little smaller, so that grazing rays decide nothing
  constexpr double kShrunk_m = 1e-4;
  double s = 0;
  while (s < double{range_m}) {
    const double free = least_distance(solids, at(s), kShrunk_m);
    ASSERT_GT(free, 0) << "went through something at " << s << " of " << range_m;
    s += std::max(free, 1e-3 * kShrunk_m);
  }
}

/// Boxes, cylinders and spheres around the agents of a SenseWorld, which stand within 3 m.
SceneConfig clutter(int count) {
  std::mt19937 generator(3);
  std::uniform_real_distribution<float> draw(-1, 1);
  SceneConfig config;
  for (int i = 0; i < count; ++i) {
    Primitive primitive;
    primitive.kind = i % 3 == 0   ? PrimitiveKind::kBox
                     : i % 3 == 1 ? PrimitiveKind::kCylinder
                                  : PrimitiveKind::kSphere;
    primitive.position_w_m = {draw(generator) * 5, draw(generator) * 5, draw(generator) * 4};
    primitive.rpy_rad = {draw(generator) * 3, draw(generator), draw(generator) * 3};
    const float size = 0.5F + 0.4F * draw(generator);
    primitive.size_m = {size, size, size};
    if (i % 3 == 0) primitive.size_m = {size, 0.3F, 1.2F};
    config.statics.push_back(primitive);
  }
  return config;
}

std::vector<Solid> solids_of(const SceneConfig& config) {
  std::vector<Solid> solids;
  for (const Primitive& p : config.statics) {
    const Quat q = quat_from_rpy({p.rpy_rad[0], p.rpy_rad[1], p.rpy_rad[2]});
    solids.push_back({p.kind,
                      {p.position_w_m[0], p.position_w_m[1], p.position_w_m[2]},
                      Matrix(q),
                      {p.size_m[0] / 2, p.size_m[1] / 2, p.size_m[2] / 2}});
  }
  return solids;
}

/// cf2x as its file has it.
constexpr float kDroneRadius_m = 0.06F;

void add_agents(const SenseWorld& world, int from, int to, int without,
                std::vector<Solid>& solids) {
  const CollisionSpec& shape = world.vehicle.config.collision;
  ASSERT_EQ(shape.shape, CollisionSpec::Shape::kCylinder);
  for (int agent = from; agent < to; ++agent) {
    if (agent == without) continue;
    const Quat q = world.slab.agents.quat(agent);
    const Vec3 offset{shape.offset_b_m[0], shape.offset_b_m[1], shape.offset_b_m[2]};
    solids.push_back({PrimitiveKind::kCylinder,
                      world.slab.agents.vec3(agent, kPosition) + rotate(q, offset),
                      Matrix(q),
                      {shape.size_m[0] / 2, shape.size_m[1] / 2, shape.size_m[2] / 2}});
  }
}

void expect_ranges(SenseWorld& world, int rows, int columns, float limit_m) {
  const auto sensor = world.make(
      "lidar",
      "mount = \"body\"\nfov_rad = 3.0\nvertical_fov_rad = 1.0\nrows = " + std::to_string(rows) +
          "\ncolumns = " + std::to_string(columns) + "\nmax_range_m = " + std::to_string(limit_m));
  const std::vector<float> ranges = world.observe(*sensor);
  const std::vector<Solid> statics = solids_of(world.scene.config());
  int met = 0;
  for (int agent = 0; agent < world.slab.agents.num_bodies; ++agent) {
    const int first = agent / world.slab.num_agents * world.slab.num_agents;
    std::vector<Solid> solids = statics;
    add_agents(world, first, first + world.slab.num_agents, agent, solids);
    const Matrix attitude(world.slab.agents.quat(agent));
    for (int ray = 0; ray < rows * columns; ++ray) {
      const double up = rows > 1 ? -0.5 + 1.0 * (ray / columns) / (rows - 1) : 0;
      const double left = -1.5 + 3.0 * (ray % columns) / (columns - 1);
      const double body[3] = {std::cos(up) * std::cos(left), std::cos(up) * std::sin(left),
                              std::sin(up)};
      Point direction{};
      for (std::size_t i = 0; i < 3; ++i) {
        direction[i] =
            attitude.m[i][0] * body[0] + attitude.m[i][1] * body[1] + attitude.m[i][2] * body[2];
      }
      const float range_m = ranges[static_cast<std::size_t>(agent * rows * columns + ray)];
      if (range_m < limit_m) ++met;
      SCOPED_TRACE("agent " + std::to_string(agent) + ", ray " + std::to_string(ray));
      expect_range(solids, world.slab.agents.vec3(agent, kPosition), direction, range_m, limit_m);
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(met, 40);
}

TEST(LidarSensor, EqualsPlainFormulasAmongStaticsAndAgents) {
  SenseWorld world(2, 19, clutter(40));
  expect_ranges(world, 5, 21, 6);
}

TEST(LidarSensor, EqualsPlainFormulasInACrowdOfMoreThanOneBatchOfSolids) {
  SenseWorld world(1, 150);
  expect_ranges(world, 3, 9, 8);
}

/// Two agents of each world level and 2 m apart, the second one ahead of the first.
void face(SenseWorld& world) {
  for (int agent = 0; agent < world.slab.agents.num_bodies; ++agent) {
    const auto ahead = static_cast<float>(agent % world.slab.num_agents);
    world.slab.agents.set_vec3(agent, kPosition, {2 * ahead, 0, 1});
    world.slab.agents.set_quat(agent, {});
  }
}

TEST(LidarSensor, SeesOthersOfItsWorldAndNotItself) {
  // the same coordinates in both worlds: a leak would read 0
  SenseWorld world(2, 2);
  face(world);
  const auto sensor = world.make("lidar", "columns = 4\nmax_range_m = 5");
  const std::vector<float> ranges = world.observe(*sensor);
  const float expected[] = {2 - kDroneRadius_m, 5, 5, 5, 5, 5, 2 - kDroneRadius_m, 5};
  for (std::size_t i = 0; i < ranges.size(); ++i)
    EXPECT_NEAR(ranges[i], expected[i % 8], kRangeTol_m) << i;

  const auto blind = world.make("lidar", "columns = 4\nmax_range_m = 5\nagents = false");
  for (const float range_m : world.observe(*blind)) EXPECT_EQ(range_m, 5.0F);
  world.slab.agents.at(1, kMode) = static_cast<float>(BodyMode::kAbsent);
  EXPECT_EQ(world.observe(*sensor)[0], 5.0F);
}

TEST(LidarSensor, KnowsTheShapesOfAllTypesOfVehicles) {
  SenseWorld world(1, 3);
  const VehicleFleet fleet(Value(Value::Array{Value("cf2x"), Value("racer")}));
  const FieldRef type = world.fields.add({.name = "vehicle_type", .width = 1});
  const Value config = parse_toml("columns = 4\nmax_range_m = 9", "test");
  SensorContext context{world.vehicle, world.scene, world.fields,        world.action,
                        world.goal,    config,      world.action_columns};
  context.fleet = &fleet;
  std::unique_ptr<Sensor> sensor;
  for (const SensorEntry* entry : sensor_entries())
    if (entry->name == std::string("lidar")) sensor = entry->make(context);
  world.make_room();
  face(world);
  for (int agent = 0; agent < 3; ++agent)
    world.slab.agents.at(agent, type.row) = static_cast<float>(fleet.type_of(agent));
  const float racer_m = fleet.types()[1].config.collision.size_m[0] / 2;
  ASSERT_GT(racer_m, 1.5F * kDroneRadius_m);
  const std::vector<float> ranges = world.observe(*sensor);
  EXPECT_NEAR(ranges[0], 2 - racer_m, kRangeTol_m);
  EXPECT_NEAR(ranges[4], 2 - kDroneRadius_m, kRangeTol_m);
}

TEST(LidarSensor, SeesPropsWhereTheyAre) {
  SceneConfig scene;
  scene.props.resize(2);
  scene.props[0].size_m = {0.4F, 1, 1};
  scene.props[1].kind = PrimitiveKind::kSphere;
  scene.props[1].size_m = {1, 1, 1};
  SenseWorld world(1, 1, scene);
  face(world);
  alignas(64) float rows[kNumRigidRows * kLanes] = {};
  world.slab.num_props = 2;
  world.slab.props = {rows, 1, kNumRigidRows, 2};
  world.slab.props.set_vec3(0, kPosition, {3, 0, 1});
  world.slab.props.set_quat(0, {});
  world.slab.props.set_vec3(1, kPosition, {0, 4, 1});
  world.slab.props.set_quat(1, {});
  const auto sensor = world.make("lidar", "columns = 4");
  const std::vector<float> ranges = world.observe(*sensor);
  EXPECT_NEAR(ranges[0], 2.8, kRangeTol_m);
  EXPECT_NEAR(ranges[1], 3.5, kRangeTol_m);
  EXPECT_EQ(world.observe(*world.make("lidar", "columns = 4\nprops = false"))[0], 10.0F);
}

/// A floor at 0 and nothing else.
SceneConfig ground() {
  SceneConfig config;
  config.statics.resize(1);
  config.statics[0].kind = PrimitiveKind::kPlane;
  return config;
}

TEST(LidarSensor, SpreadsRowsFromTheLowestToTheHighest) {
  SenseWorld world(1, 1, ground());
  face(world);
  // tilted, which the yaw mount does not see
  world.slab.agents.set_quat(0, quat_from_rpy({0.3F, 0.4F, 1}));
  const auto sensor =
      world.make("lidar", "rows = 3\ncolumns = 5\nvertical_fov_rad = 0.4\ntilt_rad = -0.5");
  EXPECT_EQ(sensor->shape(), (std::vector<int>{3, 5}));
  EXPECT_EQ(sensor->columns()[7].name, "lidar_1_2");
  const std::vector<float> ranges = world.observe(*sensor);
  const double down_rad[] = {0.7, 0.5, 0.3};
  for (std::size_t i = 0; i < 15; ++i)
    EXPECT_NEAR(ranges[i], 1 / std::sin(down_rad[i / 5]), kRangeTol_m) << i;
}

TEST(LidarSensor, HoldsASampleUntilTheNext) {
  SenseWorld world(1, 20, ground());
  face(world);
  const auto sensor = world.make(
      "lidar",
      "columns = 3\ntilt_rad = -1.5707963\nrate_hz = 10\ndelay_s = 0.0333\nagents = false");
  world.start(*sensor);
  std::vector<float> heights;
  for (int step = 1; step <= 7; ++step) {
    for (int agent = 0; agent < 20; ++agent)
      world.slab.agents.set_vec3(agent, kPosition, {0, 0, 1 + static_cast<float>(step)});
    world.advance(*sensor);
    heights.push_back(world.observe(*sensor)[57]);
  }
  // sampled in steps 3 and 6, seen a step later; at the start it stood at 1
  const float expected[] = {1, 1, 1, 4, 4, 4, 7};
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(heights[i], expected[i], kRangeTol_m) << i;
}

TEST(LidarSensor, HasTheNoiseAndDropoutsAskedFor) {
  SenseWorld world(1, 64, ground());
  for (int agent = 0; agent < 64; ++agent) world.slab.agents.set_vec3(agent, kPosition, {0, 0, 4});
  const auto sensor = world.make("lidar",
                                 "columns = 64\ntilt_rad = -1.5707963\nagents = false\n"
                                 "noise_m = 0.03\nnoise_relative = 0.005\nray_dropout = 0.1");
  world.start(*sensor);
  double sum = 0, squares = 0;
  int lost = 0, kept = 0;
  for (int step = 0; step < 5; ++step) {
    world.advance(*sensor);
    for (const float range_m : world.observe(*sensor)) {
      if (range_m == 10.0F) {
        ++lost;
        continue;
      }
      ++kept;
      sum += double{range_m} - 4;
      squares += (double{range_m} - 4) * (double{range_m} - 4);
    }
  }
  const double all = lost + kept;
  // five standard deviations of each estimate
  EXPECT_NEAR(lost / all, 0.1, 5 * std::sqrt(0.09 / all));
  EXPECT_NEAR(sum / kept, 0, 5 * 0.05 / std::sqrt(kept));
  EXPECT_NEAR(std::sqrt(squares / kept), 0.05, 5 * 0.05 / std::sqrt(2.0 * kept));
}

TEST(LidarSensor, LeavesTheLastScanWhereOneIsLost) {
  SenseWorld world(1, 16, ground());
  const auto sensor =
      world.make("lidar", "columns = 3\ntilt_rad = -1.5707963\ndropout = 1\nagents = false");
  face(world);
  world.start(*sensor);
  for (int agent = 0; agent < 16; ++agent) world.slab.agents.set_vec3(agent, kPosition, {0, 0, 3});
  world.advance(*sensor);
  for (const float range_m : world.observe(*sensor)) EXPECT_NEAR(range_m, 1, kRangeTol_m);
}

TEST(LidarSensor, GivesTheSameBitsForEveryInstructionSet) {
  SenseWorld world(1, 37, clutter(30));
  const auto sensor = world.make(
      "lidar", "rows = 3\ncolumns = 25\nnoise_m = 0.01\nray_dropout = 0.1\ndropout = 0.2");
  const auto observe = [&] {
    world.start(*sensor);
    world.advance(*sensor);
    return world.observe(*sensor);
  };
  const std::vector<float> truth = observe();
  for (const std::string& set : available_isas()) {
    limit_isa(set);
    EXPECT_EQ(observe(), truth) << set;
  }
  limit_isa("auto");
}

TEST(LidarSensor, NormalizesAndStaysInRange) {
  SenseWorld world(1, 20, clutter(30));
  const auto shares = world.observe(*world.make("lidar", "max_range_m = 3.3\nnormalized = true"));
  const auto meters = world.observe(*world.make("lidar", "max_range_m = 3.3"));
  for (std::size_t i = 0; i < shares.size(); ++i) EXPECT_NEAR(shares[i] * 3.3F, meters[i], 1e-6F);
}

TEST(LidarSensor, RefusesWhatNoLidarIs) {
  SenseWorld world;
  EXPECT_NE(world.refusal("lidar", "rows = 100\ncolumns = 100").find("10000"), std::string::npos);
  EXPECT_NE(world.refusal("lidar", "columns = 0").find("[1, 4096]"), std::string::npos);
  EXPECT_NE(world.refusal("lidar", "fov_rad = 7").find("fov_rad"), std::string::npos);
  EXPECT_NE(world.refusal("lidar", "rate_hz = 7").find("must divide"), std::string::npos);
  EXPECT_NE(world.refusal("lidar", "ray_dropout = 2").find("ray_dropout"), std::string::npos);
  EXPECT_NE(world.refusal("lidar", "mount = \"head\"").find("yaw"), std::string::npos);
}

}  // namespace
}  // namespace volery
