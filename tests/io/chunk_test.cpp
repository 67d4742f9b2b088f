#include "io/chunk.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "volery/error.hpp"

namespace volery::io {
namespace {

TEST(Chunk, ComesBackAsItWas) {
  Packer packer(1);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}}) {
    std::vector<std::uint8_t> raw(size);
    std::iota(raw.begin(), raw.end(), std::uint8_t{3});
    std::vector<std::uint8_t> bytes;
    packer.pack({.kind = ChunkKind::kPoses, .first_step = 7, .num_steps = 9}, raw, bytes);
    const auto head = parse_head(bytes);
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->head.kind, ChunkKind::kPoses);
    EXPECT_EQ(head->head.first_step, 7U);
    EXPECT_EQ(head->head.num_steps, 9U);
    EXPECT_EQ(head->head.packed_size + kHeadBytes, bytes.size());
    std::vector<std::uint8_t> back;
    unpack(*head, std::span(bytes).subspan(kHeadBytes), back);
    EXPECT_EQ(back, raw);
  }
}

TEST(Chunk, NoticesEveryChangedByte) {
  Packer packer(1);
  const std::vector<std::uint8_t> raw(300, 5);
  std::vector<std::uint8_t> good;
  packer.pack({}, raw, good);
  std::vector<std::uint8_t> back;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::vector<std::uint8_t> bytes = good;
    bytes[i] ^= 0x80;
    const auto head = parse_head(bytes);
    if (i < kHeadBytes) {
      EXPECT_FALSE(head.has_value()) << i;
    } else {
      ASSERT_TRUE(head.has_value());
      EXPECT_THROW(unpack(*head, std::span(bytes).subspan(kHeadBytes), back), Error) << i;
    }
  }
}

TEST(Chunk, PlanesKeepEveryBitOfEveryNumber) {
  std::vector<float> values{0.0F,
                            -0.0F,
                            1.5F,
                            -3e38F,
                            std::numeric_limits<float>::denorm_min(),
                            std::numeric_limits<float>::infinity(),
                            std::nanf("7"),
                            2.0F,
                            2.0F};
  for (const std::size_t stride : {std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
    std::vector<std::uint8_t> planes(values.size() * 4);
    to_planes(values, stride, planes.data());
    std::vector<float> back(values.size());
    from_planes(planes.data(), stride, back);
    EXPECT_EQ(std::memcmp(back.data(), values.data(), planes.size()), 0) << stride;
  }
}

}  // namespace
}  // namespace volery::io
