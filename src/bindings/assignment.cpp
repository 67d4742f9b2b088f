// Assignment for users: volery.assignment.
#include "volery/assignment.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/typing.h>

#include "bindings/arrays.hpp"
#include "bindings/errors.hpp"
#include "bindings/module.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

// any matrix of numbers; in place where it is an array of doubles already
using Costs = py::array_t<double, py::array::c_style | py::array::forcecast>;
using AuctionResult = py::typing::Tuple<py::array_t<int>, py::int_, py::int_>;

CostMatrix matrix_of(const Costs& cost) {
  if (cost.ndim() != 2) {
    throw_value("cost: must be a matrix, not an array of " + std::to_string(cost.ndim()) +
                " dimensions");
  }
  return {{cost.data(), static_cast<std::size_t>(cost.size())},
          static_cast<int>(cost.shape(0)),
          static_cast<int>(cost.shape(1))};
}

py::array_t<int> array_of(const std::vector<int>& column_of_row) {
  return copied<int>(column_of_row, {static_cast<py::ssize_t>(column_of_row.size())});
}

}  // namespace

void bind_assignment(py::module_& module) {
  module.def(
      "hungarian", [](const Costs& cost) { return array_of(hungarian(matrix_of(cost))); },
      py::arg("cost"), "The column of each row at the least total cost; -1 where none is left.");
  module.def(
      "auction",
      [](const Costs& cost, double epsilon) -> AuctionResult {
        const Auction found = auction(matrix_of(cost), epsilon);
        return py::make_tuple(array_of(found.column_of_row), found.num_bids, found.num_rounds);
      },
      py::arg("cost"), py::arg("epsilon"), "Columns of the rows, bids made and rounds.");
  module.def(
      "greedy_assignment",
      [](const Costs& cost) { return array_of(greedy_assignment(matrix_of(cost))); },
      py::arg("cost"), "The column of each row when the cheapest pair is taken first.");
}

}  // namespace volery::bindings
