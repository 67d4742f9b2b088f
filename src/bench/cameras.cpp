// cameras: pictures per second of 64 drones among 200 boxes.
#include <algorithm>
#include <cmath>

#include "bench/cases.hpp"
#include "bench/hall.hpp"
#include "bench/timing.hpp"
#include "camera/rig.hpp"
#include "core/rng.hpp"
#include "volery/batch.hpp"

namespace volery::bench {

namespace {

struct Shot {
  const char* name;
  int side;
  camera::RigOptions options;
};

/// A batch whose drones stand all over the hall and look every way, tilted as in flight.
Batch filled(const BatchConfig& config) {
  Batch batch(config);
  std::vector<float> observation(batch.layout().observation_count());
  batch.reset({.seed = 0}, {.observation = observation.data()});
  for (int w = 0; w < batch.num_worlds(); ++w) {
    std::vector<float> position, quat;
    for (int a = 0; a < batch.num_agents(); ++a) {
      Rng rng(static_cast<std::uint64_t>(w), 0, Stream::kSpawn, static_cast<std::uint32_t>(a));
      position.insert(position.end(), {rng.uniform(-kHall_m / 2, kHall_m / 2),
                                       rng.uniform(-kHall_m / 2, kHall_m / 2),
                                       rng.uniform(0.5F, kHallHeight_m - 0.5F)});
      // about z mostly; set_state() normalizes
      quat.insert(quat.end(), {rng.uniform(-0.1F, 0.1F), rng.uniform(-0.1F, 0.1F),
                               rng.uniform(-1, 1), rng.uniform(-1, 1)});
    }
    batch.set_state(w, "position_w_m", position);
    batch.set_state(w, "quat_wb_xyzw", quat);
  }
  return batch;
}

/// Seconds per read of all pictures.
std::vector<double> time_shot(const Options& options, const Batch& batch, const Shot& shot) {
  camera::RigOptions wanted = shot.options;
  wanted.width = wanted.height = shot.side;
  wanted.num_threads = options.threads;
  camera::Rig rig(batch, wanted);
  std::vector<float> depth_m(wanted.depth ? rig.num_pixels() : 0);
  std::vector<std::uint8_t> rgb(wanted.rgb ? rig.num_pixels() * 3 : 0);
  std::vector<std::uint32_t> ids(wanted.segmentation ? rig.num_pixels() : 0);
  const camera::Images images{wanted.depth ? depth_m.data() : nullptr,
                              wanted.rgb ? rgb.data() : nullptr,
                              wanted.segmentation ? ids.data() : nullptr};
  return time_calls(options, [&] { rig.read(batch, images); });
}

}  // namespace

Result run_cameras(const Options& options) {
  BatchConfig config;
  config.task = "hover";
  config.num_worlds = options.worlds > 0 ? options.worlds : 1;
  config.num_agents = options.agents > 0 ? options.agents : 64;
  config.scene = hall();
  config.vehicle =
      Value::Table{{"base", Value("cf2x")},
                   {"cameras", Value(Value::Array{Value(Value::Table{{"name", Value("front")}})})}};
  const Batch batch = filled(config);

  Result result;
  result.case_name = "cameras";
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.threads = options.threads;
  result.substeps = batch.config().substeps();
  using camera::Backend;
  const Shot shots[] = {
      {"depth64", 64, {.backend = Backend::kRays}},
      {"depth32", 32, {.backend = Backend::kRays}},
      {"depth128", 128, {.backend = Backend::kRays}},
      {"segmentation64", 64, {.depth = false, .segmentation = true, .backend = Backend::kRays}},
      {"rgb64", 64, {.depth = false, .rgb = true, .backend = Backend::kRays}},
      {"gl_rgb64", 64, {.depth = false, .rgb = true, .backend = Backend::kGl}},
      {"gl_depth64", 64, {.backend = Backend::kGl}},
  };
  const double pictures = static_cast<double>(config.num_worlds) * config.num_agents;
  for (const Shot& shot : shots) {
    std::vector<double> seconds;
    try {
      seconds = time_shot(options, batch, shot);
    } catch (const Error& error) {
      // rays need no GL, and machines without have the other figures
      if (shot.options.backend != Backend::kGl || error.kind() != ErrorKind::kState) throw;
      continue;
    }
    if (&shot == &shots[0]) fill(result, seconds, pictures);
    const double least = *std::min_element(seconds.begin(), seconds.end());
    result.figures.emplace_back(std::string(shot.name) + "_images_per_s",
                                pictures / median(seconds));
    result.figures.emplace_back(std::string(shot.name) + "_best_images_per_s", pictures / least);
  }
  return result;
}

}  // namespace volery::bench
