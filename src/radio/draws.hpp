// Random numbers of the radio: pure functions of (world seed, episode, step, sender, receiver), so
// that a link has the same luck whoever asks, in whatever order and on whatever thread.
//
// Every draw is a Philox block of Stream::kRadio. The two top bits of its `agent` tell what for,
// the rest is the sender; `draw` is the receiver.
#pragma once

#include <array>
#include <cstdint>

#include "core/rng.hpp"

namespace volery::radio {

/// The world and time of a draw.
struct RadioKey {
  std::uint64_t seed = 0;     // of the world
  std::uint32_t episode = 0;  // of the world
  std::uint32_t step = 0;     // agent steps since the reset
};

/// What a block is for: the two top bits of the word that holds the sender.
enum class DrawKind : std::uint32_t {
  kLink = 0U << 30U,   // loss, jitter, mask, jam of one link and step
  kBurst = 1U << 30U,  // state of a bursty link; four steps per block
  kNoise = 2U << 30U,  // errors of range and bearing; lies
  kField = 3U << 30U,  // shadowing of a world, random topologies
};

/// The receiver of draws that belong to a sender alone.
inline constexpr std::uint32_t kNoReceiver = 0xffffffffU;

/// One block. Cost: about 10 ns.
[[nodiscard]] inline std::array<std::uint32_t, 4> radio_words(const RadioKey& key, DrawKind kind,
                                                              std::uint32_t sender,
                                                              std::uint32_t receiver) noexcept {
  return random_words(key.seed, key.episode, Stream::kRadio,
                      static_cast<std::uint32_t>(kind) | sender, key.step, receiver);
}

/// The luck of one link in one step.
struct LinkDraws {
  std::uint32_t loss = 0;    // LossModel
  std::uint32_t jitter = 0;  // of the latency
  std::uint32_t mask = 0;    // allows(probability, draw) of a learned topology
  std::uint32_t jam = 0;     // FaultModel
};
[[nodiscard]] inline LinkDraws link_draws(const RadioKey& key, std::uint32_t sender,
                                          std::uint32_t receiver) noexcept {
  const auto words = radio_words(key, DrawKind::kLink, sender, receiver);
  return {words[0], words[1], words[2], words[3]};
}

/// Four more words of a link, for the errors of what its receiver measures.
[[nodiscard]] inline std::array<std::uint32_t, 4> noise_words(const RadioKey& key,
                                                              std::uint32_t sender,
                                                              std::uint32_t receiver) noexcept {
  return radio_words(key, DrawKind::kNoise, sender, receiver);
}

/// Uniform in [0, 1), a multiple of 2^-24.
[[nodiscard]] inline float unit_of(std::uint32_t word) noexcept {
  return static_cast<float>(word >> 8U) * 0x1p-24F;
}
/// Uniform integer in [0, count).
[[nodiscard]] inline std::uint32_t below_of(std::uint32_t word, std::uint32_t count) noexcept {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(word) * count) >> 32U);
}
/// A word w is below this with the probability, to 2^-32: compares without a conversion.
[[nodiscard]] inline std::uint64_t threshold_of(double probability) noexcept {
  return static_cast<std::uint64_t>(probability * 0x1p+32 + 0.5);
}

}  // namespace volery::radio
