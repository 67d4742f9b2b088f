// PipeEngine: moments that another process sends (view/pipe.hpp), kept within a budget of memory.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "view/engine.hpp"
#include "view/pipe.hpp"

namespace volery::view {

/// What arrives, handed from the thread that reads to the one that shows.
class PipeInbox {
 public:
  /// Called by the reader with bytes as they come; an empty piece is the end of the stream.
  /// Never throws: what is wrong with the stream is kept for the other side.
  void feed(std::span<const std::uint8_t> bytes) noexcept;
  /// Takes everything that is whole. Throws what was wrong with the stream, once all before it was
  /// taken.
  [[nodiscard]] std::vector<PipeParser::Packet> take();
  /// Until a header has come or the stream has ended. Throws Error (kFile) where it ended first.
  [[nodiscard]] PipeParser::Packet wait_for_header();
  [[nodiscard]] bool ended() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_ = make_shared_state();
  static std::shared_ptr<Shared> make_shared_state();
};

class PipeEngine final : public Engine {
 public:
  /// The inbox is filled by another thread, which may outlive the engine. Waits for the header.
  explicit PipeEngine(PipeInbox inbox, double history_mb = 256);

  [[nodiscard]] const Scenery& scenery() const noexcept override { return header_.scenery; }
  [[nodiscard]] int num_worlds() const noexcept override { return header_.num_worlds; }
  [[nodiscard]] const char* kind() const noexcept override { return ended_ ? "ENDED" : "STREAM"; }
  [[nodiscard]] std::string title() const override { return header_.title; }
  [[nodiscard]] std::string notice() const override { return notice_; }
  [[nodiscard]] StepFacts facts() const override;
  [[nodiscard]] std::uint64_t position() const noexcept override { return position_; }
  [[nodiscard]] TimeRange range() const noexcept override;
  bool step() override;
  void seek(std::uint64_t position) override;
  void read(int world, Moment& out) override;
  [[nodiscard]] const std::vector<TimeEvent>& events() const noexcept override { return events_; }
  bool poll() override;

 private:
  // worlds at one step
  struct Kept {
    std::vector<Moment> worlds;
    std::vector<std::vector<float>> rewards;
    [[nodiscard]] std::size_t index_of(int world) const noexcept;
    [[nodiscard]] std::size_t bytes() const noexcept;
  };
  void keep(Moment moment, std::vector<float> rewards);
  void note_changes(const Moment& before, Moment& now, std::uint64_t position);
  void forget();

  PipeInbox inbox_;
  PipeHeader header_;
  std::string notice_;
  bool ended_ = false;
  std::size_t budget_bytes_ = 0, bytes_ = 0;
  std::uint64_t first_ = 0, position_ = 0;  // of moments_.front(), and the one shown
  int world_ = 0;                           // read last
  std::deque<Kept> moments_;
  std::vector<TimeEvent> events_;
};

}  // namespace volery::view
