// Cameras of agents: pictures into NumPy arrays, lock released.
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "bindings/arrays.hpp"
#include "bindings/batch.hpp"
#include "bindings/module.hpp"
#include "camera/rig.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

constexpr std::array<const char*, 3> kBackends{"auto", "rays", "gl"};

camera::Backend backend_of(const std::string& name) {
  for (std::size_t i = 0; i < kBackends.size(); ++i)
    if (name == kBackends[i]) return static_cast<camera::Backend>(i);
  throw_value("backend = \"" + name + "\": must be one of auto, rays, gl" +
              did_you_mean(name, {kBackends.begin(), kBackends.end()}));
}

camera::RigOptions options_of(const std::vector<std::string>& kinds, const std::string& camera,
                              int width, int height, const std::string& backend, bool noise) {
  camera::RigOptions options;
  options.depth = false;
  for (const std::string& kind : kinds) {
    if (kind == "depth") {
      options.depth = true;
    } else if (kind == "rgb") {
      options.rgb = true;
    } else if (kind == "segmentation") {
      options.segmentation = true;
    } else {
      throw_value("kind = \"" + kind + "\": must be one of depth, rgb, segmentation" +
                  did_you_mean(kind, {"depth", "rgb", "segmentation"}));
    }
  }
  options.camera = camera;
  options.width = width;
  options.height = height;
  options.backend = backend_of(backend);
  options.noise = noise;
  return options;
}

/// The cameras of a batch. Keeps the batch's memory, but reads it no more once it is closed.
class PyCameras {
 public:
  PyCameras(PyBatch& batch, const std::vector<std::string>& kinds, const std::string& camera,
            int width, int height, const std::string& backend, bool noise)
      : batch_(batch.shared()),
        options_(options_of(kinds, camera, width, height, backend, noise)),
        rig_(*batch_, options_) {}

  [[nodiscard]] py::array make(const std::string& kind) const {
    if (kind == "rgb") return new_array<std::uint8_t>(shape(true));
    if (kind == "segmentation") return new_array<std::uint32_t>(shape(false));
    return new_array<float>(shape(false));
  }

  void read(PyBatch& batch, const ArrayDict& out, bool refresh) {
    const std::shared_ptr<Batch> open = batch.shared();
    if (busy_) throw_state("cameras: another read of them is running in a different thread");
    camera::Images images;
    std::vector<py::array> kept;
    std::vector<NamedBytes> used;
    for (const auto& [key, value] : out) {
      const std::string kind = py::str(key);
      const std::string name = "out[\"" + kind + "\"]";
      const auto object = py::reinterpret_borrow<py::object>(value);
      if (kind == "depth") {
        kept.push_back(checked<float>(object, name.c_str(), shape(false), Access::kWrite));
        images.depth_m = static_cast<float*>(kept.back().mutable_data());
      } else if (kind == "rgb") {
        kept.push_back(checked<std::uint8_t>(object, name.c_str(), shape(true), Access::kWrite));
        images.rgb = static_cast<std::uint8_t*>(kept.back().mutable_data());
      } else if (kind == "segmentation") {
        kept.push_back(checked<std::uint32_t>(object, name.c_str(), shape(false), Access::kWrite));
        images.segmentation = static_cast<std::uint32_t*>(kept.back().mutable_data());
      } else {
        throw_value(name + ": must be one of depth, rgb, segmentation");
      }
      const NamedBytes bytes = bytes_of("out", kept.back());
      check_no_overlap(bytes, used);
      used.push_back(bytes);
    }
    busy_ = true;
    try {
      const py::gil_scoped_release unlocked;
      rig_.read(*open, images, refresh);
    } catch (...) {
      busy_ = false;
      throw;
    }
    busy_ = false;
  }

  [[nodiscard]] int width() const noexcept { return rig_.width(); }
  [[nodiscard]] int height() const noexcept { return rig_.height(); }
  [[nodiscard]] float far_m() const noexcept { return rig_.far_m(); }
  [[nodiscard]] std::string backend() const {
    return kBackends[static_cast<std::size_t>(rig_.backend())];
  }
  [[nodiscard]] const std::string& device() const noexcept { return rig_.device(); }

 private:
  [[nodiscard]] Shape shape(bool colors) const {
    Shape shape{batch_->num_worlds(), batch_->num_agents(), rig_.height(), rig_.width()};
    if (colors) shape.push_back(3);
    return shape;
  }

  std::shared_ptr<Batch> batch_;
  camera::RigOptions options_;
  camera::Rig rig_;
  bool busy_ = false;
};

}  // namespace

void bind_camera(py::module_& module) {
  py::class_<PyCameras>(module, "Cameras", "Pictures of all agents; volery.Cameras is for users.")
      .def(py::init<PyBatch&, const std::vector<std::string>&, const std::string&, int, int,
                    const std::string&, bool>(),
           py::arg("batch"), py::arg("kinds"), py::arg("camera"), py::arg("width"),
           py::arg("height"), py::arg("backend"), py::arg("noise"))
      .def("make", &PyCameras::make, py::arg("kind"), "A new array of zeros for pictures.")
      .def("read", &PyCameras::read, py::arg("batch"), py::arg("out"), py::arg("refresh"))
      .def_property_readonly("width", &PyCameras::width)
      .def_property_readonly("height", &PyCameras::height)
      .def_property_readonly("far_m", &PyCameras::far_m)
      .def_property_readonly("backend", &PyCameras::backend)
      .def_property_readonly("device", &PyCameras::device);
}

}  // namespace volery::bindings
