// The draws of a variant: its ranges checked against those of the batch, its prepared sets built.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "batch/setup.hpp"
#include "core/described.hpp"
#include "core/hash.hpp"
#include "core/rng.hpp"

namespace volery::batch {

namespace {

[[noreturn]] void refuse(const std::string& label, const std::string& why) {
  throw Error(ErrorKind::kValue, label + ": " + why);
}

// A Latin hypercube: in each of its equally likely shares a range has one of the sets. A function
// of the path alone, so that a world has the same sets in any batch.
std::vector<float> stratified(const DrawnNumber& drawn, const std::string& path, int num_sets) {
  Rng rng(hash_text(path), 0, Stream::kParameter);
  std::vector<int> share(static_cast<std::size_t>(num_sets));
  std::iota(share.begin(), share.end(), 0);
  for (std::size_t i = share.size(); i-- > 1;)
    std::swap(share[i], share[rng.below(static_cast<std::uint32_t>(i + 1))]);
  std::vector<float> values;
  for (const int s : share) {
    const float u = (static_cast<float>(s) + rng.uniform()) / static_cast<float>(num_sets);
    values.push_back(drawn.at(std::clamp(u, 0x1p-24F, 1 - 0x1p-24F)));
  }
  return values;
}

// Values of some fields, a list per set.
std::vector<std::vector<float>> make_values(const Randomization& plan, const VariantDraws& draws,
                                            const std::vector<int>& fields, int num_sets) {
  std::vector<std::vector<float>> sets(static_cast<std::size_t>(num_sets));
  for (const int f : fields) {
    const auto index = static_cast<std::size_t>(f);
    const DrawnField& field = plan.fields[index];
    const std::vector<float> values =
        draws.numbers[index]
            ? stratified(*draws.numbers[index], field.config.field, num_sets)
            : std::vector<float>(static_cast<std::size_t>(num_sets), field.nominal);
    for (std::size_t s = 0; s < sets.size(); ++s) sets[s].push_back(values[s]);
  }
  return sets;
}

std::vector<int> fields_where(const Randomization& plan, DrawnTarget target,
                              const std::string& owner = "") {
  std::vector<int> found;
  for (std::size_t f = 0; f < plan.fields.size(); ++f) {
    if (plan.fields[f].target == target && plan.fields[f].owner == owner)
      found.push_back(static_cast<int>(f));
  }
  return found;
}

// Sets a number of a tree, "a.b" being entry b of table a.
void set_number(Value& table, const std::string& path, float value) {
  const std::size_t dot = path.find('.');
  Value& entry = table.table()[path.substr(0, dot)];
  if (dot == std::string::npos) {
    entry = Value(static_cast<double>(value));
  } else {
    set_number(entry, path.substr(dot + 1), value);
  }
}

void change_world(BatchConfig& config, const DrawnField& field, float value) {
  constexpr std::string_view kTask = "task_config.";
  if (field.path.starts_with(kTask)) {
    set_number(config.task_config, field.path.substr(kTask.size()), value);
  } else {
    apply_edit(config, {field.path, field.config.how, value}, "config.");
  }
}

// The ranges of a config as those of the batch, in its order.
void read_ranges(const Randomization& plan, const BatchConfig& config, VariantDraws& draws) {
  draws.numbers.resize(plan.fields.size());
  for (std::size_t i = 0; i < config.randomize.size(); ++i) {
    const RangeConfig& range = config.randomize[i];
    const std::string path = "randomize[" + std::to_string(i) + "]";
    const std::string label = path + " (" + range.field + ")";
    const auto known = std::find_if(plan.fields.begin(), plan.fields.end(), [&](const auto& f) {
      return f.config.field == range.field && f.config.type == range.type;
    });
    if (known == plan.fields.end()) {
      refuse(label,
             "the batch was built without a range for it; ranges can change later, but only "
             "of what config.randomize named");
    }
    const bool world = known->target == DrawnTarget::kWorld;
    if (range.how != known->config.how || (!world && range.per != known->config.per))
      refuse(label, "how and per cannot change in a built batch");
    const DrawnNumber drawn(range, path);
    if (!(drawn.low() >= known->low) || !(drawn.high() <= known->high)) {
      refuse(label, "draws from [" + Value(drawn.low()).to_text() + ", " +
                        Value(drawn.high()).to_text() + "], the batch was built for [" +
                        Value(known->low).to_text() + ", " + Value(known->high).to_text() +
                        "]; its `limits` make room");
    }
    draws.numbers[static_cast<std::size_t>(known - plan.fields.begin())].emplace(drawn);
  }
}

void make_worlds(Setup& setup, const BatchConfig& config, VariantDraws& draws) {
  const Randomization& plan = setup.randomization;
  draws.world_fields = fields_where(plan, DrawnTarget::kWorld);
  if (std::none_of(draws.world_fields.begin(), draws.world_fields.end(),
                   [&](int f) { return draws.numbers[static_cast<std::size_t>(f)].has_value(); }))
    draws.world_fields.clear();
  if (draws.world_fields.empty()) return;
  draws.world_values = make_values(plan, draws, draws.world_fields, config.randomize_sets);
  for (const std::vector<float>& values : draws.world_values) {
    BatchConfig world = config;
    world.randomize.clear();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto f = static_cast<std::size_t>(draws.world_fields[i]);
      if (draws.numbers[f]) change_world(world, plan.fields[f], values[i]);
    }
    try {
      draws.worlds.push_back(setup.add_variant(world));
    } catch (const Error& error) {
      throw Error(error.kind(), std::string("randomize: a draw gives ") + error.what());
    }
  }
}

void make_sensor_sets(Setup& setup, const BatchConfig& config, VariantDraws& draws) {
  const Randomization& plan = setup.randomization;
  for (const auto& [name, rows] : setup.sensor_error_rows) {
    SensorSets sets{rows, name, false, fields_where(plan, DrawnTarget::kSensor, name), {}, {}};
    const DrawnField& first = plan.fields[static_cast<std::size_t>(sets.fields.front())];
    sets.per_world = first.config.per == DrawnPer::kWorld;
    sets.values = make_values(plan, draws, sets.fields, config.randomize_sets);
    for (const std::vector<float>& values : sets.values) {
      std::vector<NumberEdit> edits;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const auto f = static_cast<std::size_t>(sets.fields[i]);
        if (draws.numbers[f])
          edits.push_back({plan.fields[f].path, plan.fields[f].config.how, values[i]});
      }
      sets.constants.push_back(setup.scratch_sensor(name, edits)->error_constants());
    }
    draws.sensors.push_back(std::move(sets));
  }
}

}  // namespace

VariantDraws make_draws(Setup& setup, const BatchConfig& config) {
  VariantDraws draws;
  if (!setup.randomization.any()) {
    if (!config.randomize.empty()) {
      throw Error(
          ErrorKind::kValue,
          "set_config: randomize: the batch was built without; ranges can change later, but "
          "only of what config.randomize named");
    }
    return draws;
  }
  read_ranges(setup.randomization, config, draws);
  make_worlds(setup, config, draws);
  make_sensor_sets(setup, config, draws);
  return draws;
}

std::vector<NumberEdit> sensor_edits(const Randomization& plan, const std::string& sensor,
                                     bool high) {
  std::vector<NumberEdit> edits;
  for (const int f : fields_where(plan, DrawnTarget::kSensor, sensor)) {
    const DrawnField& field = plan.fields[static_cast<std::size_t>(f)];
    edits.push_back({field.path, field.config.how, high ? field.high : field.low});
  }
  return edits;
}

void check_sensor_ranges(Setup& setup) {
  const Randomization& plan = setup.randomization;
  for (const DrawnField& field : plan.fields) {
    if (field.target != DrawnTarget::kSensor) continue;
    const auto known = std::find_if(setup.sensor_error_rows.begin(), setup.sensor_error_rows.end(),
                                    [&](const auto& entry) { return entry.first == field.owner; });
    if (known == setup.sensor_error_rows.end()) {
      refuse(field.label, "not among config.sensors, or a sensor without errors" +
                              did_you_mean(field.owner, setup.config.sensors));
    }
    const std::vector<int> own = fields_where(plan, DrawnTarget::kSensor, field.owner);
    if (plan.fields[static_cast<std::size_t>(own.front())].config.per != field.config.per)
      refuse(field.label, "all ranges of a sensor must have the same `per`");
    // what a sample is worth follows from the rate, which is one for all
    const bool timing = field.path == "rate_hz" || field.path == "delay_s";
    std::vector<std::vector<float>> constants;
    for (const float end : {field.low, field.high}) {
      const NumberEdit edit{field.path, field.config.how, end};
      try {
        constants.push_back(setup.scratch_sensor(field.owner, {&edit, 1})->error_constants());
      } catch (const Error& error) {
        throw Error(error.kind(), field.label + ": " + error.what());
      }
    }
    if (timing || (field.low != field.high && constants[0] == constants[1]))
      refuse(field.label,
             "cannot be drawn; of a sensor, white noise, bias, drift, scale error and dropout can");
  }
}

}  // namespace volery::batch
