// LiveEngine: a batch that runs now, flown by a scripted policy and, for one agent, by hand.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "view/engine.hpp"
#include "view/history.hpp"
#include "volery/policy.hpp"

namespace volery::view {

struct LiveOptions {
  std::string policy;       // "": the task's own
  double history_mb = 200;  // of snapshots; what is older is forgotten
};

class LiveEngine final : public Engine {
 public:
  /// Turns on what a person may touch and results do not depend on: faults of rotors, wind, the
  /// record of packets where there is a radio. Throws Error as Batch does, and for an unknown
  /// policy.
  explicit LiveEngine(BatchConfig config, const LiveOptions& options = {});
  /// Runs on from the state of a batch.
  LiveEngine(Batch batch, const LiveOptions& options);

  [[nodiscard]] const Scenery& scenery() const noexcept override { return scenery_; }
  [[nodiscard]] int num_worlds() const noexcept override { return batch_.num_worlds(); }
  [[nodiscard]] const char* kind() const noexcept override { return "LIVE"; }
  [[nodiscard]] std::string title() const override;
  [[nodiscard]] const Batch* batch() const noexcept override { return &batch_; }
  [[nodiscard]] StepFacts facts() const override;
  [[nodiscard]] std::uint64_t position() const noexcept override { return position_; }
  [[nodiscard]] TimeRange range() const noexcept override;
  bool step() override;
  void seek(std::uint64_t position) override;
  void read(int world, Moment& out) override;
  [[nodiscard]] const std::vector<TimeEvent>& events() const noexcept override { return events_; }
  bool intervene(const Intervention& what) override;
  bool branch() override;
  bool restart(std::optional<std::uint64_t> seed) override;
  void time_stages(ReadClock now_s) override { batch_.time_stages(now_s); }
  [[nodiscard]] std::vector<StageTime> timings() const override { return batch_.timings(); }

  [[nodiscard]] const History& history() const noexcept { return history_; }

 private:
  static constexpr double kSnapshotEvery_s = 0.5;
  static constexpr std::size_t kMostEvents = 20000;

  void allocate();
  void act();
  void apply(const Intervention& what);
  void apply_row(const Intervention& what, const char* field, int width, auto&& change);
  void forget_overruled(const Intervention& what);
  void note_step();
  void note_ends(int world);
  void arrive();

  Batch batch_;
  Scenery scenery_;
  Reader reader_;
  std::unique_ptr<Policy> policy_;
  std::string policy_name_;
  std::vector<float> observation_, reward_, reward_terms_, action_;
  std::unique_ptr<bool[]> terminated_, truncated_;
  StepOutputs out_;
  History history_;
  std::uint64_t snapshot_every_ = 1;
  std::uint64_t position_ = 0, newest_ = 0, noted_ = 0;
  std::multimap<std::uint64_t, Intervention> done_;  // by the position at which it was done
  std::vector<TimeEvent> events_;
};

}  // namespace volery::view
