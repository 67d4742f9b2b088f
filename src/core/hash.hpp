// 64-bit hashes of bytes (XXH3, from xxHash's header, which stays inside the .cpp).
//
// For state hashes, config hashes and keys of random numbers: fast, well mixed, the same on every
// CPU. Not cryptographic. Hash numbers through their bytes; padding inside a struct is not a
// number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace volery {

/// The hash of a byte range; another seed gives an unrelated hash.
[[nodiscard]] std::uint64_t hash_bytes(const void* bytes, std::size_t size,
                                       std::uint64_t seed = 0) noexcept;
[[nodiscard]] inline std::uint64_t hash_text(std::string_view text,
                                             std::uint64_t seed = 0) noexcept {
  return hash_bytes(text.data(), text.size(), seed);
}

/// The same hash over a range that arrives in pieces: digest() equals hash_bytes() of all pieces in
/// a row, however they were cut. Allocates nothing.
class Hasher {
 public:
  explicit Hasher(std::uint64_t seed = 0) noexcept;
  void add(const void* bytes, std::size_t size) noexcept;
  /// One number (its bytes as they lie in memory).
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void add(Number number) noexcept { add(&number, sizeof number); }
  /// The hash so far; more may be added after it.
  [[nodiscard]] std::uint64_t digest() const noexcept;

 private:
  alignas(64) std::byte state_[576];  // XXH3_state_t; the .cpp asserts its size
};

}  // namespace volery
