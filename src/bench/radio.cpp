// radio: messages of a world of drones that stand anywhere in the air, at ten in range of each.
//
// The radio alone: positions stand still, every agent sends in every step. `growth` is the cost of
// a link in the largest world over that in the smallest.
#include <cmath>
#include <memory>
#include <tuple>

#include "bench/cases.hpp"
#include "bench/timing.hpp"
#include "core/rng.hpp"
#include "core/toml.hpp"
#include "radio/worker.hpp"

namespace volery::bench {

namespace {

constexpr float kRange_m = 10;
constexpr double kDegree = 10;
constexpr float kStep_s = 1.0F / 30;

// eight numbers, some loss, one step
constexpr const char* kPlain = "range.range_m = [10]\nloss.probability = 0.1\n";
constexpr const char* kCrowded =
    "range.range_m = [10]\nloss.probability = 0.1\nocclusion.kind = \"static\"\n"
    "contention.access = \"csma\"\ncontention.slots_per_step = 8\n";

// Rows of agents and a radio, without anything that flies.
class Talkers {
 public:
  Talkers(const char* radio, int num_agents, const Scene& scene, float side_m, int num_threads)
      : radio_(radio::load_radio(parse_toml(radio, "bench")), num_agents, kStep_s, &scene.config()),
        pool_(num_threads),
        split_{num_threads > 1 ? &pool_ : nullptr} {
    FieldTable fields;
    declare_rigid_fields(fields);
    const int alive = fields.add({.name = "alive", .initial = 1}).row;
    const auto outbox = static_cast<int>(radio_.outbox_columns().size());
    radio_.declare(fields, fields.add({.name = "action", .width = outbox}).row, alive);
    const int blocks = blocks_for(num_agents);
    constexpr std::size_t kLine = 64;
    memory_.resize(static_cast<std::size_t>(blocks * fields.num_rows() * kLanes) + kLanes);
    auto* const data = reinterpret_cast<float*>(
        (reinterpret_cast<std::uintptr_t>(memory_.data()) + kLine - 1) / kLine * kLine);
    slab_.num_worlds = 1;
    slab_.num_agents = num_agents;
    slab_.worlds = &header_;
    slab_.agents = {data, blocks, fields.num_rows(), num_agents};
    const radio::RadioConfig& config = radio_.config();
    for (int body = 0; body < blocks * kLanes; ++body) {
      Rng rng(1, 0, Stream::kSpawn, static_cast<std::uint32_t>(body));
      slab_.agents.set_vec3(
          body, kPosition,
          {rng.uniform(0, side_m), rng.uniform(0, side_m), 1 + rng.uniform(0, side_m)});
      slab_.agents.set_quat(body, {0, 0, 0, 1});
      slab_.agents.at(body, kMode) =
          static_cast<float>(body < num_agents ? BodyMode::kMoving : BodyMode::kAbsent);
      slab_.agents.at(body, alive) = 1;
      for (int i = 0; i < config.payload.size; ++i)
        slab_.agents.at(body, radio_.rows().data + i) = rng.uniform(-1, 1);
      slab_.agents.at(body, radio_.rows().send) = 1;
    }
    worker_ = std::make_unique<radio::RadioWorker>(radio_, scene, num_threads);
  }

  void step() {
    constexpr std::uint8_t kAwake = 0;
    worker_->exchange(slab_, &kAwake, split_);
    ++header_.step;
  }
  /// What the agents have counted so far, summed.
  [[nodiscard]] double total(int count) const {
    double sum = 0;
    for (int body = 0; body < slab_.agents.num_bodies; ++body)
      sum += static_cast<double>(slab_.agents.at(body, radio_.rows().counts + count));
    return sum;
  }
  [[nodiscard]] double num_steps() const { return header_.step; }

 private:
  radio::Radio radio_;
  Workers pool_;
  Split split_;
  WorldHeader header_{.phase = WorldPhase::kRunning};
  Slab slab_;
  std::vector<float> memory_;
  std::unique_ptr<radio::RadioWorker> worker_;
};

// The side of a cube in which that many agents have ten others in range of each.
float side_of(int agents) {
  constexpr double kSphere = 4.0 / 3 * 3.14159265358979;
  const double volume_m3 = kSphere * std::pow(static_cast<double>(kRange_m), 3);
  return static_cast<float>(std::cbrt(static_cast<double>(agents) * volume_m3 / kDegree));
}

// Two hundred boxes in the same cube.
SceneConfig boxes(float side_m) {
  SceneConfig config;
  for (std::uint32_t i = 0; i < 200; ++i) {
    Rng rng(2, 0, Stream::kSpawn, i);
    Primitive box;
    box.kind = PrimitiveKind::kBox;
    box.position_w_m = {rng.uniform(0, side_m), rng.uniform(0, side_m), rng.uniform(0, side_m)};
    box.size_m = {rng.uniform(0.5F, 3), rng.uniform(0.5F, 3), rng.uniform(0.5F, 3)};
    config.statics.push_back(box);
  }
  return config;
}

}  // namespace

Result run_radio(const Options& options) {
  std::vector<int> sizes{1'000, 10'000, 100'000};
  if (options.quick) sizes = {200, 1'000};
  if (options.agents > 0) sizes = {options.agents};
  Result result;
  result.case_name = "radio";
  result.worlds = 1;
  result.threads = options.threads;
  double first_ns = 0, last_ns = 0;
  for (const int agents : sizes) {
    const float side_m = side_of(agents);
    const auto measure = [&](const char* radio, const Scene& scene) {
      Talkers talkers(radio, agents, scene, side_m, options.threads);
      const std::vector<double> seconds = time_calls(options, [&] { talkers.step(); });
      const double links = talkers.total(radio::kCandidates) / talkers.num_steps();
      const double messages =
          talkers.total(static_cast<int>(radio::Fate::kDelivered)) / talkers.num_steps();
      return std::tuple(seconds, links, messages);
    };
    const auto [seconds, links, messages] = measure(kPlain, Scene(SceneConfig{}));
    const auto [crowded_seconds, crowded_links, crowded_messages] =
        measure(kCrowded, Scene(boxes(side_m)));
    fill(result, seconds, agents);
    result.agents = agents;
    last_ns = median(seconds) * 1e9 / links;
    if (first_ns == 0) first_ns = last_ns;
    result.rows.push_back(
        {{"agents", agents},
         {"degree", links / agents},
         {"ns_per_link", last_ns},
         {"ns_per_message", median(seconds) * 1e9 / messages},
         {"ns_per_link_occluded_contended", median(crowded_seconds) * 1e9 / crowded_links},
         {"delivered_share_contended", crowded_messages / crowded_links}});
  }
  result.figures = {{"growth", last_ns / first_ns}};
  return result;
}

}  // namespace volery::bench
