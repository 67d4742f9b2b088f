#include "bindings/policy.hpp"

namespace py = pybind11;

namespace volery::bindings {

PyPolicy::PyPolicy(PyBatch& batch, const std::string& name)
    : batch_(batch.shared()), policy_(batch_->policy(name)) {}

void PyPolicy::act(const py::object& observation, const py::object& action, std::uint64_t seed,
                   std::uint32_t step) const {
  const Layout& layout = batch_->layout();
  // the number of rows is the caller's; all else is the layout's
  const py::ssize_t num_rows = py::isinstance<py::array>(observation) &&
                                       py::reinterpret_borrow<py::array>(observation).ndim() == 2
                                   ? py::reinterpret_borrow<py::array>(observation).shape(0)
                                   : 0;
  const py::array in = checked<float>(observation, "observation",
                                      {num_rows, layout.observation_size()}, Access::kRead);
  py::array out = checked<float>(action, "out", {num_rows, layout.action_size()}, Access::kWrite);
  const NamedBytes in_bytes = bytes_of("observation", in);
  check_no_overlap(bytes_of("out", out), {&in_bytes, 1});
  const auto* from = static_cast<const float*>(in.data());
  auto* to = static_cast<float*>(out.mutable_data());
  const py::gil_scoped_release unlocked;
  policy_->act(from, layout.observation_size(), to, layout.action_size(),
               static_cast<int>(num_rows), seed, step);
}

}  // namespace volery::bindings
