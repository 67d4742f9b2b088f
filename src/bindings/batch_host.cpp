// Steps and resets of a batch whose task is a Python class, and what that class reads and writes
// meanwhile. The class stands behind a driver (volery/task_driver.py) with two methods: score()
// and place(worlds).
#include <pybind11/stl.h>

#include <exception>

#include "bindings/batch.hpp"

namespace py = pybind11;

namespace volery::bindings {

TaskScores::TaskScores(const Layout& layout)
    : terms(new_array<float>({static_cast<py::ssize_t>(layout.reward_terms.size()),
                              layout.num_worlds, layout.num_agents})),
      metrics(new_array<float>(
          {static_cast<py::ssize_t>(layout.metrics.size()), layout.num_worlds, layout.num_agents})),
      terminated(new_array<bool>({layout.num_worlds, layout.num_agents})),
      truncated(new_array<bool>({layout.num_worlds, layout.num_agents})),
      crashed(new_array<bool>({layout.num_worlds, layout.num_agents})),
      pointers_{static_cast<const float*>(terms.data()), static_cast<const float*>(metrics.data()),
                static_cast<const bool*>(terminated.data()),
                static_cast<const bool*>(truncated.data()),
                static_cast<const bool*>(crashed.data())} {}

namespace {

// Marks that the task's code is running, which may read and write what it may not else.
class TaskCall {
 public:
  explicit TaskCall(bool& running) : running_(running) { running_ = true; }
  ~TaskCall() { running_ = false; }
  TaskCall(const TaskCall&) = delete;
  TaskCall& operator=(const TaskCall&) = delete;

 private:
  bool& running_;
};

}  // namespace

void PyBatch::step_with(const py::object& task, std::span<const float> actions, Outputs& out) {
  const Call call(*this);
  const auto place = [&](std::span<const int> worlds) {
    const py::gil_scoped_acquire locked;
    const TaskCall running(in_task_);
    task.attr("place")(py::cast(std::vector<int>(worlds.begin(), worlds.end())));
  };
  {
    const py::gil_scoped_release unlocked;
    batch_->advance(actions);
  }
  // whatever the task does, the step is brought to its end: without reward where it fails
  std::exception_ptr failure;
  try {
    const TaskCall running(in_task_);
    task.attr("score")();
  } catch (...) {
    failure = std::current_exception();
  }
  {
    const py::gil_scoped_release unlocked;
    try {
      batch_->finish(failure ? HostScores{} : scores_.pointers(), out.pointers(), place);
    } catch (const Error& error) {
      failure = std::current_exception();
      // refused scores; what else fails, a full disk of a recording, comes after the step
      if (error.kind() == ErrorKind::kValue) batch_->finish({}, out.pointers(), place);
    } catch (...) {
      failure = std::current_exception();
    }
  }
  out.copy_events(batch_->events());
  if (failure) std::rethrow_exception(failure);
}

void PyBatch::reset_with(const py::object& task, const ResetRequest& request,
                         const StepOutputs& out) {
  const Call call(*this);
  const py::gil_scoped_release unlocked;
  batch_->reset(request, out, [&](std::span<const int> worlds) {
    const py::gil_scoped_acquire locked;
    const TaskCall running(in_task_);
    task.attr("place")(py::cast(std::vector<int>(worlds.begin(), worlds.end())));
  });
}

void PyBatch::check_in_task(const char* call) const {
  if (batch_ == nullptr) throw_state("the batch is closed");
  if (!in_task_) throw_state(std::string(call) + ": only inside a task's score or reset");
}

void PyBatch::task_columns(const std::string& field, const py::object& out) {
  check_in_task("columns");
  const StateField& found = find_field(field);
  const py::array array = checked<float>(
      out, "columns", {found.width, layout_.num_worlds, layout_.num_agents}, Access::kWrite);
  batch_->columns(field, {static_cast<float*>(const_cast<void*>(array.data())),
                          static_cast<std::size_t>(array.size())});
}

void PyBatch::set_task_columns(const std::string& field, const py::object& values) {
  check_in_task("set_columns");
  const StateField& found = find_field(field);
  const py::array array = checked<float>(
      values, "columns", {found.width, layout_.num_worlds, layout_.num_agents}, Access::kRead);
  batch_->set_columns(
      field, {static_cast<const float*>(array.data()), static_cast<std::size_t>(array.size())});
}

void PyBatch::task_rows(const std::string& field, const py::object& out) {
  check_in_task("rows");
  const py::array array = py::reinterpret_borrow<py::array>(out);
  const py::array checked_out = checked<float>(
      out, "rows", {array.shape(0), layout_.num_agents, find_field(field).width}, Access::kWrite);
  batch_->rows(field, {static_cast<float*>(const_cast<void*>(checked_out.data())),
                       static_cast<std::size_t>(checked_out.size())});
}

void PyBatch::set_task_rows(const std::string& field, const py::object& values) {
  check_in_task("set_rows");
  const py::array array = py::reinterpret_borrow<py::array>(values);
  const py::array checked_values = checked<float>(
      values, "rows", {array.shape(0), layout_.num_agents, find_field(field).width}, Access::kRead);
  batch_->set_rows(field, {static_cast<const float*>(checked_values.data()),
                           static_cast<std::size_t>(checked_values.size())});
}

py::array PyBatch::task_draw(int worlds, int count, int first) {
  check_in_task("draw");
  if (worlds < 0 || count < 0 || first < 0) throw_value("draw: counts must not be negative");
  py::array_t<float> out = new_array<float>({worlds, layout_.num_agents, count});
  batch_->draw(first, {out.mutable_data(), static_cast<std::size_t>(out.size())});
  return out;
}

}  // namespace volery::bindings
