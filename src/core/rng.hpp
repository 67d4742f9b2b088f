// Counter-based random numbers: a draw is a pure function of its key, so results depend neither on
// threads nor on the order of the draws of others.
//
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC
// 2011) from the Random123 library. Key: the world's 64-bit seed. Counter: (draw, agent, step,
// episode and stream), hence two draws with different coordinates never share a block.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>

namespace volery {

/// What a draw is for. One enumerator per consumer: adding a consumer never shifts another's draws.
enum class Stream : std::uint32_t {
  kSpawn = 0,        // start poses and velocities
  kGoal = 1,         // goals, waypoints, assignment
  kTask = 2,         // anything else that a task draws
  kAction = 3,       // random floor policies and benchmarks
  kSense = 4,        // sensor noise
  kRadio = 5,        // loss, shadowing, jitter
  kWind = 6,         // gusts and turbulence
  kParameter = 7,    // domain randomisation
  kDisturbance = 8,  // random wrenches on bodies
  kCamera = 9,       // noise of pictures
};

/// One Philox block, the four words of the coordinates: what Rng draws first with `draw` = 0. For
/// draws that have a fifth coordinate, such as the two ends of a link.
[[nodiscard]] inline std::array<std::uint32_t, 4> random_words(std::uint64_t seed,
                                                               std::uint32_t episode, Stream stream,
                                                               std::uint32_t agent,
                                                               std::uint32_t step,
                                                               std::uint32_t draw) noexcept {
  const r123::Philox4x32::key_type key{
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
  const r123::Philox4x32::ctr_type counter{
      {draw, agent, step, (episode << 8U) | static_cast<std::uint32_t>(stream)}};
  const r123::Philox4x32::ctr_type words = r123::Philox4x32()(counter, key);
  return {words[0], words[1], words[2], words[3]};
}

/// Draws of one (seed, episode, stream, agent, step), four 32-bit words per Philox call.
class Rng {
 public:
  Rng(std::uint64_t seed, std::uint32_t episode, Stream stream, std::uint32_t agent = 0,
      std::uint32_t step = 0) noexcept
      : key_{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}},
        counter_{{0, agent, step, (episode << 8U) | static_cast<std::uint32_t>(stream)}} {}

  /// 32 uniform bits.
  std::uint32_t bits() noexcept {
    if (used_ == 4) {
      words_ = r123::Philox4x32()(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return words_[used_++];
  }

  /// Uniform in [0, 1), a multiple of 2^-24.
  float uniform() noexcept { return static_cast<float>(bits() >> 8U) * 0x1p-24F; }
  /// Uniform in [low, high).
  float uniform(float low, float high) noexcept { return low + (high - low) * uniform(); }
  /// Uniform integer in [0, count); the bias of the multiply-shift is below count / 2^32.
  std::uint32_t below(std::uint32_t count) noexcept {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(bits()) * count) >> 32U);
  }

 private:
  r123::Philox4x32::key_type key_;
  r123::Philox4x32::ctr_type counter_;
  r123::Philox4x32::ctr_type words_{};
  std::uint32_t used_ = 4;
};

}  // namespace volery
