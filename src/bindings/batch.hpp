// The batch as Python sees it: one call at a time, closable, arrays in and out.
//
// The interpreter lock is released while the engine works. A call that finds another one running in
// a different thread is refused, which `busy_` (read and written under the lock only) detects.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/typing.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/errors.hpp"
#include "bindings/outputs.hpp"
#include "volery/batch.hpp"

namespace volery::bindings {

// dict[str, Any], dict[str, numpy.ndarray] and so on in the stubs
using AnyDict = pybind11::typing::Dict<pybind11::str, pybind11::object>;
using ArrayDict = pybind11::typing::Dict<pybind11::str, pybind11::array>;
using FloatDict = pybind11::typing::Dict<pybind11::str, pybind11::float_>;
using DictList = pybind11::typing::List<AnyDict>;

/// The arrays that a Python task scores into, which the engine reads where they lie.
class TaskScores {
 public:
  TaskScores() = default;
  explicit TaskScores(const Layout& layout);
  [[nodiscard]] const HostScores& pointers() const noexcept { return pointers_; }

  pybind11::array terms;       // (T, W, A) float32
  pybind11::array metrics;     // (M, W, A) float32
  pybind11::array terminated;  // (W, A) bool
  pybind11::array truncated;   // (W, A) bool
  pybind11::array crashed;     // (W, A) bool

 private:
  HostScores pointers_;
};

class PyBatch {
 public:
  /// `task`: the spec of a Python task, or None.
  PyBatch(const AnyDict& config, const pybind11::object& task);
  /// A batch that somebody else steps: that of a recording.
  explicit PyBatch(std::shared_ptr<Batch> batch);

  [[nodiscard]] std::unique_ptr<Outputs> make_outputs(const AnyDict& given, bool with_final,
                                                      bool with_terms) const;
  void reset(const std::optional<std::uint64_t>& seed, const pybind11::object& seeds,
             const pybind11::object& mask, Outputs& out, const pybind11::object& task);
  /// `task`: the driver of a Python task, or None.
  void step(const pybind11::object& actions, Outputs& out, const pybind11::object& task);
  void observe(Outputs& out);
  /// The episodes that ended in the last step, for the worlds that ended only; n of them.
  [[nodiscard]] ArrayDict episodes();

  [[nodiscard]] pybind11::array state(const std::string& field);
  [[nodiscard]] pybind11::array action_mask();
  void set_state(int world, const AnyDict& values);
  void set_goal(const pybind11::object& goals, const pybind11::object& mask);
  void set_config(const pybind11::object& mask, const AnyDict& changes, bool now);
  [[nodiscard]] AnyDict live_config(int world);
  void set_jammers(int world, const DictList& jammers);
  [[nodiscard]] DictList jammers(int world);
  /// What a picture shows beside bodies and goals.
  [[nodiscard]] DictList landmarks(int world);
  [[nodiscard]] pybind11::array status();
  [[nodiscard]] std::uint64_t state_hash(std::optional<int> world);
  [[nodiscard]] pybind11::bytes snapshot(const std::vector<int>& worlds);
  void restore(const pybind11::bytes& snapshot, const std::vector<int>& worlds);
  void branch(const pybind11::bytes& snapshot);

  // for a Python task, while it scores or places (batch_host.cpp)
  [[nodiscard]] const TaskScores& scores() const noexcept { return scores_; }
  [[nodiscard]] WorldFacts facts() const noexcept { return facts_; }
  void task_columns(const std::string& field, const pybind11::object& out);
  void set_task_columns(const std::string& field, const pybind11::object& values);
  void task_rows(const std::string& field, const pybind11::object& out);
  void set_task_rows(const std::string& field, const pybind11::object& values);
  [[nodiscard]] pybind11::array task_draw(int worlds, int count, int first);

  [[nodiscard]] BatchStats stats();
  void time_stages(bool on);
  /// Seconds by name.
  [[nodiscard]] FloatDict timings();
  void trace_packets(bool on);
  [[nodiscard]] bool traces_packets();
  /// A structured array, one entry per transmission and candidate.
  [[nodiscard]] pybind11::array packets();
  [[nodiscard]] const std::vector<StateField>& state_fields() const noexcept { return fields_; }
  [[nodiscard]] const Layout& layout() const noexcept { return layout_; }
  [[nodiscard]] AnyDict config() const { return config_; }
  [[nodiscard]] int num_props() const noexcept { return num_props_; }
  [[nodiscard]] bool closed() const noexcept { return batch_ == nullptr; }
  void close();

  /// The engine, for policies that must outlive close(). Throws Error when closed.
  [[nodiscard]] std::shared_ptr<Batch> shared();

 private:
  // marks the batch as in use for as long as it lives
  class Call {
   public:
    explicit Call(PyBatch& owner) : owner_(owner) {
      if (owner_.batch_ == nullptr) throw_state("the batch is closed");
      if (owner_.busy_) {
        throw_state("another call on this batch is running in a different thread; one at a time");
      }
      owner_.busy_ = true;
    }
    ~Call() { owner_.busy_ = false; }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    PyBatch& owner_;
  };

  /// Runs work(batch) alone, without the interpreter lock.
  template <class Work>
  decltype(auto) exclusive(Work&& work) {
    const Call call(*this);
    const pybind11::gil_scoped_release unlocked;
    return std::forward<Work>(work)(*batch_);
  }

  void step_with(const pybind11::object& task, std::span<const float> actions, Outputs& out);
  void reset_with(const pybind11::object& task, const ResetRequest& request,
                  const StepOutputs& out);
  void check_in_task(const char* call) const;
  [[nodiscard]] pybind11::array checked_mask(const pybind11::object& mask, const char* name) const;
  [[nodiscard]] const StateField& find_field(const std::string& name) const;
  [[nodiscard]] Shape field_shape(const StateField& field) const;
  void check_world(int world) const;

  std::shared_ptr<Batch> batch_;
  bool busy_ = false;
  // what stays readable after close()
  Layout layout_;
  AnyDict config_;
  std::vector<StateField> fields_;
  int num_props_ = 0;
  WorldFacts facts_;
  TaskScores scores_;     // of a Python task
  bool in_task_ = false;  // its code is running
};

}  // namespace volery::bindings
