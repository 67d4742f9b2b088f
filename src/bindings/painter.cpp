// Pictures of a batch as arrays.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>

#include "bindings/batch.hpp"
#include "bindings/module.hpp"
#include "render/offscreen.hpp"
#include "view/painter.hpp"
#include "view/pipe.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

// A painter with the batch that it paints.
class PyPainter {
 public:
  explicit PyPainter(PyBatch& batch) : batch_(batch), painter_(*batch.shared()) {}

  py::array_t<std::uint8_t> rgb(int world, const view::Shot& shot) {
    py::array_t<std::uint8_t> out = picture<std::uint8_t>(shot, 3);
    const std::span<std::uint8_t> span{out.mutable_data(), static_cast<std::size_t>(out.size())};
    const std::shared_ptr<Batch> batch = batch_.shared();
    const py::gil_scoped_release unlocked;
    painter_.rgb(*batch, world, shot, span);
    return out;
  }
  py::array_t<float> depth(int world, const view::Shot& shot) {
    py::array_t<float> out = picture<float>(shot, 1);
    const std::span<float> span{out.mutable_data(), static_cast<std::size_t>(out.size())};
    const std::shared_ptr<Batch> batch = batch_.shared();
    const py::gil_scoped_release unlocked;
    painter_.depth(*batch, world, shot, span);
    return out;
  }
  py::array_t<std::int32_t> segmentation(int world, const view::Shot& shot) {
    py::array_t<std::int32_t> out = picture<std::int32_t>(shot, 1);
    const std::span<std::int32_t> span{out.mutable_data(), static_cast<std::size_t>(out.size())};
    const std::shared_ptr<Batch> batch = batch_.shared();
    const py::gil_scoped_release unlocked;
    painter_.segmentation(*batch, world, shot, span);
    return out;
  }
  std::string device() {
    const py::gil_scoped_release unlocked;
    return painter_.device();
  }

 private:
  template <class T>
  static py::array_t<T> picture(const view::Shot& shot, int channels) {
    for (const auto& [name, value] : {std::pair{"width", shot.width}, {"height", shot.height}}) {
      if (value < 1 || value > render::kMaxImagePixels) {
        throw_value(std::string(name) + " = " + std::to_string(value) + ": must be in [1, " +
                    std::to_string(render::kMaxImagePixels) + "]");
      }
    }
    if (channels == 1) return py::array_t<T>({shot.height, shot.width});
    return py::array_t<T>({shot.height, shot.width, channels});
  }

  PyBatch& batch_;  // kept alive by Python; refuses once it is closed
  view::Painter painter_;
};

// Moments of a batch as the bytes that a window reads from its pipe.
class PyPipe {
 public:
  PyPipe(PyBatch& batch, std::string title)
      : batch_(batch.shared()), reader_(*batch_), title_(std::move(title)) {}

  py::bytes begin() const { return to_bytes(view::pipe_begin(view::pipe_header(*batch_, title_))); }
  py::bytes moment(int world) {
    std::vector<std::uint8_t> bytes;
    reader_.read(*batch_, world, ++step_, moment_);
    view::append_moment(moment_, {}, bytes);
    return to_bytes(bytes);
  }
  static py::bytes end() {
    std::vector<std::uint8_t> bytes;
    view::append_end(bytes);
    return to_bytes(bytes);
  }

 private:
  static py::bytes to_bytes(const std::vector<std::uint8_t>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  std::shared_ptr<Batch> batch_;
  view::Reader reader_;
  view::Moment moment_;
  std::string title_;
  std::uint64_t step_ = 0;
};

std::vector<std::string> viewpoint_names() {
  return {std::begin(view::kViewpointNames), std::end(view::kViewpointNames)};
}

std::vector<std::string> layer_names() {
  return {"trails", "links",    "messages", "sensors", "velocity",
          "goals",  "contacts", "labels",   "grid"};
}

view::Shot shot_of(int width, int height, int viewpoint, int agent,
                   const std::array<double, 3>& eye_w_m, const std::array<double, 3>& target_w_m,
                   const std::vector<std::string>& layers, const std::vector<int>& selected,
                   bool shadows) {
  const auto scope = [&](const char* name) {
    const bool on = std::find(layers.begin(), layers.end(), name) != layers.end();
    return on ? view::Scope::kAll : view::Scope::kNone;
  };
  view::Shot shot;
  shot.width = width;
  shot.height = height;
  shot.viewpoint = static_cast<view::Viewpoint>(viewpoint);
  shot.agent = agent;
  shot.eye_w_m = eye_w_m;
  shot.target_w_m = target_w_m;
  shot.layers = {scope("trails"),   scope("links"),    scope("messages"),
                 scope("sensors"),  scope("velocity"), scope("goals"),
                 scope("contacts"), scope("labels"),   scope("grid") == view::Scope::kAll};
  shot.selection.agents = selected;
  shot.shadows = shadows;
  return shot;
}

}  // namespace

void bind_painter(py::module_& module) {
  module.def("viewpoints", &viewpoint_names, "Names of the cameras of pictures.");
  module.def("layers", &layer_names, "Names of what is drawn beside bodies.");
  module.attr("max_image_pixels") = render::kMaxImagePixels;
  py::class_<view::Shot>(module, "Shot", "What a picture shows, and from where.")
      .def(py::init(&shot_of), py::arg("width"), py::arg("height"), py::arg("viewpoint"),
           py::arg("agent"), py::arg("eye_w_m"), py::arg("target_w_m"), py::arg("layers"),
           py::arg("selected"), py::arg("shadows"));
  py::class_<PyPainter>(module, "Painter", "Pictures of a batch without a window.")
      .def(py::init<PyBatch&>(), py::arg("batch"), py::keep_alive<1, 2>())
      .def("rgb", &PyPainter::rgb, py::arg("world"), py::arg("shot"), "(height, width, 3) uint8")
      .def("depth", &PyPainter::depth, py::arg("world"), py::arg("shot"),
           "(height, width) float32, m")
      .def("segmentation", &PyPainter::segmentation, py::arg("world"), py::arg("shot"),
           "(height, width) int32")
      .def_property_readonly("device", &PyPainter::device, "What draws.");
  py::class_<PyPipe>(module, "MomentPipe", "What a window reads from its pipe.")
      .def(py::init<PyBatch&, std::string>(), py::arg("batch"), py::arg("title"))
      .def("begin", &PyPipe::begin)
      .def("moment", &PyPipe::moment, py::arg("world"))
      .def_static("end", &PyPipe::end);
}

}  // namespace volery::bindings
