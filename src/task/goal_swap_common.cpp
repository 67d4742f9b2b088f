#include "task/goal_swap_common.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/math.hpp"

namespace volery::task {

namespace {

// Centers of formations keep this far inside the spawn region's sides.
constexpr float kCenterShare = 0.75F;
// Grid of the search for a clear point near a blocked one.
constexpr float kSearchStepM = 0.125F;
constexpr int kSearchSteps = 16;
// Time between two copies of run_away.
constexpr float kCopyS = 1;

// whether goals move in every step, rather than jump
bool moves(Scenario scenario) noexcept {
  return scenario == Scenario::kDynamicFormations || scenario == Scenario::kBezier ||
         scenario == Scenario::kLissajous;
}

/// Where goal i of n stands in a rectangle of rows as long as they are many.
Vec3 grid_place(int index, int count) noexcept {
  int side = 1;
  while (side * side < count) ++side;
  const float middle = 0.5F * static_cast<float>(side - 1);
  return {static_cast<float>(index % side) - middle, static_cast<float>(index / side) - middle, 0};
}

Vec3 cube_place(int index, int count) noexcept {
  int side = 1;
  while (side * side * side < count) ++side;
  const float middle = 0.5F * static_cast<float>(side - 1);
  return {static_cast<float>(index % side) - middle,
          static_cast<float>(index / side % side) - middle,
          static_cast<float>(index / (side * side)) - middle};
}

/// Points of the unit sphere on a spiral of the golden angle, evenly by area.
Vec3 sphere_place(int index, int count) noexcept {
  constexpr float kGoldenAngle = 2.3999632F;
  const float z = 1 - (2 * static_cast<float>(index) + 1) / static_cast<float>(count);
  const float level = std::sqrt(std::max(0.0F, 1 - z * z));
  const float angle = kGoldenAngle * static_cast<float>(index);
  return {level * cos(angle), level * sin(angle), z};
}

Vec3 circle_place(int index, int count) noexcept {
  const float angle = 2 * kPi * static_cast<float>(index) / static_cast<float>(count);
  return {cos(angle), sin(angle), 0};
}

}  // namespace

Vec3 goal_slot(GoalFormation formation, int index, int count, float spacing_m) noexcept {
  if (count < 2) return {};
  const auto turned = [formation](Vec3 v, GoalFormation xz, GoalFormation yz) {
    if (formation == xz) return Vec3{v.x, 0, v.y};
    if (formation == yz) return Vec3{0, v.x, v.y};
    return v;
  };
  switch (formation) {
    case GoalFormation::kCircleXy:
    case GoalFormation::kCircleXz:
    case GoalFormation::kCircleYz: {
      // the chord between neighbors is the spacing
      const float radius_m = 0.5F * spacing_m / sin(kPi / static_cast<float>(count));
      return turned(circle_place(index, count) * radius_m, GoalFormation::kCircleXz,
                    GoalFormation::kCircleYz);
    }
    case GoalFormation::kSphere: {
      // each point has a disc of the spacing's diameter; at 0.45 of the sphere covered the spiral's
      // nearest points are 0.9 to 1.3 spacings apart
      const float radius_m = spacing_m * std::sqrt(static_cast<float>(count) / (16 * 0.45F));
      return sphere_place(index, count) * radius_m;
    }
    case GoalFormation::kGridXy:
    case GoalFormation::kGridXz:
    case GoalFormation::kGridYz:
      return turned(grid_place(index, count) * spacing_m, GoalFormation::kGridXz,
                    GoalFormation::kGridYz);
    case GoalFormation::kCube:
    case GoalFormation::kCount:
      break;
  }
  return cube_place(index, count) * spacing_m;
}

void GoalSwapConfig::describe(FieldVisitor& v) {
  v.choice("scenario", scenario,
           {"static_same_goal", "static_diff_goal", "dynamic_same_goal", "dynamic_diff_goal",
            "swap_goals", "swarm_vs_swarm", "antipodal_circle", "antipodal_sphere", "run_away",
            "dynamic_formations", "bezier", "lissajous", "mix"},
           "what the goals do; mix: one of the first six per episode");
  const auto meters = [&v](const char* name, float& value, double low, const char* doc) {
    v.field(name, value, {.unit = "m", .low = low, .high = 100, .doc = doc});
  };
  const auto seconds = [&v](const char* name, float& value, const char* doc) {
    v.field(name, value, {.unit = "s", .low = 0, .high = 1e6, .doc = doc});
  };
  const auto weight = [&v](const char* name, float& value, const char* unit, const char* doc) {
    v.field(name, value, {.unit = unit, .low = 0, .high = 1000, .doc = doc});
  };
  meters("spacing_low_m", spacing_low_m, 0,
         "least spacing of neighboring goals; both 0: 0.4 to 0.8 in swap_goals, 0 to 1 at the "
         "widest in dynamic_formations, else 0.25 to 0.5");
  meters("spacing_high_m", spacing_high_m, 0, "and the greatest");
  seconds("jump_low_s", jump_low_s, "shortest time between jumps of the goals");
  seconds("jump_high_s", jump_high_s, "and the longest");
  seconds("last_jump_s", last_jump_s, "no jump after this time, so that the last can be answered");
  meters("antipodal_radius_m", antipodal_radius_m, 0.1,
         "radius of the circle or sphere of starts and goals");
  meters("goal_clearance_m", goal_clearance_m, 0, "least distance of goals to obstacles");
  v.field("pillar_density", pillar_density,
          {.low = 0,
           .high = 1,
           .doc = "share of 8 x 8 cells with a pillar, drawn for each episode; of use in scenes "
                  "with props named pillar, such as pillars"});
  v.table("start", start, "how agents start");
  meters("arrival_m", arrival_m, 1e-3, "a mean of five steps below this counts as arrived");
  seconds("grace_s", grace_s, "collisions before this time do not spoil success");
  weight("distance_weight", distance_weight, "1/m/s", "cost per second and meter to the goal");
  weight("effort_weight", effort_weight, "1/s",
         "cost per second and unit of the norm of the rotors' commands, each thrust in [0, 1]");
  weight("spin_weight", spin_weight, "1/rad", "cost per second and rad/s of turning");
  weight("floor_weight", floor_weight, "1/s", "cost per second on the floor");
  weight("upright_weight", upright_weight, "1/s", "pay per second upright, cost upside down");
  v.field("collision_cost", collision_cost,
          {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  weight("proximity_weight", proximity_weight, "1/s",
         "cost per second at contact, linear to 0 at proximity_m; QuadSwarm: 4 with obstacles");
  meters("proximity_m", proximity_m, 1e-3, "agents nearer than this cost, between centers");
}

GoalScenarios::GoalScenarios(const GoalSwapConfig& config, const TaskContext& context,
                             int num_agents)
    : config_(config),
      scene_(&context.scene),
      pillars_(context.scene, config.pillar_density),
      bounds_(bounds_of(context.scene)),
      step_s_(context.step_s),
      apart_m_(num_agents > 1 ? config.start.separation_m : 0) {
  const SceneConfig& scene = context.scene.config();
  const Vec3 low = vec3_of(scene.spawn_low_m, "scene.spawn_low_m");
  const Vec3 high = vec3_of(scene.spawn_high_m, "scene.spawn_high_m");
  const Vec3 middle = (low + high) * 0.5F;
  const Vec3 half = (high - low) * (0.5F * kCenterShare);
  low_w_m_ = middle - half;
  high_w_m_ = middle + half;
  curve_low_w_m_ = low;
  curve_high_w_m_ = high;

  // a ball of offsets, nearest first; ties keep their order
  for (int z = -2; z <= 2; ++z) {
    for (int y = -kSearchSteps; y <= kSearchSteps; ++y) {
      for (int x = -kSearchSteps; x <= kSearchSteps; ++x) {
        offsets_.push_back(
            Vec3{static_cast<float>(x), static_cast<float>(y), 4 * static_cast<float>(z)} *
            kSearchStepM);
      }
    }
  }
  std::stable_sort(offsets_.begin(), offsets_.end(),
                   [](Vec3 a, Vec3 b) { return dot(a, a) < dot(b, b); });
}

bool GoalScenarios::is_clear(const Slab& slab, int world, Vec3 point_w_m) const noexcept {
  const float clearance_m = config_.goal_clearance_m;
  if (!inside(bounds_, point_w_m)) return false;
  if (!pillars_.is_clear(slab, world, point_w_m, clearance_m)) return false;
  if (scene_->clearance_lower_bound_m(point_w_m) > clearance_m) return true;
  return scene_->near_primitives(point_w_m, clearance_m, nullptr, 0) == 0;
}

// blocked points move to the nearest clear ones that keep apart from all others; they stay where
// there is none
void GoalScenarios::clear_one(const Slab& slab, int world, int body, int row,
                              float apart_m) const noexcept {
  const Vec3 wished_w_m = slab.agents.vec3(body, row);
  if (is_clear(slab, world, wished_w_m)) return;
  const int first = world * slab.num_agents, last = first + slab.num_agents;
  for (const Vec3& offset : offsets_) {
    const Vec3 point = wished_w_m + offset;
    bool fits = is_clear(slab, world, point);
    for (int other = first; fits && other < last; ++other) {
      const Vec3 between = slab.agents.vec3(other, row) - point;
      fits = other == body || dot(between, between) >= apart_m * apart_m;
    }
    if (!fits) continue;
    slab.agents.set_vec3(body, row, point);
    return;
  }
}

void GoalScenarios::clear(const Slab& slab, int world, int row, float apart_m) const noexcept {
  for (int body = world * slab.num_agents; body < (world + 1) * slab.num_agents; ++body) {
    clear_one(slab, world, body, row, apart_m);
  }
}

void GoalScenarios::clear_start(const Slab& slab, int world, int agent) const noexcept {
  if (!pillars_.any()) return;
  clear_one(slab, world, world * slab.num_agents + agent, kPosition, apart_m_);
}

GoalScenarios::Swarm GoalScenarios::draw_swarm(Rng& rng, Scenario scenario) const noexcept {
  float low_m = config_.spacing_low_m, high_m = config_.spacing_high_m;
  if (low_m == 0 && high_m == 0) {
    const bool swaps = scenario == Scenario::kSwapGoals;
    const bool breathes = scenario == Scenario::kDynamicFormations;
    low_m = swaps ? 0.4F : breathes ? 0.0F : 0.25F;
    high_m = swaps ? 0.8F : breathes ? 1.0F : 0.5F;
  }
  Swarm swarm{};
  swarm.formation = static_cast<int>(rng.below(static_cast<std::uint32_t>(GoalFormation::kCount)));
  swarm.spacing_m = rng.uniform(low_m, std::max(low_m, high_m));
  swarm.center_w_m.x = rng.uniform(low_w_m_.x, high_w_m_.x);
  swarm.center_w_m.y = rng.uniform(low_w_m_.y, high_w_m_.y);
  swarm.center_w_m.z = rng.uniform(low_w_m_.z, high_w_m_.z);
  return swarm;
}

void GoalScenarios::begin(const Slab& slab, int world, int goal_row) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  float* const fields = slab.world_row(world);
  Scenario scenario = config_.scenario;
  if (scenario == Scenario::kMix) {
    Rng rng(header.seed, header.episode, Stream::kTask, kWorldKey);
    scenario =
        static_cast<Scenario>(rng.below(static_cast<std::uint32_t>(Scenario::kAntipodalCircle)));
  }
  fields[kScenario] = static_cast<float>(scenario);
  fields[kNumJumps] = 0;
  fields[kNextJump] = 0;
  if (pillars_.any()) {
    pillars_.place(slab, world);
    clear(slab, world, kPosition, apart_m_);
  }
  if (moves(scenario)) {
    write_moving(slab, world, goal_row, scenario);
    return;
  }
  write_goals(slab, world, goal_row, scenario, 0);
  schedule(slab, world);
}

void GoalScenarios::schedule(const Slab& slab, int world) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  float* const fields = slab.world_row(world);
  const auto jump = static_cast<std::uint32_t>(fields[kNumJumps]);
  Rng rng(header.seed, header.episode, Stream::kTask, kWorldKey, jump + 1);
  const bool copies = fields[kScenario] == static_cast<float>(Scenario::kRunAway);
  const float wait_s =
      copies ? kCopyS
             : rng.uniform(config_.jump_low_s, std::max(config_.jump_low_s, config_.jump_high_s));
  fields[kNextJump] += std::max(1.0F, wait_s / step_s_);
}

void GoalScenarios::advance(const Slab& slab, int world, int goal_row) const noexcept {
  float* const fields = slab.world_row(world);
  const auto scenario = static_cast<Scenario>(static_cast<int>(fields[kScenario]));
  if (moves(scenario)) {
    write_moving(slab, world, goal_row, scenario);
    return;
  }
  const auto step = static_cast<float>(slab.worlds[world].step);
  if (step < fields[kNextJump] || step * step_s_ > config_.last_jump_s) return;
  fields[kNumJumps] += 1;
  write_goals(slab, world, goal_row, scenario, static_cast<int>(fields[kNumJumps]));
  schedule(slab, world);
}

void GoalScenarios::write_goals(const Slab& slab, int world, int goal_row, Scenario scenario,
                                int jump) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  const int num = slab.num_agents, first = world * num;
  Rng rng(header.seed, header.episode, Stream::kGoal, kWorldKey, static_cast<std::uint32_t>(jump));
  const bool stands =
      scenario == Scenario::kStaticSameGoal || scenario == Scenario::kStaticDiffGoal ||
      scenario == Scenario::kAntipodalCircle || scenario == Scenario::kAntipodalSphere;
  if (stands && jump > 0) return;
  if (scenario == Scenario::kSwapGoals && jump > 0) {
    // a random permutation of the goals that there are
    for (int i = num - 1; i > 0; --i) {
      const int j = static_cast<int>(rng.below(static_cast<std::uint32_t>(i) + 1));
      const Vec3 own = slab.agents.vec3(first + i, goal_row);
      slab.agents.set_vec3(first + i, goal_row, slab.agents.vec3(first + j, goal_row));
      slab.agents.set_vec3(first + j, goal_row, own);
    }
    return;
  }
  if (scenario == Scenario::kRunAway && jump > 0) {
    write_copies(slab, world, goal_row, rng);
    return;
  }
  if (scenario == Scenario::kSwarmVsSwarm) {
    write_two_swarms(slab, world, goal_row, jump % 2 == 1);
    return;
  }
  if (scenario == Scenario::kAntipodalCircle || scenario == Scenario::kAntipodalSphere) {
    write_antipodes(slab, world, goal_row, scenario == Scenario::kAntipodalSphere);
    return;
  }
  const Swarm swarm = draw_swarm(rng, scenario);
  const bool same = scenario == Scenario::kStaticSameGoal || scenario == Scenario::kDynamicSameGoal;
  for (int i = 0; i < num; ++i) {
    const Vec3 slot =
        same ? Vec3{}
             : goal_slot(static_cast<GoalFormation>(swarm.formation), i, num, swarm.spacing_m);
    slab.agents.set_vec3(first + i, goal_row, swarm.center_w_m + slot);
  }
  clear(slab, world, goal_row, same ? 0.0F : apart_m_);
}

// the first two goals take the place of one of the others each
void GoalScenarios::write_copies(const Slab& slab, int world, int goal_row,
                                 Rng& rng) const noexcept {
  const int num = slab.num_agents, first = world * num;
  for (int i = 0; i < 2 && num > 2; ++i) {
    const int other = 2 + static_cast<int>(rng.below(static_cast<std::uint32_t>(num - 2)));
    slab.agents.set_vec3(first + i, goal_row, slab.agents.vec3(first + other, goal_row));
  }
}

// two formations whose middles change places at each jump
void GoalScenarios::write_two_swarms(const Slab& slab, int world, int goal_row,
                                     bool exchanged) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  const int num = slab.num_agents, first = world * num;
  const int half = (num + 1) / 2;
  Rng rng(header.seed, header.episode, Stream::kGoal, kWorldKey);
  const Swarm swarm = draw_swarm(rng, Scenario::kSwarmVsSwarm);
  const float apart_m = rng.uniform(0.5F, 2);
  const float heading_rad = rng.uniform(-kPi, kPi);
  const Vec3 aside = Vec3{cos(heading_rad), sin(heading_rad), 0} * (0.5F * apart_m);
  for (int i = 0; i < num; ++i) {
    const bool second = i >= half;
    const Vec3 slot = goal_slot(static_cast<GoalFormation>(swarm.formation), second ? i - half : i,
                                second ? num - half : half, swarm.spacing_m);
    const float side = second != exchanged ? -1.0F : 1.0F;
    slab.agents.set_vec3(first + i, goal_row, swarm.center_w_m + aside * side + slot);
  }
  clear(slab, world, goal_row, apart_m_);
}

void GoalScenarios::write_antipodes(const Slab& slab, int world, int goal_row,
                                    bool sphere) const noexcept {
  const int num = slab.num_agents, first = world * num;
  const Vec3 middle = (low_w_m_ + high_w_m_) * 0.5F;
  for (int i = 0; i < num; ++i) {
    const Vec3 arm =
        (sphere ? sphere_place(i, num) : circle_place(i, num)) * config_.antipodal_radius_m;
    slab.agents.set_vec3(first + i, kPosition, middle + arm);
    slab.agents.set_vec3(first + i, goal_row, middle - arm);
  }
  clear(slab, world, kPosition, apart_m_);
  clear(slab, world, goal_row, apart_m_);
}

}  // namespace volery::task
