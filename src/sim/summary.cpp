#include "sim/summary.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <iostream>
#include <string>

#include "volery/isa.hpp"

namespace volery::sim {

Summary::Summary(const Batch& batch) : batch_(batch), metric_sums_(batch.layout().metrics.size()) {}

void Summary::add(std::chrono::steady_clock::duration time) {
  ++steps_;
  step_s_ += std::chrono::duration<double>(time).count();
  const WorldEvents& events = batch_.events();
  if (events.num_ended == 0) return;
  const auto agents = static_cast<std::size_t>(batch_.num_agents());
  for (std::size_t world = 0; world < events.ended.size(); ++world) {
    if (events.ended[world] == 0) continue;
    ++episodes_;
    length_sum_ += events.length[world];
    for (std::size_t row = world * agents; row < (world + 1) * agents; ++row) {
      return_sum_ += events.episode_return[row];
      for (std::size_t m = 0; m < metric_sums_.size(); ++m) {
        metric_sums_[m] += events.episode_metrics[row * metric_sums_.size() + m];
      }
    }
  }
}

void Summary::print(bool json, bool stages) const {
  const BatchConfig& config = batch_.config();
  const BatchStats stats = batch_.stats();
  const double simulated_s = static_cast<double>(steps_) / config.agent_rate_hz;
  const double episodes = static_cast<double>(std::max(1L, episodes_));
  const double rows = episodes * batch_.num_agents();
  char hash[24];
  std::snprintf(hash, sizeof(hash), "0x%016" PRIx64, batch_.state_hash());

  nlohmann::ordered_json out;
  out["task"] = config.task;
  out["worlds"] = batch_.num_worlds();
  out["agents"] = batch_.num_agents();
  out["threads"] = config.num_threads;
  out["seed"] = config.seed;
  out["steps"] = steps_;
  out["episodes"] = episodes_;
  if (episodes_ > 0) {
    out["episode_steps"] = length_sum_ / episodes;
    out["episode_return"] = return_sum_ / rows;
    nlohmann::ordered_json& metrics = out["metrics"] = nlohmann::ordered_json::object();
    for (std::size_t m = 0; m < metric_sums_.size(); ++m) {
      metrics[batch_.layout().metrics[m].name] = metric_sums_[m] / rows;
    }
  }
  out["agent_steps_per_s"] = static_cast<double>(stats.agent_steps) / step_s_;
  out["times_real_time"] = simulated_s * batch_.num_worlds() / step_s_;
  if (stages) {
    nlohmann::ordered_json& costs = out["stage_ns"] = nlohmann::ordered_json::object();
    const double agent_steps = static_cast<double>(std::max<std::uint64_t>(1, stats.agent_steps));
    for (const StageTime& time : batch_.timings())
      costs[time.name] = time.seconds * 1e9 / agent_steps;
  }
  out["near_share"] = stats.near_share;
  out["touching_share"] = stats.touching_share;
  out["diverged_worlds"] = stats.diverged_worlds;
  out["isa"] = active_isa();
  out["version"] = VOLERY_VERSION;
  out["state_hash"] = hash;
  if (json) {
    std::cout << out.dump() << "\n";
    return;
  }
  const auto line = [](const std::string& name, const nlohmann::ordered_json& value) {
    char text[64];
    if (value.is_number_float()) {
      std::snprintf(text, sizeof(text), "%.5g", value.get<double>());
    } else {
      std::snprintf(text, sizeof(text), "%s",
                    (value.is_string() ? value.get<std::string>() : value.dump()).c_str());
    }
    std::cout << name << std::string(name.size() < 20 ? 20 - name.size() : 1, ' ') << text << "\n";
  };
  for (const auto& [name, value] : out.items()) {
    if (value.is_object()) {
      std::cout << name << "\n";
      for (const auto& [metric, mean] : value.items()) line("  " + metric, mean);
    } else {
      line(name, value);
    }
  }
}

}  // namespace volery::sim
