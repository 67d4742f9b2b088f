// Outputs: one set of arrays that a step or reset writes, checked once and kept alive.
#pragma once

#include <pybind11/numpy.h>

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "bindings/arrays.hpp"
#include "volery/batch.hpp"

namespace volery::bindings {

/// Arrays of a set, by name. What is not given is allocated.
class Outputs {
 public:
  /// `given`: a dict of arrays by name. `with_final`, `with_terms`: allocate final_observation and
  /// reward_terms too where they are not given. Throws Error for an array that cannot be used in
  /// place, arrays that overlap and unknown names.
  Outputs(const Layout& layout, const pybind11::dict& given, bool with_final, bool with_terms);

  /// Throws Error where the set was made for a batch whose arrays have other shapes.
  void check_fits(const Layout& layout) const;
  /// Throws Error where the array shares memory with one of the set.
  void check_apart(const char* name, const pybind11::array& array) const;
  [[nodiscard]] const StepOutputs& pointers() const noexcept { return pointers_; }
  /// Copies what happened to the worlds, so that it outlives the batch's next call.
  void copy_events(const WorldEvents& events) noexcept;

  pybind11::array observation;                       // (W, A, O) float32
  pybind11::array reward;                            // (W, A) float32
  pybind11::array terminated;                        // (W, A) bool
  pybind11::array truncated;                         // (W, A) bool
  std::optional<pybind11::array> final_observation;  // (W, A, O) float32
  std::optional<pybind11::array> reward_terms;       // (W, A, T) float32
  pybind11::array alive;                             // (W, A) bool
  pybind11::array ended;                             // (W,) bool
  pybind11::array all_terminated;                    // (W,) bool
  pybind11::array just_reset;                        // (W,) bool
  pybind11::array status;                            // (W,) uint32
  int num_ended = 0;

 private:
  // raw, because numpy lets anyone make an array read-only later and then refuses its own accessor
  struct Events {
    bool* ended = nullptr;
    bool* all_terminated = nullptr;
    bool* just_reset = nullptr;
    std::uint32_t* status = nullptr;
  };

  std::array<std::size_t, 4> sizes_{};  // W, A, O, T
  StepOutputs pointers_;
  Events events_;
  std::vector<NamedBytes> bytes_;
};

}  // namespace volery::bindings
