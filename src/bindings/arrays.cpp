#include "bindings/arrays.hpp"

#include <algorithm>

#include "bindings/errors.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

std::string text(const py::handle& object) {
  return py::str(object);
}

Shape shape_of(const py::array& array) {
  return {array.shape(), array.shape() + array.ndim()};
}

bool is_aligned(const py::array& array) {
  const auto address = reinterpret_cast<std::uintptr_t>(array.data());
  return array.size() == 0 || address % static_cast<std::uintptr_t>(array.itemsize()) == 0;
}

}  // namespace

std::string shape_text(const Shape& shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) out += ", ";
    out += std::to_string(shape[i]);
  }
  return out + (shape.size() == 1 ? ",)" : ")");
}

py::array checked_array(const py::object& given, const char* name, const py::dtype& dtype,
                        const Shape& shape, Access access) {
  const std::string what(name);
  if (!py::isinstance<py::array>(given)) {
    throw_type(what + ": must be a numpy.ndarray of " + text(dtype) + ", not " +
               text(py::type::handle_of(given).attr("__name__")));
  }
  auto array = py::reinterpret_borrow<py::array>(given);
  if (!array.dtype().equal(dtype)) {
    throw_type(what + ": dtype must be " + text(dtype) + ", not " + text(array.dtype()) +
               " (nothing is converted; use .astype)");
  }
  if (!std::equal(shape.begin(), shape.end(), array.shape(), array.shape() + array.ndim())) {
    throw_value(what + ": shape must be " + shape_text(shape) + ", not " +
                shape_text(shape_of(array)));
  }
  if ((array.flags() & py::array::c_style) == 0) {
    throw_value(
        what +
        ": strides must be those of a C-contiguous array (numpy.ascontiguousarray makes one)");
  }
  if (!is_aligned(array)) throw_value(what + ": memory must be aligned to its items");
  if (access == Access::kWrite && !array.writeable())
    throw_value(what + ": the array is read-only");
  return array;
}

NamedBytes bytes_of(const char* name, const py::array& array) {
  const auto* first = static_cast<const std::byte*>(array.data());
  return {name, first, first + array.nbytes()};
}

void check_no_overlap(const NamedBytes& one, std::span<const NamedBytes> others) {
  for (const NamedBytes& other : others) {
    if (one.first < other.last && other.first < one.last) {
      throw_value(std::string(one.name) + ": shares memory with " + other.name);
    }
  }
}

}  // namespace volery::bindings
