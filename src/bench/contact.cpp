// contact: physics with a held share of touching bodies, beside plain Bullet stepping the same
// ones.
//
// The touching bodies lie on the floor with their motors off, spread at random over the worlds; the
// others hover 10 m above them, a metre from each other. Only stepping is timed: control, flight
// and contacts here, stepSimulation there.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "bench/cases.hpp"
#include "bench/environment.hpp"
#include "bench/rig.hpp"
#include "bench/timing.hpp"
#include "contact/plain_bullet.hpp"
#include "core/rng.hpp"
#include "volery/controller.hpp"

namespace volery::bench {

namespace {

constexpr double kShares[] = {0, 0.01, 0.05, 0.25, 1};
constexpr float kSpacingM = 1;
constexpr float kFlightHeightM = 10;
// Lying bodies come to rest in this time.
constexpr int kSettleWindows = 10;

class Pair {
 public:
  Pair(int worlds, int agents)
      : rig_(config_of(worlds, agents)),
        plain_(rig_.setup.scene, rig_.setup.vehicle, rig_.setup.config.flight.gravity_mps2,
               rig_.setup.substep_s, worlds, agents),
        worlds_(worlds),
        agents_(agents) {}

  /// Puts that share of all bodies on the floor and lets them settle.
  void hold(double share) {
    const int bodies = worlds_ * agents_;
    std::vector<int> order(static_cast<std::size_t>(bodies));
    std::iota(order.begin(), order.end(), 0);
    Rng rng(1, 0, Stream::kTask);
    for (int i = bodies - 1; i > 0; --i) {
      const int j = std::min(i, static_cast<int>(rng.uniform() * static_cast<float>(i + 1)));
      std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
    }
    const int touching = static_cast<int>(std::lround(share * bodies));
    for (int i = 0; i < bodies; ++i) place(order[static_cast<std::size_t>(i)], i < touching);
    for (int i = 0; i < kSettleWindows; ++i) rig_.advance();
    plain_.step(kSettleWindows * rig_.setup.substeps);
  }

  /// One row of figures; fills the result's own from Volery's times.
  Row measure(const Options& options, Result& result) {
    const double body_steps = static_cast<double>(worlds_) * agents_;
    const int substeps = rig_.setup.substeps;
    const int windows = calls_for(repeat_s(options), [&] { rig_.advance(); });
    const int plain_windows = calls_for(repeat_s(options), [&] { plain_.step(substeps); });
    const contact::ContactStats before = rig_.worker.contact.stats();
    std::vector<double> ours, theirs, ratio;
    for (int r = 0; r < repeats_of(options); ++r) {
      // each first comes back into the caches that the other has filled
      rig_.advance();
      ours.push_back(seconds_of([&] {
                       for (int i = 0; i < windows; ++i) rig_.advance();
                     }) /
                     windows);
      plain_.step(1);
      theirs.push_back(seconds_of([&] {
                         for (int i = 0; i < plain_windows; ++i) plain_.step(substeps);
                       }) /
                       plain_windows);
      ratio.push_back(theirs.back() / ours.back());
    }
    const contact::ContactStats after = rig_.worker.contact.stats();
    const auto share = [&](std::uint64_t contact::ContactStats::*count) {
      return static_cast<double>(after.*count - before.*count) /
             static_cast<double>(after.body_substeps - before.body_substeps);
    };
    fill(result, ours, body_steps);
    const double scale = 1e9 / (body_steps * substeps);
    return {{"worlds", worlds_},
            {"agents", agents_},
            {"contact_share", share(&contact::ContactStats::touching_body_substeps)},
            {"near_share", share(&contact::ContactStats::near_body_substeps)},
            {"ns_per_agent_substep", median(ours) * scale},
            {"plain_bullet_contact_share", plain_.touching_share()},
            {"plain_bullet_ns_per_agent_substep", median(theirs) * scale},
            {"ratio_to_plain_bullet", median(ratio)},
            {"ratio_min", *std::min_element(ratio.begin(), ratio.end())},
            {"ratio_max", *std::max_element(ratio.begin(), ratio.end())}};
  }

 private:
  static BatchConfig config_of(int worlds, int agents) {
    BatchConfig config;
    config.num_worlds = worlds;
    config.num_agents = agents;
    config.action = "rotor";
    config.scene = open_scene(agents, 1);
    return config;
  }

  // Puts a body of the batch on the floor or into the air, here and there.
  void place(int body, bool on_floor) {
    const Vehicle& vehicle = rig_.setup.vehicle;
    const CollisionSpec& shape = vehicle.config.collision;
    const int side = static_cast<int>(std::ceil(std::sqrt(agents_)));
    const int world = body / agents_, agent = body % agents_;
    const float rest_m = 0.5F * shape.size_m[2] - shape.offset_b_m[2];
    const Vec3 position{kSpacingM * static_cast<float>(agent % side),
                        kSpacingM * static_cast<float>(agent / side),
                        on_floor ? rest_m : kFlightHeightM};

    const Rig::Place at = rig_.agent(world, agent);
    at.blocks.set_vec3(at.body, kPosition, position);
    at.blocks.set_vec3(at.body, kPositionResidual, {});
    at.blocks.set_quat(at.body, {});
    at.blocks.set_vec3(at.body, kVelocity, {});
    at.blocks.set_vec3(at.body, kOmega, {});
    at.blocks.at(at.body, kMotorsOn) = on_floor ? 0.0F : 1.0F;
    for (int r = 0; r < vehicle.num_rotors; ++r) {
      at.blocks.at(at.body, rig_.setup.rows.action.row + r) = rotor_hover_action(vehicle);
      at.blocks.at(at.body, kRotorRows + vehicle.num_rotors + r) =
          on_floor ? 0 : vehicle.hover_speed_radps;
    }
    const float weight_n = vehicle.config.mass_kg * rig_.setup.config.flight.gravity_mps2;
    plain_.set_body(world, agent,
                    {.position_w_m = position,
                     .quat_wb = {},
                     .velocity_w_mps = {},
                     .omega_w_radps = {},
                     .lift_n = on_floor ? 0 : weight_n});
  }

  Rig rig_;
  contact::PlainBullet plain_;
  int worlds_, agents_;
};

}  // namespace

Result run_contact(const Options& options) {
  std::vector<std::pair<int, int>> sizes{{1024, 8}, {1, 1024}};
  if (options.quick) sizes = {{16, 8}, {1, 64}};
  if (options.worlds > 0 || options.agents > 0) {
    sizes = {{std::max(1, options.worlds), options.agents > 0 ? options.agents : 8}};
  }
  Result result;
  result.case_name = "contact";
  const BatchConfig rates;
  result.substeps = rates.substeps();
  for (const auto& [worlds, agents] : sizes) {
    Pair pair(worlds, agents);
    for (const double share : kShares) {
      pair.hold(share);
      Result own = result;
      result.rows.push_back(pair.measure(options, own));
      // the figures that every case has are those of the first row: worlds of 8, nothing touches
      if (result.rows.size() > 1) continue;
      own.rows = result.rows;
      own.worlds = worlds;
      own.agents = agents;
      result = own;
    }
  }
  return result;
}

}  // namespace volery::bench
