// Reads agents by name.
#include "view/details.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "view/numbers.hpp"

namespace volery::view {

namespace {

constexpr const char* kObservationPrefix = "obs:";

std::size_t row_of(const Batch& batch, int world, int agent) {
  return static_cast<std::size_t>(world) * static_cast<std::size_t>(batch.num_agents()) +
         static_cast<std::size_t>(agent);
}

// One agent's values of a state field.
std::vector<float> field_values(const Batch& batch, int world, int agent, const StateField& field) {
  const auto width = static_cast<std::size_t>(field.width);
  std::vector<float> all(static_cast<std::size_t>(batch.num_agents()) * width);
  batch.state(world, field.name, all);
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(width) * agent;
  return {first, first + static_cast<std::ptrdiff_t>(width)};
}

void add_columns(const std::vector<Column>& columns, std::size_t first, std::size_t count,
                 const float* row, NamedValues& out) {
  for (std::size_t i = first; i < first + count; ++i) {
    out.columns.push_back(columns[i].name);
    out.units.push_back(columns[i].unit);
    out.values.push_back(row[i]);
  }
}

void add_observation(const Layout& layout, const float* row, AgentDetails& out) {
  for (const Group& group : layout.groups) {
    const auto first = static_cast<std::size_t>(group.first);
    const bool is_inbox = group.name == "inbox" && group.shape.size() == 2;
    if (!is_inbox) {
      NamedValues values;
      values.name = group.name, values.doc = group.doc;
      add_columns(layout.observation, first, static_cast<std::size_t>(group.count), row, values);
      out.observation.push_back(std::move(values));
      continue;
    }
    const auto width = static_cast<std::size_t>(group.shape[1]);
    for (int slot = 0; slot < group.shape[0]; ++slot) {
      NamedValues values;
      values.name = "slot " + std::to_string(slot);
      const std::size_t begin = first + static_cast<std::size_t>(slot) * width;
      for (std::size_t i = 0; i < width; ++i) {
        const bool named = i < layout.inbox_slot.size();
        const Column& column = named ? layout.inbox_slot[i] : layout.observation[begin + i];
        values.columns.push_back(column.name);
        values.units.push_back(column.unit);
        values.values.push_back(row[begin + i]);
      }
      out.inbox.push_back(std::move(values));
    }
  }
}

NamedValues plain(const char* name, const char* unit, const char* frame,
                  std::vector<float> values) {
  NamedValues out;
  out.name = name, out.unit = unit, out.frame = frame;
  out.values = std::move(values);
  return out;
}

void add_pose(const AgentPose& pose, AgentDetails& out) {
  const Vec3 p = pose.position_w_m, v = pose.velocity_w_mps;
  out.state.push_back(plain("position_w_m", "m", "world", {p.x, p.y, p.z}));
  out.state.push_back(plain("velocity_w_mps", "m/s", "world", {v.x, v.y, v.z}));
  out.state.push_back(plain("quat_wb_xyzw", "", "world",
                            {pose.quat_wb.x, pose.quat_wb.y, pose.quat_wb.z, pose.quat_wb.w}));
  out.state.push_back(plain("alive", "", "", {pose.alive ? 1.0F : 0.0F}));
}

std::string numbers_json(const NamedValues& values) {
  std::string text = values.columns.empty() ? "[" : "{";
  for (std::size_t i = 0; i < values.values.size(); ++i) {
    if (i > 0) text += ", ";
    if (!values.columns.empty()) text += json_string(values.columns[i]) + ": ";
    const float value = values.values[i];
    text += std::isfinite(value) ? full_text(static_cast<double>(value)) : "null";
  }
  return text + (values.columns.empty() ? "]" : "}");
}

}  // namespace

void Series::add(std::uint64_t position, float value) {
  while (!positions.empty() && positions.back() >= position) {
    positions.pop_back();
    values.pop_back();
  }
  positions.push_back(position);
  values.push_back(value);
  if (positions.size() > kMost) {
    positions.pop_front();
    values.pop_front();
  }
}

void RadioTally::add(std::uint64_t position, double step_s, std::size_t num_fates,
                     const std::vector<Packet>& packets) {
  if (!rows.empty() && position <= rows.back().position) rows.clear();
  Row row;
  row.position = position;
  row.by_fate.resize(num_fates);
  for (const Packet& packet : packets) {
    const auto fate = static_cast<std::size_t>(packet.fate);
    if (fate < num_fates) ++row.by_fate[fate];
    row.bytes += packet.bytes;
  }
  rows.push_back(std::move(row));
  const auto most = static_cast<std::uint64_t>(std::max(1.0, std::round(kWindow_s / step_s)));
  while (rows.front().position + most <= position) rows.pop_front();
}

std::vector<int> RadioTally::sums(std::size_t num_fates) const {
  std::vector<int> sums(num_fates);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < std::min(num_fates, row.by_fate.size()); ++i) {
      sums[i] += row.by_fate[i];
    }
  }
  return sums;
}

std::int64_t RadioTally::bytes() const {
  std::int64_t sum = 0;
  for (const Row& row : rows) sum += row.bytes;
  return sum;
}

double RadioTally::span_s(double step_s) const {
  return static_cast<double>(rows.size()) * step_s;
}

AgentDetails details_of(const Engine& engine, const Moment& moment, int world, int agent) {
  AgentDetails out;
  out.agent = agent;
  const Scenery& scenery = engine.scenery();
  const auto a = static_cast<std::size_t>(agent);
  out.vehicle = scenery.stage.vehicles[static_cast<std::size_t>(scenery.vehicle_of[a])].config.name;
  const auto team = static_cast<std::size_t>(scenery.team_of[a]);
  if (team < scenery.team_names.size()) out.team = scenery.team_names[team];
  const StepFacts facts = engine.facts();
  const Batch* batch = engine.batch();
  if (batch == nullptr) {
    add_pose(moment.agents[a], out);
    if (a < facts.reward.size()) out.reward = facts.reward[a];
    return out;
  }
  for (const StateField& field : batch->state_fields()) {
    if (field.per_prop) continue;
    NamedValues values;
    values.name = field.name, values.unit = field.unit, values.frame = field.frame;
    values.doc = field.doc;
    values.values = field_values(*batch, world, agent, field);
    out.state.push_back(std::move(values));
  }
  const Layout& layout = batch->layout();
  const std::size_t row = row_of(*batch, world, agent);
  if (!facts.observation.empty()) {
    add_observation(layout, facts.observation.data() + row * layout.observation.size(), out);
  }
  out.action.name = "action";
  if (!facts.actions.empty()) {
    add_columns(layout.action, 0, layout.action.size(),
                facts.actions.data() + row * layout.action.size(), out.action);
  }
  out.reward_terms.name = "reward_terms";
  for (std::size_t i = 0; i < layout.reward_terms.size() && !facts.reward_terms.empty(); ++i) {
    out.reward_terms.columns.push_back(layout.reward_terms[i].name);
    out.reward_terms.units.emplace_back();
    out.reward_terms.values.push_back(facts.reward_terms[row * layout.reward_terms.size() + i]);
  }
  if (!facts.reward.empty()) out.reward = facts.reward[row];
  return out;
}

float value_of(const Engine& engine, const Moment& moment, const PlotKey& key) {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  const AgentDetails details = [&] {
    const Batch* batch = engine.batch();
    AgentDetails one;
    if (batch == nullptr) return details_of(engine, moment, key.world, key.agent);
    // one field alone: this runs at every step
    for (const StateField& field : batch->state_fields()) {
      if (field.name != key.field || field.per_prop) continue;
      NamedValues values;
      values.name = field.name;
      values.values = field_values(*batch, key.world, key.agent, field);
      one.state.push_back(std::move(values));
      return one;
    }
    const StepFacts facts = engine.facts();
    const Layout& layout = batch->layout();
    const std::size_t row = row_of(*batch, key.world, key.agent);
    if (key.field == "reward" && !facts.reward.empty()) one.reward = facts.reward[row];
    if (key.field == "action" && !facts.actions.empty()) {
      add_columns(layout.action, 0, layout.action.size(),
                  facts.actions.data() + row * layout.action.size(), one.action);
    }
    if (key.field.starts_with(kObservationPrefix) && !facts.observation.empty()) {
      add_observation(layout, facts.observation.data() + row * layout.observation.size(), one);
    }
    return one;
  }();
  const auto column = static_cast<std::size_t>(key.column);
  const auto at = [&](const NamedValues& values) {
    return column < values.values.size() ? values.values[column] : kNone;
  };
  if (key.field == "reward") return details.reward;
  if (key.field == "action") return at(details.action);
  for (const NamedValues& values : details.state) {
    if (values.name == key.field) return at(values);
  }
  for (const NamedValues& values : details.observation) {
    if (kObservationPrefix + values.name == key.field) return at(values);
  }
  return kNone;
}

std::string unit_of(const Engine& engine, const PlotKey& key) {
  const Batch* batch = engine.batch();
  if (batch == nullptr) return key.field == "position_w_m" ? "m" : "";
  for (const StateField& field : batch->state_fields()) {
    if (field.name == key.field) return field.unit;
  }
  const Layout& layout = batch->layout();
  const auto column = static_cast<std::size_t>(key.column);
  if (key.field == "action" && column < layout.action.size()) return layout.action[column].unit;
  for (const Group& group : layout.groups) {
    if (kObservationPrefix + group.name == key.field && key.column < group.count) {
      return layout.observation[static_cast<std::size_t>(group.first) + column].unit;
    }
  }
  return "";
}

std::string json_string(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string details_json(const AgentDetails& details, std::uint64_t position, double time_s,
                         int world) {
  std::string text =
      "{\"world\": " + std::to_string(world) + ", \"agent\": " + std::to_string(details.agent) +
      ", \"step\": " + std::to_string(position) + ", \"time_s\": " + full_text(time_s) +
      ", \"vehicle\": " + json_string(details.vehicle) +
      ", \"team\": " + json_string(details.team) +
      ", \"reward\": " + full_text(static_cast<double>(details.reward));
  const auto group = [&text](const char* name, const std::vector<NamedValues>& list) {
    text += std::string(", \"") + name + "\": {";
    for (std::size_t i = 0; i < list.size(); ++i) {
      text += (i > 0 ? ", " : "") + json_string(list[i].name) + ": " + numbers_json(list[i]);
    }
    text += "}";
  };
  group("state", details.state);
  group("observation", details.observation);
  group("inbox", details.inbox);
  text += ", \"action\": " + numbers_json(details.action);
  text += ", \"reward_terms\": " + numbers_json(details.reward_terms);
  return text + "}";
}

}  // namespace volery::view
