#include "bindings/values.hpp"

#include "bindings/errors.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

std::string type_of(py::handle object) {
  return py::str(py::type::handle_of(object).attr("__name__"));
}

Value integer_value(py::handle object, const std::string& path) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
  if (overflow != 0)
    throw_value(path + " = " + std::string(py::str(object)) + ": needs more than 64 bits");
  return {static_cast<std::int64_t>(number)};
}

Value table_value(const py::dict& dict, const std::string& path) {
  Value::Table table;
  for (const auto& [key, entry] : dict) {
    if (!py::isinstance<py::str>(key)) {
      throw_type(path + ": keys must be strings, not " + type_of(key));
    }
    const auto name = key.cast<std::string>();
    table.emplace(name, to_value(entry, path.empty() ? name : path + "." + name));
  }
  return {std::move(table)};
}

Value array_value(const py::sequence& sequence, const std::string& path) {
  Value::Array array;
  std::size_t i = 0;
  for (const py::handle entry : sequence) {
    array.push_back(to_value(entry, path + "[" + std::to_string(i++) + "]"));
  }
  return {std::move(array)};
}

}  // namespace

Value to_value(py::handle object, const std::string& path) {
  // bool first: in Python it is an int too
  if (py::isinstance<py::bool_>(object)) return {object.cast<bool>()};
  if (py::isinstance<py::int_>(object)) return integer_value(object, path);
  if (py::isinstance<py::float_>(object)) return {object.cast<double>()};
  if (py::isinstance<py::str>(object)) return {object.cast<std::string>()};
  if (py::isinstance<py::dict>(object)) {
    return table_value(py::reinterpret_borrow<py::dict>(object), path);
  }
  if (py::isinstance<py::list>(object) || py::isinstance<py::tuple>(object)) {
    return array_value(py::reinterpret_borrow<py::sequence>(object), path);
  }
  if (py::hasattr(object, "__fspath__")) {
    return {py::module_::import("os").attr("fspath")(object).cast<std::string>()};
  }
  // NumPy scalars and arrays become Python's own numbers and lists
  if (py::hasattr(object, "tolist")) {
    const py::object plain = object.attr("tolist")();
    if (!plain.is(object)) return to_value(plain, path);
  }
  if (object.is_none()) throw_type(path + " = None: leave the key out to get its default");
  throw_type(path + ": a value of type " + type_of(object) +
             " cannot stand in a config (bool, int, float, str, path, list or dict)");
}

py::object to_python(const Value& value) {
  if (value.is<bool>()) return py::bool_(value.as<bool>());
  if (value.is<std::int64_t>()) return py::int_(value.as<std::int64_t>());
  if (value.is<double>()) return py::float_(value.as<double>());
  if (value.is<std::string>()) return py::str(value.as<std::string>());
  if (value.is<Value::Array>()) {
    py::list list;
    for (const Value& entry : value.as<Value::Array>()) list.append(to_python(entry));
    return list;
  }
  py::dict dict;
  for (const auto& [key, entry] : value.table()) dict[py::str(key)] = to_python(entry);
  return dict;
}

}  // namespace volery::bindings
