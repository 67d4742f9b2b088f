// The part of the batch that reads and changes worlds between steps: state, goals, config,
// landmarks, snapshots.
#include <algorithm>
#include <array>
#include <cmath>

#include "bindings/batch.hpp"
#include "bindings/values.hpp"
#include "volery/task.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

std::span<const float> floats_of(const py::array& array) {
  return {static_cast<const float*>(array.data()), static_cast<std::size_t>(array.size())};
}

std::span<const std::uint8_t> bytes_of_mask(const py::array& mask) {
  return {static_cast<const std::uint8_t*>(mask.data()), static_cast<std::size_t>(mask.size())};
}

// names of Landmark's kinds and states, in their order
constexpr std::array<const char*, 5> kKinds{"target", "item", "zone", "gate", "jammer"};
constexpr std::array<const char*, 3> kStates{"open", "busy", "done"};
static_assert(static_cast<int>(Landmark::Kind::kJammer) + 1 == kKinds.size());
static_assert(static_cast<int>(Landmark::State::kDone) + 1 == kStates.size());

py::tuple numbers(const Vec3& v) {
  return py::make_tuple(v.x, v.y, v.z);
}

bool all_finite(const py::array& array) {
  const std::span<const float> values = floats_of(array);
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

const StateField& PyBatch::find_field(const std::string& name) const {
  std::vector<std::string> names;
  for (const StateField& field : fields_) {
    if (field.name == name) return field;
    names.push_back(field.name);
  }
  throw_value("state field \"" + name + "\": no such field" + did_you_mean(name, names));
}

Shape PyBatch::field_shape(const StateField& field) const {
  return {field.per_prop ? num_props_ : layout_.num_agents, field.width};
}

void PyBatch::check_world(int world) const {
  if (world < 0 || world >= layout_.num_worlds) {
    throw_value("world = " + std::to_string(world) + ": must be in [0, " +
                std::to_string(layout_.num_worlds - 1) + "]");
  }
}

py::array PyBatch::state(const std::string& field) {
  const Shape rows = field_shape(find_field(field));
  py::array_t<float> out = new_array<float>({layout_.num_worlds, rows[0], rows[1]});
  const std::span<float> span{out.mutable_data(), static_cast<std::size_t>(out.size())};
  exclusive([&](Batch& batch) { batch.state(field, span); });
  return out;
}

py::array PyBatch::action_mask() {
  py::array_t<bool> out =
      new_array<bool>({layout_.num_worlds, layout_.num_agents, layout_.action_size()});
  const std::span<bool> span{out.mutable_data(), static_cast<std::size_t>(out.size())};
  exclusive([&](Batch& batch) { batch.action_mask(span); });
  return out;
}

void PyBatch::set_state(int world, const AnyDict& values) {
  check_world(world);
  // what can be checked is checked before anything is written
  std::vector<std::pair<std::string, py::array>> fields;
  for (const auto& [key, value] : values) {
    const std::string name = py::str(key);
    const std::string label = "state field \"" + name + "\"";
    const Shape shape = field_shape(find_field(name));
    py::array array = checked<float>(py::reinterpret_borrow<py::object>(value), label.c_str(),
                                     shape, Access::kRead);
    if (!all_finite(array)) throw_value(label + ": every value must be finite");
    fields.emplace_back(name, std::move(array));
  }
  exclusive([&](Batch& batch) {
    // the engine may still refuse a field (a quaternion without direction): then none is changed
    const std::vector<std::uint8_t> before =
        fields.size() > 1 ? batch.snapshot({&world, 1}) : std::vector<std::uint8_t>{};
    try {
      for (const auto& [name, array] : fields) batch.set_state(world, name, floats_of(array));
    } catch (const Error&) {
      if (!before.empty()) batch.restore(before, {&world, 1});
      throw;
    }
  });
}

void PyBatch::set_goal(const py::object& goals, const py::object& mask) {
  const py::array array =
      checked<float>(goals, "goals", {layout_.num_worlds, layout_.num_agents, 3}, Access::kRead);
  const py::array mask_array = checked_mask(mask, "mask");
  exclusive([&](Batch& batch) { batch.set_goal(floats_of(array), bytes_of_mask(mask_array)); });
}

void PyBatch::set_config(const py::object& mask, const AnyDict& changes, bool now) {
  const py::array mask_array = checked_mask(mask, "mask");
  const Value value = to_value(changes, "config");
  exclusive([&](Batch& batch) {
    batch.set_config(value, bytes_of_mask(mask_array), now ? When::kNow : When::kReset);
  });
}

AnyDict PyBatch::live_config(int world) {
  check_world(world);
  return to_python(exclusive([&](Batch& batch) { return batch.live_config(world); }));
}

void PyBatch::set_jammers(int world, const DictList& jammers) {
  check_world(world);
  const std::vector<Jammer> given = jammers_of(to_value(jammers, "jammers"), "set_jammers");
  exclusive([&](Batch& batch) { batch.set_jammers(world, given); });
}

DictList PyBatch::jammers(int world) {
  check_world(world);
  DictList list;
  for (const Jammer& jammer : exclusive([&](Batch& batch) { return batch.jammers(world); }))
    list.append(to_python(volery::to_value(jammer)));
  return list;
}

DictList PyBatch::landmarks(int world) {
  check_world(world);
  DictList list;
  for (const Landmark& landmark : exclusive([&](Batch& batch) { return batch.landmarks(world); })) {
    AnyDict entry;
    entry["name"] = landmark.name;
    entry["kind"] = kKinds.at(static_cast<std::size_t>(landmark.kind));
    entry["state"] = kStates.at(static_cast<std::size_t>(landmark.state));
    entry["position_w_m"] = numbers(landmark.position_w_m);
    entry["axis_w"] = numbers(landmark.axis_w);
    entry["radius_m"] = landmark.radius_m;
    list.append(entry);
  }
  return list;
}

py::array PyBatch::status() {
  const Call call(*this);
  return copied<std::uint32_t>(batch_->events().status, {layout_.num_worlds});
}

std::uint64_t PyBatch::state_hash(std::optional<int> world) {
  if (world) check_world(*world);
  return exclusive(
      [&](Batch& batch) { return world ? batch.state_hash(*world) : batch.state_hash(); });
}

py::bytes PyBatch::snapshot(const std::vector<int>& worlds) {
  for (const int world : worlds) check_world(world);
  const std::vector<std::uint8_t> bytes =
      exclusive([&](Batch& batch) { return batch.snapshot(worlds); });
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void PyBatch::restore(const py::bytes& snapshot, const std::vector<int>& worlds) {
  for (const int world : worlds) check_world(world);
  const std::string_view text = snapshot;
  exclusive([&](Batch& batch) {
    batch.restore({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, worlds);
  });
}

void PyBatch::branch(const py::bytes& snapshot) {
  const std::string_view text = snapshot;
  exclusive([&](Batch& batch) {
    batch.branch({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  });
}

}  // namespace volery::bindings
