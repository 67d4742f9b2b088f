// Arrays that cross the boundary: checked at each call, never converted, never copied.
#pragma once

#include <pybind11/numpy.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace volery::bindings {

using Shape = std::vector<pybind11::ssize_t>;

enum class Access { kRead, kWrite };

/// The array itself when it can be used in place. Throws Error: kType where it is no NumPy array or
/// of another dtype; kValue for another shape, where it is not C-contiguous or not aligned, and for
/// kWrite where it is read-only. `name` starts the message.
[[nodiscard]] pybind11::array checked_array(const pybind11::object& given, const char* name,
                                            const pybind11::dtype& dtype, const Shape& shape,
                                            Access access);

template <class T>
[[nodiscard]] pybind11::array checked(const pybind11::object& given, const char* name,
                                      const Shape& shape, Access access) {
  return checked_array(given, name, pybind11::dtype::of<T>(), shape, access);
}

/// Bytes of memory with the name of the array that they belong to.
struct NamedBytes {
  const char* name = "";
  const std::byte* first = nullptr;
  const std::byte* last = nullptr;
};
[[nodiscard]] NamedBytes bytes_of(const char* name, const pybind11::array& array);

/// Throws Error (kValue) naming both where `one` shares memory with any of the others.
void check_no_overlap(const NamedBytes& one, std::span<const NamedBytes> others);

/// "(64, 16, 4)".
[[nodiscard]] std::string shape_text(const Shape& shape);

/// A new array of zeros, so that what nothing has written yet is defined.
template <class T>
[[nodiscard]] pybind11::array_t<T> new_array(const Shape& shape) {
  pybind11::array_t<T> array(shape);
  std::fill_n(array.mutable_data(), array.size(), T{});
  return array;
}

/// A new array with a copy of the values.
template <class T>
[[nodiscard]] pybind11::array_t<T> copied(std::span<const T> values, const Shape& shape) {
  pybind11::array_t<T> array(shape);
  std::copy(values.begin(), values.end(), array.mutable_data());
  return array;
}

}  // namespace volery::bindings
