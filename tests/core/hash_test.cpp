#include "core/hash.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace volery {
namespace {

TEST(Hash, GivesThePublishedValues) {
  // XXH3_64bits of nothing, as xxHash documents it
  EXPECT_EQ(hash_bytes(nullptr, 0), 0x2d06800538d394c2ULL);
  EXPECT_EQ(hash_text(""), 0x2d06800538d394c2ULL);
}

TEST(Hash, DependsOnEveryByteTheLengthAndTheSeed) {
  std::vector<unsigned char> bytes(1000);
  std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(0));
  const std::uint64_t before = hash_bytes(bytes.data(), bytes.size());
  EXPECT_EQ(hash_bytes(bytes.data(), bytes.size()), before);
  EXPECT_NE(hash_bytes(bytes.data(), bytes.size() - 1), before);
  EXPECT_NE(hash_bytes(bytes.data(), bytes.size(), 1), before);
  for (std::size_t i = 0; i < bytes.size(); i += 37) {
    bytes[i] ^= 1U;
    EXPECT_NE(hash_bytes(bytes.data(), bytes.size()), before) << i;
    bytes[i] ^= 1U;
  }
}

TEST(Hasher, EqualsTheWholeHoweverThePiecesAreCut) {
  std::vector<unsigned char> bytes(5000);
  std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(0));
  for (const std::uint64_t seed : {0ULL, 42ULL}) {
    for (const std::size_t cut : {1UL, 63UL, 64UL, 1000UL, 5000UL}) {
      Hasher hasher(seed);
      for (std::size_t at = 0; at < bytes.size(); at += cut) {
        hasher.add(bytes.data() + at, std::min(cut, bytes.size() - at));
      }
      EXPECT_EQ(hasher.digest(), hash_bytes(bytes.data(), bytes.size(), seed)) << cut;
    }
  }
}

TEST(Hasher, GoesOnAfterADigest) {
  Hasher hasher;
  hasher.add(1.5F);
  const std::uint64_t first = hasher.digest();
  hasher.add(7);
  EXPECT_NE(hasher.digest(), first);
  Hasher copy = hasher;
  EXPECT_EQ(copy.digest(), hasher.digest()) << "a copy carries the pieces so far";
}

}  // namespace
}  // namespace volery
