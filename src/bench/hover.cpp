// hover, overhead, reset and threads: the whole environment, one drone per world.
#include "bench/cases.hpp"
#include "bench/environment.hpp"
#include "bench/timing.hpp"
#include "core/workers.hpp"

namespace volery::bench {

namespace {

// Enough that no short cycle of actions settles.
constexpr int kActionSets = 64;

BatchConfig hover_config(const Options& options, int worlds) {
  BatchConfig config;
  config.task = "hover";
  config.action = "rotor";
  config.num_worlds = options.worlds > 0 ? options.worlds : worlds;
  config.num_agents = options.agents > 0 ? options.agents : 1;
  config.num_threads = options.threads;
  return config;
}

Result begin(const char* name, const BatchConfig& config) {
  Result result;
  result.case_name = name;
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.threads = config.num_threads;
  result.substeps = config.substeps();
  return result;
}

// Long enough that episodes have ended and begun: the mix of a running training.
int warm_up_steps(const Options& options) {
  return options.quick ? 5 : 200;
}

// A loop that touches no memory: what a core is worth when nothing is shared but the chip. Kept out
// of line, or the compiler would see through it.
[[gnu::noinline]] double register_loop(double start, int rounds) {
  double a = start, b = start + 1, c = start + 2, d = start + 3;
  for (int i = 0; i < rounds; ++i) {
    a = a * 0.999999 + 1e-6;
    b = b * 0.999998 + 2e-6;
    c = c * 0.999997 + 3e-6;
    d = d * 0.999996 + 4e-6;
  }
  return a + b + c + d;
}

}  // namespace

Result run_hover(const Options& options) {
  Environment env(hover_config(options, options.quick ? 64 : 4096));
  Result result = begin("hover", env.batch.config());
  const Vehicle vehicle = load_vehicle(env.batch.config().vehicle);
  HoverActions actions(vehicle, env.batch.layout(), options.quick ? 4 : kActionSets);
  PlainHover plain(vehicle, options.quick ? 64 : 1024);
  env.reset();
  for (int i = 0; i < warm_up_steps(options); ++i) env.step(actions.next());

  const int calls = calls_for(repeat_s(options), [&] { env.step(actions.next()); });
  const int plain_steps = options.quick ? 2 : 8;
  const BatchStats before = env.batch.stats();
  std::vector<double> seconds, plain_s, ratio;
  for (int r = 0; r < repeats_of(options); ++r) {
    // back into the caches that the twin has filled
    for (int i = 0; i < 2; ++i) env.step(actions.next());
    seconds.push_back(seconds_of([&] {
                        for (int i = 0; i < calls; ++i) env.step(actions.next());
                      }) /
                      calls);
    plain_s.push_back(plain.seconds_per_body_step(plain_steps));
    ratio.push_back(seconds.back() / env.num_rows() / plain_s.back());
  }
  fill(result, seconds, env.num_rows());
  const BatchStats after = env.batch.stats();
  const double episodes = static_cast<double>(after.episodes - before.episodes);
  result.figures = {
      {"touching_share", after.touching_share},
      {"near_share", after.near_share},
      {"mean_episode_steps",
       episodes > 0 ? static_cast<double>(after.agent_steps - before.agent_steps) / episodes : 0},
      {"plain_bullet_ns_per_body_step", median(plain_s) * 1e9},
      {"agent_step_per_plain_body_step", median(ratio)}};
  return result;
}

Result run_overhead(const Options& options) {
  Environment env(hover_config(options, 1));
  Result result = begin("overhead", env.batch.config());
  HoverActions actions(load_vehicle(env.batch.config().vehicle), env.batch.layout(), kActionSets);
  env.reset();
  fill(result, time_calls(options, [&] { env.step(actions.next()); }), env.num_rows());
  result.figures = {{"us_per_step_call", result.ns_per_agent_step * env.num_rows() * 1e-3}};
  return result;
}

Result run_reset(const Options& options) {
  Environment env(hover_config(options, options.quick ? 64 : 4096));
  Result result = begin("reset", env.batch.config());
  env.reset();
  fill(result, time_calls(options, [&] { env.batch.reset({}, env.out); }), env.num_rows());
  result.figures = {
      {"ns_per_world", result.ns_per_agent_step * static_cast<double>(result.agents)}};
  return result;
}

Result run_threads(const Options& options) {
  Options sizes = options;
  sizes.threads = 1;
  Environment one(hover_config(sizes, options.quick ? 64 : 4096));
  sizes.threads = options.threads > 1 ? options.threads : 2;
  Environment many(hover_config(sizes, options.quick ? 64 : 4096));
  Result result = begin("threads", many.batch.config());
  HoverActions actions(load_vehicle(one.batch.config().vehicle), one.batch.layout(),
                       options.quick ? 4 : kActionSets);
  one.reset();
  many.reset();
  for (int i = 0; i < warm_up_steps(options); ++i) {
    one.step(actions.next());
    many.step(actions.next());
  }

  const int num_threads = sizes.threads;
  const int rounds = options.quick ? 200'000 : 2'000'000;
  Workers pool(num_threads);
  std::vector<double> sums(static_cast<std::size_t>(num_threads));
  const auto loop = [&](int threads) {
    return seconds_of([&] {
      pool.run(threads, [&](int item, int /*worker*/) {
        double& sum = sums[static_cast<std::size_t>(item)];
        sum = register_loop(sum, rounds);
      });
    });
  };
  const int calls = calls_for(repeat_s(options), [&] { one.step(actions.next()); });
  const auto steps = [&](Environment& env) {
    return seconds_of([&] {
             for (int i = 0; i < calls; ++i) env.step(actions.next());
           }) /
           calls;
  };
  loop(num_threads);
  std::vector<double> single_s, many_s, gain, loop_gain, efficiency;
  for (int r = 0; r < repeats_of(options); ++r) {
    single_s.push_back(steps(one));
    many_s.push_back(steps(many));
    gain.push_back(single_s.back() / many_s.back());
    loop_gain.push_back(num_threads * loop(1) / loop(num_threads));
    efficiency.push_back(gain.back() / loop_gain.back());
  }
  fill(result, many_s, many.num_rows());
  result.figures = {{"single_thread_ns_per_agent_step", median(single_s) * 1e9 / one.num_rows()},
                    {"gain", median(gain)},
                    {"register_loop_gain", median(loop_gain)},
                    {"gain_per_register_loop_gain", median(efficiency)}};
  return result;
}

}  // namespace volery::bench
