#include "bench/environment.hpp"

#include <chrono>
#include <cmath>

#include "core/rng.hpp"
#include "volery/controller.hpp"

namespace volery::bench {

Environment::Environment(BatchConfig config)
    : batch(std::move(config)),
      observation_(batch.layout().observation_count()),
      reward_(batch.layout().num_rows()),
      terminated_(std::make_unique<bool[]>(batch.layout().num_rows())),
      truncated_(std::make_unique<bool[]>(batch.layout().num_rows())) {
  out = {.observation = observation_.data(),
         .reward = reward_.data(),
         .terminated = terminated_.get(),
         .truncated = truncated_.get()};
}

HoverActions::HoverActions(const Vehicle& vehicle, const Layout& layout, int num_sets)
    : values_(layout.action_count() * static_cast<std::size_t>(num_sets)),
      set_size_(layout.action_count()) {
  // thrust is linear in the action, from none at -1
  const float hover = rotor_hover_action(vehicle) + 1;
  Rng rng(0, 0, Stream::kAction);
  for (float& value : values_) value = hover * rng.uniform(0.9F, 1.1F) - 1;
}

std::span<const float> HoverActions::next() {
  const std::span<const float> set(values_.data() + position_, set_size_);
  position_ = (position_ + set_size_) % values_.size();
  return set;
}

PlainHover::PlainHover(const Vehicle& vehicle, int num_bodies)
    : scene_(load_scene("empty")),
      bullet_(scene_, vehicle, kGravityMps2, 1.0F / 240, 1, num_bodies),
      num_bodies_(num_bodies) {
  const int side = static_cast<int>(std::ceil(std::sqrt(num_bodies)));
  const float lift_n = vehicle.config.mass_kg * kGravityMps2;
  for (int i = 0; i < num_bodies; ++i) {
    bullet_.set_body(
        0, i,
        {.position_w_m = {static_cast<float>(i % side), static_cast<float>(i / side), 5},
         .quat_wb = {},
         .velocity_w_mps = {},
         .omega_w_radps = {},
         .lift_n = lift_n});
  }
  bullet_.step(8);
}

double PlainHover::seconds_per_body_step(int steps) {
  const auto start = std::chrono::steady_clock::now();
  bullet_.step(steps);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  return time.count() / (static_cast<double>(steps) * num_bodies_);
}

Value open_scene(int num_agents, double cubic_meters_per_agent) {
  // as wide as high where few, a slab of air 20 m high where many
  const double volume = cubic_meters_per_agent * num_agents;
  const double height = std::min(20.0, std::cbrt(volume));
  const double half = 0.5 * std::sqrt(volume / height);
  const double margin = 20;
  const Value::Array low{-half, -half, 2.0}, high{half, half, 2.0 + height};
  return Value::Table{
      {"base", Value("empty")},
      {"spawn_low_m", low},
      {"spawn_high_m", high},
      {"bounds_low_m", Value::Array{-half - margin, -half - margin, -1.0}},
      {"bounds_high_m", Value::Array{half + margin, half + margin, 2.0 + height + margin}}};
}

}  // namespace volery::bench
