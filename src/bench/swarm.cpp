// swarm64 and giant: many drones in a world, with neighbors and collisions.
#include "bench/cases.hpp"
#include "bench/environment.hpp"
#include "bench/timing.hpp"
#include "core/rng.hpp"
#include "volery/policy.hpp"

namespace volery::bench {

namespace {

constexpr double kCubicMetersPerDrone = 8;  // some 2 m from drone to drone

BatchConfig swarm_config(const Options& options, int worlds, int agents) {
  BatchConfig config;
  config.task = "hover";
  config.action = "velocity";
  config.sensors = {"pose", "velocity", "rates", "goal", "neighbors"};
  config.sensor_config = Value::Table{{"neighbors", Value::Table{{"count", Value(6)}}}};
  config.on_crash = "continue";
  config.num_worlds = options.worlds > 0 ? options.worlds : worlds;
  config.num_agents = agents;
  config.num_threads = options.threads;
  return config;
}

// One row of giant.
struct Giant {
  std::vector<double> seconds;  // per step
  double times_real_time = 0;
  double near_share = 0;
};

Giant measure_giant(const Options& options, int agents, bool with_neighbors) {
  BatchConfig config = swarm_config(options, 1, agents);
  if (!with_neighbors) {
    config.sensors.pop_back();
    config.sensor_config = Value::Table{};
  }
  config.scene = open_scene(agents, kCubicMetersPerDrone);
  config.episode_s = 1e5F;
  Environment env(config);
  // two sets of wished velocities that cancel, so that the density holds
  std::vector<float> there(env.batch.layout().action_count()), back(there.size());
  Rng rng(0, 0, Stream::kAction);
  for (std::size_t i = 0; i < there.size(); ++i) {
    there[i] = rng.uniform(-0.5F, 0.5F);
    back[i] = -there[i];
  }
  env.reset();
  int step = 0;
  Giant out;
  out.seconds = time_calls(options, [&] { env.step(++step % 2 == 0 ? there : back); });
  out.times_real_time =
      1.0 / env.batch.config().agent_rate_hz / median(out.seconds) * env.batch.num_worlds();
  out.near_share = env.batch.stats().near_share;
  return out;
}

}  // namespace

Result run_swarm64(const Options& options) {
  BatchConfig config =
      swarm_config(options, options.quick ? 2 : 64, options.agents > 0 ? options.agents : 64);
  config.scene = open_scene(config.num_agents, 2);
  // every drone crosses the swarm to a place of its own
  config.task_config = Value::Table{{"goal", Value("random")}};
  Environment env(config);
  const std::unique_ptr<Policy> baseline = env.batch.policy("");

  const int steps = options.quick ? 8 : 150;
  const Layout& layout = env.batch.layout();
  std::vector<float> recorded(layout.action_count() * static_cast<std::size_t>(steps));
  env.reset();
  const std::vector<std::uint8_t> start = env.batch.snapshot({});
  const auto actions = [&](int step) {
    return std::span<float>(
        recorded.data() + static_cast<std::size_t>(step) * layout.action_count(),
        layout.action_count());
  };
  for (int step = 0; step < steps; ++step) {
    baseline->act(env.observation().data(), layout.observation_size(), actions(step).data(),
                  layout.action_size(), static_cast<int>(layout.num_rows()), 0,
                  static_cast<std::uint32_t>(step));
    env.step(actions(step));
  }

  std::vector<double> seconds;
  for (int r = 0; r < repeats_of(options); ++r) {
    env.batch.restore(start, {});
    seconds.push_back(seconds_of([&] {
                        for (int step = 0; step < steps; ++step) env.step(actions(step));
                      }) /
                      steps);
  }
  Result result;
  result.case_name = "swarm64";
  result.worlds = env.batch.num_worlds();
  result.agents = env.batch.num_agents();
  result.threads = env.batch.config().num_threads;
  result.substeps = config.physics_rate_hz / config.agent_rate_hz;
  fill(result, seconds, env.num_rows());
  const BatchStats stats = env.batch.stats();
  result.figures = {{"near_share", stats.near_share}, {"touching_share", stats.touching_share}};
  return result;
}

Result run_giant(const Options& options) {
  std::vector<int> sizes{1'000, 10'000, 100'000, 1'000'000};
  if (options.quick) sizes = {100, 1'000};
  if (options.agents > 0) sizes = {options.agents};
  Result result;
  result.case_name = "giant";
  result.worlds = options.worlds > 0 ? options.worlds : 1;
  result.threads = options.threads;
  const BatchConfig rates;
  result.substeps = rates.physics_rate_hz / rates.agent_rate_hz;
  for (const int agents : sizes) {
    Options repeats = options;
    // a step of a million drones is a long repeat by itself
    if (options.repeats == 0 && agents >= 1'000'000) repeats.repeats = kLeastRepeats;
    const double rows = static_cast<double>(agents) * result.worlds;
    const Giant plain = measure_giant(repeats, agents, false);
    const Giant seeing = measure_giant(repeats, agents, true);
    fill(result, plain.seconds, rows);
    result.agents = agents;
    result.rows.push_back({{"agents", agents},
                           {"ns_per_agent_substep", result.ns_per_agent_step / result.substeps},
                           {"times_real_time", plain.times_real_time},
                           {"near_share", plain.near_share},
                           {"ns_per_agent_substep_6_neighbors",
                            median(seeing.seconds) * 1e9 / rows / result.substeps},
                           {"times_real_time_6_neighbors", seeing.times_real_time}});
  }
  return result;
}

}  // namespace volery::bench
