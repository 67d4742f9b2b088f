#include "flight/wind.hpp"

#include <algorithm>
#include <cmath>

#include "core/rng.hpp"

namespace volery::flight {

namespace {

Vec3 to_vec3(const std::vector<float>& v) {
  return {v[0], v[1], v[2]};
}

}  // namespace

bool WindConfig::any() const noexcept {
  const Vec3 mean = to_vec3(mean_w_mps);
  return !(mean == Vec3{}) || turbulence != Turbulence::kOff || random_gusts.speed_mps > 0 ||
         !gusts.empty() || field.any();
}

void WindConfig::describe(FieldVisitor& v) {
  v.field("mean_w_mps", mean_w_mps,
          {.unit = "m/s",
           .low = -50,
           .high = 50,
           .doc = "constant part: where the air goes, world frame",
           .size = 3});
  v.choice("turbulence", turbulence, {"off", "light", "moderate", "severe", "custom"},
           "Dryden turbulence of MIL-F-8785C: wind at 20 ft of 15, 30, 45 kn, or w20_mps");
  v.field("w20_mps", w20_mps,
          {.unit = "m/s",
           .low = 0,
           .high = 50,
           .doc = "wind at 20 ft (6.1 m); counts where turbulence = \"custom\""});
  v.field(
      "height_m", height_m,
      {.unit = "m",
       .low = 0,
       .high = 1000,
       .doc = "height above ground whose turbulence fills the world; clamped to [3.05, 304.8]"});
  v.field("min_convection_mps", min_convection_mps,
          {.unit = "m/s",
           .low = 0.1,
           .high = 50,
           .doc = "turbulence and gusts pass at no less than this, in still air too"});
  v.table("random_gusts", random_gusts, "gusts of the form 1 - cos at random times");
  v.tables("gusts", gusts, {.low = 0, .high = 1000, .doc = "gusts at given times"});
  v.table("field", field, "velocities on a grid");
}

void WindLanes::set(int lane, const WorldHeader& world) noexcept {
  Rng rng(world.seed, world.episode, Stream::kWind);
  const std::uint32_t mirrors = rng.bits();
  const std::uint32_t factor = turbulence_scale(rng.bits());
  phase_key[lane] = rng.bits();
  gust_key[lane] = rng.bits();
  step[lane] = world.step;
  scaled_step[lane] = world.step * factor;
  scale[lane] = static_cast<float>(factor) / kScaleOne;
  mirror_y[lane] = (mirrors & 1U) != 0 ? 1.0F : -1.0F;
  mirror_z[lane] = (mirrors & 2U) != 0 ? 1.0F : -1.0F;
}

void WindLanes::copy(int from, int to) noexcept {
  step[to] = step[from];
  scaled_step[to] = scaled_step[from];
  phase_key[to] = phase_key[from];
  gust_key[to] = gust_key[from];
  scale[to] = scale[from];
  mirror_y[to] = mirror_y[from];
  mirror_z[to] = mirror_z[from];
}

Wind::Wind(const WindConfig& config, float step_s)
    : any_(config.any()),
      mean_w_mps_(to_vec3(config.mean_w_mps)),
      gusts_(config.gusts, config.random_gusts, to_vec3(config.mean_w_mps),
             config.min_convection_mps, step_s),
      field_(config.field) {
  const auto largest = [](Vec3 v) {
    return std::max({std::abs(v.x), std::abs(v.y), std::abs(v.z)});
  };
  likely_max_mps_ = largest(mean_w_mps_) + config.random_gusts.speed_mps + field_.largest_mps();
  for (const GustTrain::Timed& gust : gusts_.timed) likely_max_mps_ += largest(gust.velocity_w_mps);
  draws_ = config.turbulence != Turbulence::kOff || config.random_gusts.speed_mps > 0;
  if (config.turbulence == Turbulence::kOff) return;
  const DrydenScales scales =
      dryden_scales(w20_of(config.turbulence, config.w20_mps), config.height_m);
  constexpr float kDeviations = 4;
  likely_max_mps_ += kDeviations * std::max(scales.sigma_u_mps, scales.sigma_w_mps);
  turbulence_ = TurbulenceField(scales, mean_w_mps_, config.min_convection_mps, step_s);
}

namespace {

/// Draws of the worlds of the agents [first, last) of a slab, lane by lane; one draw per world.
void set_lanes(const Slab& slab, int first, int last, WindLanes& lanes) noexcept {
  int world = -1;
  for (int agent = first; agent < last; ++agent) {
    const int lane = agent % kLanes;
    const int of_lane = agent / slab.num_agents;
    if (of_lane == world) {
      lanes.copy(lane - 1, lane);
    } else {
      lanes.set(lane, slab.worlds[of_lane]);
    }
    world = of_lane;
  }
}

}  // namespace

void Wind::write(const Slab& slab, int first_agent, int last_agent, int row) const noexcept {
  WindLanes lanes{};
  alignas(64) float velocity[3 * kLanes];
  int everywhere = -1;  // world that fills all lanes
  for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) {
    const int first = std::max(first_agent, b * kLanes);
    const int last = std::min(last_agent, (b + 1) * kLanes);
    const int world = first / slab.num_agents;
    if (!draws_) {
      // nothing asks for a world's own draws
      for (int agent = first; agent < last; ++agent) {
        lanes.step[agent % kLanes] = slab.worlds[agent / slab.num_agents].step;
      }
    } else if (world != (last - 1) / slab.num_agents) {
      set_lanes(slab, first, last, lanes);
      everywhere = -1;
    } else if (world != everywhere) {
      lanes.set(0, slab.worlds[world]);
      for (int lane = 1; lane < kLanes; ++lane) lanes.copy(0, lane);
      everywhere = world;
    }
    sample(lanes, slab.agents.row(b, kPosition), velocity);
    for (int c = 0; c < 3; ++c) {
      std::copy(velocity + c * kLanes + first % kLanes,
                velocity + c * kLanes + first % kLanes + (last - first),
                slab.agents.row(b, row + c) + first % kLanes);
    }
  }
}

}  // namespace volery::flight
