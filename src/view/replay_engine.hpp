// ReplayEngine: a recording that is simulated again as it is looked at (io/player.hpp).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/player.hpp"
#include "view/engine.hpp"

namespace volery::view {

class ReplayEngine final : public Engine {
 public:
  /// Throws Error as io::Player does.
  explicit ReplayEngine(const std::filesystem::path& path, double ring_mb = 256);

  [[nodiscard]] const Scenery& scenery() const noexcept override { return scenery_; }
  [[nodiscard]] int num_worlds() const noexcept override { return player_.header().num_worlds; }
  [[nodiscard]] const char* kind() const noexcept override { return "REPLAY"; }
  [[nodiscard]] std::string title() const override { return path_.filename().string(); }
  [[nodiscard]] std::string notice() const override;
  [[nodiscard]] const Batch* batch() const noexcept override { return &player_.batch(); }
  [[nodiscard]] StepFacts facts() const override;
  [[nodiscard]] std::uint64_t position() const noexcept override { return player_.position(); }
  [[nodiscard]] TimeRange range() const noexcept override;
  bool step() override { return player_.step(); }
  void seek(std::uint64_t position) override { player_.seek(position); }
  void read(int world, Moment& out) override;
  [[nodiscard]] const std::vector<TimeEvent>& events() const noexcept override { return events_; }

  void time_stages(ReadClock now_s) override { player_.time_stages(now_s); }
  [[nodiscard]] std::vector<StageTime> timings() const override {
    return player_.batch().timings();
  }

  /// To run on from here.
  [[nodiscard]] Batch branched() const { return player_.branch(); }
  [[nodiscard]] const io::Player& player() const noexcept { return player_; }

 private:
  std::filesystem::path path_;
  io::Player player_;
  Scenery scenery_;
  Reader reader_;
  std::vector<TimeEvent> events_;
};

}  // namespace volery::view
