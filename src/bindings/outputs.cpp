#include "bindings/outputs.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "bindings/errors.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

constexpr const char* kNames[] = {"observation",       "reward",      "terminated", "truncated",
                                  "final_observation", "reward_terms"};

void check_names(const py::dict& given) {
  const std::vector<std::string> names(std::begin(kNames), std::end(kNames));
  for (const auto& [key, array] : given) {
    const std::string name = py::str(key);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw_value("out[\"" + name + "\"]: no such array" + did_you_mean(name, names));
    }
  }
}

// The given array of that name, checked, or a new one.
template <class T>
py::array given_or_new(const py::dict& given, const char* name, const Shape& shape) {
  // observations are written whole by every call, and large: zeroing them would cost a pass
  if (!given.contains(name)) {
    return std::string_view(name) == "observation" ? py::array_t<T>(shape) : new_array<T>(shape);
  }
  const std::string label = "out[\"" + std::string(name) + "\"]";
  return checked<T>(given[name], label.c_str(), shape, Access::kWrite);
}

std::array<std::size_t, 4> sizes_of(const Layout& layout) {
  return {static_cast<std::size_t>(layout.num_worlds), static_cast<std::size_t>(layout.num_agents),
          layout.observation.size(), layout.reward_terms.size()};
}

template <class T>
T* data_of(py::array& array) {
  return static_cast<T*>(array.mutable_data());
}

}  // namespace

Outputs::Outputs(const Layout& layout, const py::dict& given, bool with_final, bool with_terms)
    : sizes_(sizes_of(layout)) {
  check_names(given);
  const py::ssize_t worlds = layout.num_worlds;
  const py::ssize_t agents = layout.num_agents;
  const Shape observations{worlds, agents, layout.observation_size()};
  const Shape terms{worlds, agents, static_cast<py::ssize_t>(layout.reward_terms.size())};
  const Shape rows{worlds, agents};

  observation = given_or_new<float>(given, "observation", observations);
  reward = given_or_new<float>(given, "reward", rows);
  terminated = given_or_new<bool>(given, "terminated", rows);
  truncated = given_or_new<bool>(given, "truncated", rows);
  if (with_final || given.contains("final_observation")) {
    final_observation = given_or_new<float>(given, "final_observation", observations);
  }
  if (with_terms || given.contains("reward_terms")) {
    reward_terms = given_or_new<float>(given, "reward_terms", terms);
  }
  alive = new_array<bool>(rows);
  ended = new_array<bool>({worlds});
  all_terminated = new_array<bool>({worlds});
  just_reset = new_array<bool>({worlds});
  status = new_array<std::uint32_t>({worlds});

  pointers_ = {
      .observation = data_of<float>(observation),
      .reward = data_of<float>(reward),
      .terminated = data_of<bool>(terminated),
      .truncated = data_of<bool>(truncated),
      .final_observation = final_observation ? data_of<float>(*final_observation) : nullptr,
      .reward_terms = reward_terms ? data_of<float>(*reward_terms) : nullptr,
      .alive = data_of<bool>(alive)};

  events_ = {.ended = data_of<bool>(ended),
             .all_terminated = data_of<bool>(all_terminated),
             .just_reset = data_of<bool>(just_reset),
             .status = data_of<std::uint32_t>(status)};

  const auto add = [this](const char* name, const py::array& array) {
    const NamedBytes bytes = bytes_of(name, array);
    check_no_overlap(bytes, bytes_);
    bytes_.push_back(bytes);
  };
  add("out[\"observation\"]", observation);
  add("out[\"reward\"]", reward);
  add("out[\"terminated\"]", terminated);
  add("out[\"truncated\"]", truncated);
  if (final_observation) add("out[\"final_observation\"]", *final_observation);
  if (reward_terms) add("out[\"reward_terms\"]", *reward_terms);
}

void Outputs::check_fits(const Layout& layout) const {
  if (sizes_ != sizes_of(layout)) throw_value("out: made for a batch of other sizes");
}

void Outputs::check_apart(const char* name, const py::array& array) const {
  check_no_overlap(bytes_of(name, array), bytes_);
}

void Outputs::copy_events(const WorldEvents& events) noexcept {
  const auto copy_flags = [](std::span<const std::uint8_t> from, bool* to) {
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i] != 0;
  };
  copy_flags(events.ended, events_.ended);
  copy_flags(events.terminated, events_.all_terminated);
  copy_flags(events.just_reset, events_.just_reset);
  std::copy(events.status.begin(), events.status.end(), events_.status);
  num_ended = events.num_ended;
}

}  // namespace volery::bindings
