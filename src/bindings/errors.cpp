#include "bindings/errors.hpp"

#include <pybind11/pybind11.h>

#include <exception>

namespace py = pybind11;

namespace volery::bindings {
namespace {

PyObject* exception_for(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::kValue:
      return PyExc_ValueError;
    case ErrorKind::kType:
      return PyExc_TypeError;
    case ErrorKind::kState:
      return PyExc_RuntimeError;
    case ErrorKind::kFile:
      return PyExc_OSError;
    case ErrorKind::kMemory:
      return PyExc_MemoryError;
  }
  return PyExc_RuntimeError;
}

}  // namespace

void register_errors() {
  py::register_local_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const Error& error) {
      PyErr_SetString(exception_for(error.kind()), error.what());
    }
  });
}

}  // namespace volery::bindings
