#include "core/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <new>

namespace volery {
namespace {

XXH3_state_t* as_xxh(std::byte* state) noexcept {
  return std::launder(reinterpret_cast<XXH3_state_t*>(state));
}

}  // namespace

std::uint64_t hash_bytes(const void* bytes, std::size_t size, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes, size, seed);
}

Hasher::Hasher(std::uint64_t seed) noexcept : state_{} {
  static_assert(sizeof(XXH3_state_t) <= sizeof state_ && alignof(XXH3_state_t) <= 64);
  XXH3_64bits_reset_withSeed(new (state_) XXH3_state_t, seed);
}

void Hasher::add(const void* bytes, std::size_t size) noexcept {
  XXH3_64bits_update(as_xxh(state_), bytes, size);
}

std::uint64_t Hasher::digest() const noexcept {
  return XXH3_64bits_digest(std::launder(reinterpret_cast<const XXH3_state_t*>(state_)));
}

}  // namespace volery
