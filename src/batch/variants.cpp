// Variants: what set_config() and the prepared sets of drawn numbers change in a built batch.
#include <algorithm>
#include <cmath>
#include <string>

#include "batch/setup.hpp"
#include "core/described.hpp"

namespace volery::batch {

namespace {

OnCrash parse_on_crash(const std::string& name) {
  std::vector<std::string> names(std::begin(kOnCrashNames), std::end(kOnCrashNames));
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw Error(ErrorKind::kValue, "config.on_crash = \"" + name +
                                       "\": must be one of continue, freeze, terminate_agent, "
                                       "terminate_world, respawn" +
                                       did_you_mean(name, names));
  }
  return static_cast<OnCrash>(found - names.begin());
}

// Steps of a time limit, rounded up; the slack keeps 8 s at 30 Hz from becoming 241 steps.
std::uint32_t steps_of(float episode_s, int agent_rate_hz) {
  constexpr float kSlack = 1e-3F;
  return static_cast<std::uint32_t>(
      std::max(1.0F, std::ceil(episode_s * static_cast<float>(agent_rate_hz) - kSlack)));
}

// The list of ranges as an array of tables.
Value ranges_value(const BatchConfig& config) {
  Value::Array ranges;
  for (const RangeConfig& range : config.randomize) ranges.push_back(to_value(range));
  return ranges;
}

bool same_terms(const std::vector<TermSpec>& a, const std::vector<TermSpec>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const TermSpec& x, const TermSpec& y) { return x.name == y.name; });
}

}  // namespace

void resolve_variant(const BatchConfig& config, Variant& variant) {
  variant.max_steps = steps_of(config.episode_s, config.agent_rate_hz);
  check_join_times(config, variant.max_steps);
  variant.on_crash = parse_on_crash(config.on_crash);
  if (variant.on_crash == OnCrash::kRespawn && config.host_task != nullptr &&
      config.host_task->places) {
    throw Error(ErrorKind::kValue, "config.on_crash = \"respawn\": task " + config.task +
                                       " places whole worlds in its reset, not single agents");
  }
  variant.changed = Value::Table{{"task_config", config.task_config},
                                 {"episode_s", Value(static_cast<double>(config.episode_s))},
                                 {"on_crash", Value(config.on_crash)},
                                 {"wind", to_value(config.wind)},
                                 {"randomize", ranges_value(config)}};
}

// The wind of a variant. The kernels and the bounds that contacts rest on are made for a largest
// speed of the air, so a later variant may not exceed it.
void make_wind(const BatchConfig& config, float step_s, Variant& variant) {
  if (variant.wind != nullptr) return;
  auto wind = std::make_shared<const flight::Wind>(config.wind, step_s);
  if (wind->any() && !config.flight.wind) {
    throw Error(ErrorKind::kValue,
                "set_config: wind: the batch was built without; build it with flight.wind = true");
  }
  if (wind->any() && wind->likely_max_mps() > config.flight.max_air_speed_mps) {
    throw Error(ErrorKind::kValue, "set_config: wind: may reach " +
                                       std::to_string(wind->likely_max_mps()) +
                                       " m/s, the batch was built for flight.max_air_speed_mps = " +
                                       std::to_string(config.flight.max_air_speed_mps));
  }
  variant.wind = std::move(wind);
}

std::uint32_t Setup::variant_with(const Value& changes, std::uint32_t from) {
  if (!changes.is_table())
    throw Error(ErrorKind::kType,
                "set_config: must be a table, not " + std::string(changes.type_name()));
  const std::vector<std::string> live{"task_config", "episode_s", "on_crash", "wind", "randomize"};
  for (const auto& [key, value] : changes.table()) {
    if (std::find(live.begin(), live.end(), key) == live.end()) {
      throw Error(ErrorKind::kValue,
                  "set_config: " + key +
                      " cannot change in a built batch; what can: task_config, episode_s, "
                      "on_crash, wind, randomize" +
                      did_you_mean(key, live));
    }
  }
  BatchConfig changed = config;
  load(changed, merged(variants[from].changed, changes), "set_config");
  return add_variant(changed);
}

std::unique_ptr<Task> Setup::make_fitting_task(const Value& task_config) const {
  FieldTable fields = agent_fields;
  std::unique_ptr<Task> task = make_task(task_config, fields);
  const TaskSpec& fresh = task->spec();
  if (fields.num_rows() != agent_fields.num_rows() ||
      fresh.num_world_fields != spec().num_world_fields ||
      !same_terms(fresh.reward_terms, spec().reward_terms) ||
      !same_terms(fresh.metrics, spec().metrics)) {
    throw Error(
        ErrorKind::kValue,
        "set_config: these changes alter what the task stores or reports; build a new batch");
  }
  task->connect(messages());
  return task;
}

std::uint32_t Setup::add_variant(const BatchConfig& changed) {
  Variant variant;
  resolve_variant(changed, variant);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (variants[i].changed == variant.changed) return static_cast<std::uint32_t>(i);
  }
  if (config.host_task != nullptr && !(changed.task_config == config.task_config)) {
    throw Error(ErrorKind::kValue,
                "set_config: task_config: " + config.task +
                    " is scored outside of the engine, under one config; build a new batch");
  }
  for (const Variant& other : variants) {
    if (other.task == nullptr) continue;
    const auto has_same = [&](const char* key) {
      return *other.changed.find(key) == *variant.changed.find(key);
    };
    if (has_same("task_config")) variant.task = other.task;
    if (has_same("wind")) variant.wind = other.wind;
  }
  if (variant.task == nullptr) variant.task = make_fitting_task(changed.task_config);
  make_wind(changed, step_s, variant);
  const auto free = std::find_if(variants.begin(), variants.end(),
                                 [](const Variant& v) { return v.task == nullptr; });
  const auto index = static_cast<std::size_t>(free - variants.begin());
  if (free == variants.end()) variants.emplace_back();
  variants[index] = std::move(variant);
  try {
    VariantDraws draws = make_draws(*this, changed);
    variants[index].draws = std::move(draws);
  } catch (const Error&) {
    variants[index] = {};
    throw;
  }
  return static_cast<std::uint32_t>(index);
}

void Setup::drop_variants(std::vector<std::uint8_t> used) {
  used.front() = 1;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (used[i] == 0) continue;
    for (const std::uint32_t prepared : variants[i].draws.worlds) used[prepared] = 1;
  }
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (used[i] == 0) variants[i] = {};
  }
  while (variants.back().task == nullptr) variants.pop_back();
  drop_at = std::max(kLeastVariants, 2 * variants.size());
}

}  // namespace volery::batch
