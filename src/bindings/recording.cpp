// Recordings: writing one of a batch, and playing one again.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>
#include <optional>
#include <type_traits>
#include <vector>

#include "bindings/batch.hpp"
#include "bindings/module.hpp"
#include "bindings/values.hpp"
#include "io/player.hpp"
#include "io/pose_writer.hpp"
#include "io/recorder.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

std::shared_ptr<io::Recorder> make_recorder(const std::string& path, double poses_hz,
                                            double chunk_s, int keyframe_steps,
                                            const py::object& on_failure) {
  io::RecorderOptions options{
      .chunk_s = chunk_s, .keyframe_steps = keyframe_steps, .poses_hz = poses_hz};
  if (!on_failure.is_none()) {
    // the last owner may be the batch, which lets go of it without the lock
    const std::shared_ptr<py::object> function(new py::object(on_failure), [](py::object* object) {
      const py::gil_scoped_acquire locked;
      delete object;
    });
    options.on_failure = [function](const std::string& why) {
      const py::gil_scoped_acquire locked;
      (*function)(why);
    };
  }
  return std::make_shared<io::Recorder>(path, std::move(options));
}

void attach(PyBatch& batch, const std::shared_ptr<io::Recorder>& recorder) {
  const std::shared_ptr<Batch> engine = batch.shared();
  const py::gil_scoped_release unlocked;
  engine->attach(recorder);
}

class PyPlayer {
 public:
  PyPlayer(const std::string& path, int num_threads, bool trace, double ring_mb)
      : player_(open(path, {.num_threads = num_threads, .trace = trace, .ring_mb = ring_mb})),
        batch_(std::make_unique<PyBatch>(
            std::shared_ptr<Batch>(player_, &const_cast<Batch&>(player_->batch())))) {}

  [[nodiscard]] const io::Player& player() const noexcept { return *player_; }
  [[nodiscard]] PyBatch& batch() noexcept { return *batch_; }

  bool step() {
    return exclusive([](io::Player& player) { return player.step(); });
  }
  void seek(std::uint64_t position) {
    exclusive([&](io::Player& player) { player.seek(position); });
  }
  std::optional<io::Difference> verify(const py::object& progress) {
    return exclusive([&](io::Player& player) {
      return player.verify([&](std::uint64_t position) {
        const py::gil_scoped_acquire locked;
        // Ctrl-C between the steps
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        return progress.is_none() || !progress(position).is(py::bool_(false));
      });
    });
  }
  [[nodiscard]] ArrayDict outputs() const {
    const Layout& layout = player_->batch().layout();
    const py::ssize_t worlds = layout.num_worlds;
    const py::ssize_t agents = layout.num_agents;
    const auto terms = static_cast<py::ssize_t>(layout.reward_terms.size());
    const io::Player& player = *player_;
    const StepOutputs& out = player.outputs();
    ArrayDict all;
    all["observation"] = copy(out.observation, {worlds, agents, layout.observation_size()});
    all["reward"] = copy(out.reward, {worlds, agents});
    all["terminated"] = copy(out.terminated, {worlds, agents});
    all["truncated"] = copy(out.truncated, {worlds, agents});
    all["alive"] = copy(out.alive, {worlds, agents});
    all["reward_terms"] = copy(out.reward_terms, {worlds, agents, terms});
    const std::span<const float> actions = player.actions();
    if (!actions.empty())
      all["actions"] = copy(actions.data(), {worlds, agents, layout.action_size()});
    return all;
  }
  [[nodiscard]] std::vector<std::uint64_t> seeds() const {
    std::vector<std::uint64_t> all;
    for (int world = 0; world < player_->batch().layout().num_worlds; ++world)
      all.push_back(player_->batch().clock(world).seed);
    return all;
  }
  [[nodiscard]] py::array marks() const {
    const std::vector<io::Mark>& marks = player_->marks();
    return py::array_t<io::Mark>(static_cast<py::ssize_t>(marks.size()), marks.data());
  }

 private:
  static std::shared_ptr<io::Player> open(const std::filesystem::path& path,
                                          const io::PlayerOptions& options) {
    const py::gil_scoped_release unlocked;
    return std::make_shared<io::Player>(path, options);
  }
  template <class T>
  static py::array copy(const T* values, const Shape& shape) {
    py::array_t<T> out(shape);
    std::copy_n(values, out.size(), out.mutable_data());
    return out;
  }
  template <class Work>
  std::invoke_result_t<Work, io::Player&> exclusive(Work&& work) {
    if (busy_) throw_state("another call on this recording is running in a different thread");
    struct Mark {
      bool& busy;
      ~Mark() { busy = false; }
    } const mark{busy_ = true};
    const py::gil_scoped_release unlocked;
    return work(*player_);
  }

  std::shared_ptr<io::Player> player_;
  std::unique_ptr<PyBatch> batch_;
  bool busy_ = false;
};

AnyDict header_dict(const PyPlayer& self) {
  const io::RecordingHeader& header = self.player().header();
  AnyDict out;
  out["format"] = header.format;
  out["version"] = header.version;
  out["config"] = to_python(header.config);
  out["host"] = to_python(header.host);
  out["num_worlds"] = header.num_worlds;
  out["num_agents"] = header.num_agents;
  out["num_props"] = header.num_props;
  out["action_size"] = header.action_size;
  out["step_s"] = header.step_s;
  out["poses_hz"] = header.poses_hz;
  out["fields"] = header.fields;
  return out;
}

ArrayDict stored_poses(const std::string& path) {
  io::Poses poses;
  py::ssize_t worlds = 0;
  py::ssize_t agents = 0;
  py::ssize_t props = 0;
  {
    const py::gil_scoped_release unlocked;
    io::RecordingFile file(path);
    poses = io::read_poses(file);
    worlds = file.header().num_worlds;
    agents = file.header().num_agents;
    props = file.header().num_props;
  }
  const auto n = static_cast<py::ssize_t>(poses.steps.size());
  const auto array = [](const auto& values, const Shape& shape) {
    using Number = std::remove_cvref_t<decltype(values.front())>;
    return copied<Number>(values, shape);
  };
  ArrayDict out;
  out["step"] = array(poses.steps, {n});
  out["position_w_m"] = array(poses.position_w_m, {n, worlds, agents, 3});
  out["quat_wb_xyzw"] = array(poses.quat_wb_xyzw, {n, worlds, agents, 4});
  out["alive"] = array(poses.alive, {n, worlds, agents}).attr("astype")("bool");
  if (props > 0) {
    out["prop_position_w_m"] = array(poses.prop_position_w_m, {n, worlds, props, 3});
    out["prop_quat_wb_xyzw"] = array(poses.prop_quat_wb_xyzw, {n, worlds, props, 4});
  }
  if (!poses.goal_w_m.empty()) out["goal_w_m"] = array(poses.goal_w_m, {n, worlds, agents, 3});
  out["num_packets"] = array(poses.num_packets, {n});
  out["packets"] =
      py::array_t<Packet>(static_cast<py::ssize_t>(poses.packets.size()), poses.packets.data());
  return out;
}

std::vector<std::string> mark_names() {
  std::vector<std::string> names;
  for (int kind = 0; kind <= static_cast<int>(io::Mark::Kind::kWritten); ++kind)
    names.emplace_back(io::mark_name(static_cast<io::Mark::Kind>(kind)));
  return names;
}

}  // namespace

void bind_recording(py::module_& module) {
  PYBIND11_NUMPY_DTYPE(io::Mark, step, world, agent, kind);
  module.def("mark_names", &mark_names, "Of the kinds of marks, in order.");
  module.attr("recording_format") = io::kRecordingFormat;
  py::class_<io::Recorder, std::shared_ptr<io::Recorder>>(module, "Recorder",
                                                          "Writes a batch to a file.")
      .def(py::init(&make_recorder), py::arg("path"), py::arg("poses_hz"), py::arg("chunk_s"),
           py::arg("keyframe_steps"), py::arg("on_failure"))
      .def("close", &io::Recorder::close, py::call_guard<py::gil_scoped_release>())
      .def_property_readonly("closed", &io::Recorder::closed)
      .def_property_readonly("num_steps", &io::Recorder::num_steps)
      .def_property_readonly("failure", &io::Recorder::failure);
  module.def("attach_recorder", &attach, py::arg("batch"), py::arg("recorder"),
             "Tells a recorder of all that comes into a batch.");
  module.def(
      "detach_recorder", [](PyBatch& batch) { attach(batch, nullptr); }, py::arg("batch"),
      "Ends the recording of a batch.");
  module.def("stored_poses", &stored_poses, py::arg("path"));

  py::class_<io::Difference>(module, "Difference", "Where a replay differs from its recording.")
      .def_readonly("step", &io::Difference::step, "The first position that differs.")
      .def_readonly("what", &io::Difference::what, "\"step\", \"reset\", \"restore\", \"branch\"")
      .def_readonly("worlds", &io::Difference::worlds, "That differ, ascending.")
      .def_readonly("fields", &io::Difference::fields, "Names of fields that differ.")
      .def("__str__", &io::Difference::text)
      .def("__repr__", [](const io::Difference& d) { return "Difference(" + d.text() + ")"; });
  py::class_<PyPlayer>(module, "Player", "A recording that runs again.")
      .def(py::init<const std::string&, int, bool, double>(), py::arg("path"),
           py::arg("num_threads"), py::arg("trace"), py::arg("ring_mb"))
      .def("step", &PyPlayer::step)
      .def("seek", &PyPlayer::seek, py::arg("position"))
      .def("verify", &PyPlayer::verify, py::arg("progress"))
      .def("outputs", &PyPlayer::outputs)
      .def("marks", &PyPlayer::marks)
      .def_property_readonly("header", &header_dict)
      .def_property_readonly("batch", &PyPlayer::batch, py::return_value_policy::reference_internal)
      .def_property_readonly("position", [](const PyPlayer& p) { return p.player().position(); })
      .def_property_readonly("num_steps", [](const PyPlayer& p) { return p.player().num_steps(); })
      .def_property_readonly("seeds", &PyPlayer::seeds)
      .def_property_readonly("complete", [](const PyPlayer& p) { return p.player().complete(); })
      .def_property_readonly("notice", [](const PyPlayer& p) { return p.player().notice(); })
      .def_property_readonly("difference",
                             [](const PyPlayer& p) { return p.player().difference(); });
}

}  // namespace volery::bindings
