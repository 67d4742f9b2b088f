// Python objects to the plain values that configs are read from, and back.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "volery/value.hpp"

namespace volery::bindings {

/// A tree of values from dicts, lists, tuples, numbers, strings, paths, NumPy scalars and arrays.
/// `path` is where the object stands, for messages ("config.scene"). Throws Error (kType) for
/// anything else, for None and for keys that are not strings; (kValue) for integers beyond 64 bits.
[[nodiscard]] Value to_value(pybind11::handle object, const std::string& path);

/// dict, list, bool, int, float, str.
[[nodiscard]] pybind11::object to_python(const Value& value);

}  // namespace volery::bindings
