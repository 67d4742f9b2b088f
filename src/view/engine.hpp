// Engine: something that can be taken to any position in time and asked what is there: a live batch
// with its policy, a recording, or moments from a pipe. Used by one thread at a time (view/driver).
//
// Position n is the state after n agent steps since the run began; episodes of worlds come and go
// within it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "view/moment.hpp"
#include "view/timeline.hpp"
#include "volery/batch.hpp"
#include "volery/value.hpp"

namespace volery::view {

/// Something that a person does to a live run. Done at a position and kept with it, so that going
/// back and playing forward again does it again.
struct Intervention {
  enum class Kind : int {
    kPush,       // adds delta_w to the velocity, m/s
    kStopMotor,  // rotor `index` from now on; again: it runs
    kConfig,     // set_config(changes): from the world's next reset on
    kConfigNow,  // the same at once
    kJam,        // one more jammer, until the world's next reset
    kUnjam,      // all that were put down are taken away
    kGoal,       // the agent's goal becomes delta_w, a point
    kFly,        // the agent's controls become `action` for the next step
    kForce,      // acts for one agent step: delta_w, N
    kTorque,     // likewise: delta_w, N m
  };
  Kind kind = Kind::kPush;
  int world = 0;
  int agent = 0;  // -1: all
  int index = 0;
  Vec3 delta_w{};
  Value changes = Value::Table{};
  Jammer jammer{};
  std::vector<float> action{};
  friend bool operator==(const Intervention&, const Intervention&) = default;
};

/// What the step that led to the present position wrote; spans are empty where nothing is known.
struct StepFacts {
  std::span<const float> observation;   // [W][A][O]
  std::span<const float> reward;        // [W][A]
  std::span<const float> reward_terms;  // [W][A][T]
  std::span<const float> actions;       // [W][A][U]
};

class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual const Scenery& scenery() const noexcept = 0;
  [[nodiscard]] virtual int num_worlds() const noexcept = 0;
  /// "LIVE", "REPLAY" or "STREAM", and what of.
  [[nodiscard]] virtual const char* kind() const noexcept = 0;
  [[nodiscard]] virtual std::string title() const = 0;
  /// Why it is not all there: a recording that was cut short. "" otherwise.
  [[nodiscard]] virtual std::string notice() const { return ""; }
  /// Null where there is none (a pipe).
  [[nodiscard]] virtual const Batch* batch() const noexcept { return nullptr; }
  [[nodiscard]] virtual StepFacts facts() const { return {}; }

  [[nodiscard]] virtual std::uint64_t position() const noexcept = 0;
  [[nodiscard]] virtual TimeRange range() const noexcept = 0;
  /// One step on; false where there is none. May throw Error.
  virtual bool step() = 0;
  /// To a position within the range.
  virtual void seek(std::uint64_t position) = 0;
  /// The world at the present position.
  virtual void read(int world, Moment& out) = 0;
  /// Everything noticed so far, ascending by position.
  [[nodiscard]] virtual const std::vector<TimeEvent>& events() const noexcept = 0;
  /// Something new may have come in without a step (a pipe). True where it has.
  virtual bool poll() { return false; }

  /// False for what cannot be touched. Done to the past it is a branch: what came after is
  /// forgotten. Throws Error where it cannot be done.
  virtual bool intervene(const Intervention& /*what*/) { return false; }
  /// Forgets what comes after the present position, so that the run goes on from here. False where
  /// it cannot.
  virtual bool branch() { return false; }
  /// Times the stages of the batch's steps, from zero; null: no longer. Nothing where there is no
  /// batch.
  virtual void time_stages(ReadClock /*now_s*/) {}
  /// What they have cost since; empty without a batch.
  [[nodiscard]] virtual std::vector<StageTime> timings() const { return {}; }
  /// Starts over at position 0 with new episodes in all worlds: the next ones, or with a seed
  /// episode 0 of seed + world. False where it cannot.
  virtual bool restart(std::optional<std::uint64_t> /*seed*/) { return false; }
};

}  // namespace volery::view
