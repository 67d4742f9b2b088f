// Journal: who is told of everything that comes into a batch from outside, in order. What a
// recording is written from (io/recorder.hpp); results never depend on one being attached.
//
//   class Mine final : public volery::Journal { void step(...) override { ... } };
//   batch.attach(std::make_shared<Mine>());
//
// Each call comes when what it tells of has been done and can no longer be refused, on the thread
// that did it. Spans are valid for the duration of the call. The batch may be read (state(),
// snapshot(), packets(), ...) in all calls but set_columns() and set_rows(), which come in the
// middle of a step; it must not be changed. What a call throws, the caller of the batch sees, once
// the batch is whole again. Costs nothing where none is attached.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "volery/batch.hpp"

namespace volery {

class Journal {
 public:
  virtual ~Journal() = default;

  /// True where the step that begins now shall fold the state on the way (Batch::fold()), which is
  /// cheaper than to ask for it afterwards. Asked at the start of step() and finish().
  [[nodiscard]] virtual bool wants_fold() const noexcept { return false; }

  /// Batch::attach() with this journal, and with another one after it.
  virtual void attached(const Batch& /*batch*/) {}
  virtual void detached(const Batch& /*batch*/) {}

  virtual void reset(const Batch& /*batch*/, const ResetRequest& /*request*/) {}
  /// actions [W][A][U]: those of the level, then the outbox. `out` as the caller gave it, written.
  virtual void step(const Batch& /*batch*/, std::span<const float> /*actions*/,
                    const StepOutputs& /*out*/) {}

  // Tasks that the host scores: advance, set_columns..., set_rows..., finish. set_rows() also comes
  // before reset().
  virtual void advance(const Batch& /*batch*/, std::span<const float> /*actions*/) {}
  virtual void set_columns(const std::string& /*field*/, std::span<const float> /*values*/) {}
  virtual void set_rows(const std::string& /*field*/, std::span<const float> /*values*/) {}
  virtual void finish(const Batch& /*batch*/, const HostScores& /*scores*/,
                      const StepOutputs& /*out*/) {}

  // What is written from outside between steps.
  virtual void set_state(const Batch& /*batch*/, int /*world*/, const std::string& /*field*/,
                         std::span<const float> /*values*/) {}
  virtual void set_goal(const Batch& /*batch*/, std::span<const float> /*goals*/,
                        std::span<const std::uint8_t> /*mask*/) {}
  virtual void set_config(const Batch& /*batch*/, const Value& /*changes*/,
                          std::span<const std::uint8_t> /*mask*/, When /*when*/) {}
  virtual void set_jammers(const Batch& /*batch*/, int /*world*/,
                           std::span<const Jammer> /*jammers*/) {}
  /// worlds: as given, empty for all.
  virtual void restore(const Batch& /*batch*/, std::span<const std::uint8_t> /*snapshot*/,
                       std::span<const int> /*worlds*/) {}
  virtual void branch(const Batch& /*batch*/, std::span<const std::uint8_t> /*snapshot*/) {}
};

}  // namespace volery
