// A scripted policy as Python sees it: rows of observations to rows of actions, lock released.
#pragma once

#include <pybind11/numpy.h>

#include <cstdint>
#include <memory>
#include <string>

#include "bindings/batch.hpp"
#include "volery/policy.hpp"

namespace volery::bindings {

class PyPolicy {
 public:
  PyPolicy(PyBatch& batch, const std::string& name);

  /// observation (n, O) float32 to action (n, U) float32, both in place. `seed` and `step` key the
  /// draws of policies that draw.
  void act(const pybind11::object& observation, const pybind11::object& action, std::uint64_t seed,
           std::uint32_t step) const;

 private:
  std::shared_ptr<Batch> batch_;  // the policy refers to its vehicle
  std::shared_ptr<Policy> policy_;
};

}  // namespace volery::bindings
