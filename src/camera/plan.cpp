#include "camera/plan.hpp"

#include <algorithm>
#include <cmath>

namespace volery::camera {

namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kValue, message);
}

void check_size(const char* name, int pixels) {
  if (pixels == 0 || (pixels >= 1 && pixels <= kMaxCameraPixels)) return;
  refuse(std::string("cameras.") + name + " = " + std::to_string(pixels) + ": must be in [1, " +
         std::to_string(kMaxCameraPixels) + "] pixels, or 0 for what the vehicle file has");
}

/// The spec of that name, or the first where the name is empty; null where there is none.
const CameraSpec* find_spec(const Vehicle& vehicle, const std::string& name) {
  for (const CameraSpec& spec : vehicle.config.cameras)
    if (name.empty() || spec.name == name) return &spec;
  return nullptr;
}

/// Why no vehicle has the camera.
[[noreturn]] void refuse_camera(const VehicleFleet& fleet, const std::string& name) {
  std::vector<std::string> names;
  std::string vehicles;
  for (const Vehicle& vehicle : fleet.types()) {
    vehicles += (vehicles.empty() ? "" : ", ") + vehicle.config.name;
    for (const CameraSpec& spec : vehicle.config.cameras) names.push_back(spec.name);
  }
  if (names.empty()) {
    refuse("cameras: vehicle " + vehicles +
           " has no camera; give it [[cameras]] in its file, or vehicle = {\"base\": ..., "
           "\"cameras\": [{\"name\": \"front\"}]}");
  }
  refuse("cameras.camera = \"" + name + "\": vehicle " + vehicles + " has no such camera" +
         did_you_mean(name, names));
}

}  // namespace

Lenses::Lenses(const VehicleFleet& fleet, const RigOptions& options)
    : width_(options.width), height_(options.height) {
  check_size("width", options.width);
  check_size("height", options.height);
  if (!options.depth && !options.rgb && !options.segmentation)
    refuse("cameras.kind: must name at least one of depth, rgb, segmentation");
  const CameraSpec* first = nullptr;
  for (const Vehicle& vehicle : fleet.types()) {
    const CameraSpec* const spec = find_spec(vehicle, options.camera);
    types_.push_back({spec != nullptr, spec != nullptr ? *spec : CameraSpec{}, {}});
    if (spec == nullptr) continue;
    if (first == nullptr) first = spec;
    const bool differs = (options.width == 0 && spec->width != first->width) ||
                         (options.height == 0 && spec->height != first->height);
    if (differs) {
      refuse("cameras: the vehicles' pictures are of " + std::to_string(first->width) + " x " +
             std::to_string(first->height) + " and " + std::to_string(spec->width) + " x " +
             std::to_string(spec->height) + " pixels; give width and height");
    }
    far_m_ = std::max(far_m_, spec->far_m);
  }
  if (first == nullptr) refuse_camera(fleet, options.camera);
  if (width_ == 0) width_ = first->width;
  if (height_ == 0) height_ = first->height;
  for (Lens& lens : types_) lens.mount = Mount(lens.spec, width_, height_);
}

Plan::Plan(const Batch& batch, const Lenses& lenses)
    : lenses_(lenses),
      agent_rate_hz_(batch.config().agent_rate_hz),
      num_agents_(batch.num_agents()),
      clocks_(static_cast<std::size_t>(batch.num_worlds())),
      taken_(batch.layout().num_rows()),
      what_(batch.layout().num_rows(), What::kBlank) {
  for (int agent = 0; agent < num_agents_; ++agent) {
    const float rate_hz = lenses_.spec(agent).rate_hz;
    // as fast as the agents themselves, but for rounding
    constexpr double kEqual = 1 - 1e-6;
    if (lenses_.has(agent) && rate_hz > 0 && rate_hz < agent_rate_hz_ * kEqual) holds_ = true;
  }
}

bool Plan::is_due(const Taken& last, const WorldClock& now, float rate_hz) const noexcept {
  if (!last.ever || last.seed != now.seed || last.episode != now.episode || now.step < last.step)
    return true;
  if (!(rate_hz > 0)) return true;
  // sampling times are multiples of the period; a step that hits one takes it
  constexpr double kRounding = 1e-6;
  const auto samples = [&](std::uint32_t step) {
    return std::floor(static_cast<double>(step) * rate_hz / agent_rate_hz_ + kRounding);
  };
  return samples(now.step) > samples(last.step);
}

void Plan::make(const Batch& batch, const Bodies& bodies, bool refresh) {
  for (int world = 0; world < batch.num_worlds(); ++world) {
    const WorldClock now = batch.clock(world);
    clocks_[static_cast<std::size_t>(world)] = now;
    for (int agent = 0; agent < num_agents_; ++agent) {
      const std::size_t image = static_cast<std::size_t>(world) * num_agents_ + agent;
      Taken& last = taken_[image];
      const bool here = lenses_.has(agent) && bodies.solid_of(world, agent) != nullptr;
      const bool same_life = last.ever && last.seed == now.seed && last.episode == now.episode;
      if (!here || !(bodies.is_alive(world, agent) || same_life)) {
        last.ever = false;
        what_[image] = What::kBlank;
        continue;
      }
      // without memory of its own a picture is always taken: the caller's array is anyone's
      const bool due = refresh || !holds_ || is_due(last, now, lenses_.spec(agent).rate_hz);
      what_[image] = due ? What::kTake : What::kHold;
      if (due) last = {true, now.seed, now.episode, now.step};
      // as in observations, the step of death still shows what was seen
      if (!bodies.is_alive(world, agent)) {
        what_[image] = What::kTake;
        last.ever = false;
      }
    }
  }
}

}  // namespace volery::camera
