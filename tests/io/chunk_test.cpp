#include "io/chunk.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "core/rng.hpp"
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
  // more rows than are taken apart at a time
  while (values.size() < 900) values.push_back(values[values.size() - 9] + 1);
  for (const PlaneShape shape : {PlaneShape{1, 1}, PlaneShape{1, 3}, PlaneShape{1, 10'000},
                                 PlaneShape{3, 3}, PlaneShape{3, 30}, PlaneShape{9, 450}}) {
    std::vector<std::uint8_t> planes(values.size() * 4);
    to_planes(values, shape, planes.data());
    std::vector<float> back(values.size());
    from_planes(planes.data(), shape, back);
    EXPECT_EQ(std::memcmp(back.data(), values.data(), planes.size()), 0)
        << shape.columns << " columns, a stride of " << shape.stride;
  }
}

TEST(Chunk, PlanesHoldColumnAfterColumnWhatChanged) {
  // two steps of two rows of two columns
  const std::vector<std::uint32_t> bits{0x01020304, 0x11121314, 0x21222324, 0x31323334,
                                        0x01020304, 0x11121315, 0x20222324, 0x31323334};
  std::vector<float> values(bits.size());
  std::memcpy(values.data(), bits.data(), bits.size() * 4);
  std::vector<std::uint8_t> planes(bits.size() * 4);
  to_planes(values, {.columns = 2, .stride = 4}, planes.data());
  const std::vector<std::uint8_t> expected{
      0x04, 0x24, 0, 0, 0x14, 0x34, 1, 0,  // the lowest byte: column 0, column 1
      0x03, 0x23, 0, 0, 0x13, 0x33, 0, 0,  //
      0x02, 0x22, 0, 0, 0x12, 0x32, 0, 0,  //
      0x01, 0x21, 0, 1, 0x11, 0x31, 0, 0};
  EXPECT_EQ(planes, expected);
}

TEST(Chunk, PacksPlanesByWhatTheyHold) {
  constexpr std::size_t kPlane = 50'000;
  Rng rng(1, 0, Stream::kAction);
  const auto byte = [&rng](float end) { return static_cast<std::uint8_t>(rng.uniform(0, end)); };
  // noise, zeros, few different bytes that never repeat in a row, noise with zeros between
  std::vector<std::uint8_t> raw{1, 2, 3};
  for (std::size_t i = 0; i < kPlane; ++i) raw.push_back(byte(256));
  raw.resize(raw.size() + kPlane);
  for (std::size_t i = 0; i < kPlane; ++i) raw.push_back(byte(4));
  for (std::size_t i = 0; i < kPlane; ++i) raw.push_back(i < kPlane / 2 ? 0 : byte(256));
  for (const int level : {1, 9}) {
    Packer packer(level);
    std::vector<std::uint8_t> bytes;
    packer.pack({}, raw, bytes, 4 * kPlane);
    const auto head = parse_head(bytes);
    ASSERT_TRUE(head.has_value());
    std::vector<std::uint8_t> back;
    unpack(*head, std::span(bytes).subspan(kHeadBytes), back);
    EXPECT_EQ(back, raw);
    // 8, 0, 2 and 4 bits a byte: codes of whole bits come near to that
    constexpr double kSlack = 1.05;
    EXPECT_LT(static_cast<double>(bytes.size()), kSlack * kPlane * (1 + 0 + 0.25 + 0.5)) << level;
    // frames that end early, or too many of them
    for (const std::size_t cut : {std::size_t{1}, kPlane})
      EXPECT_THROW(
          unpack(*head, std::span(bytes).subspan(kHeadBytes).first(bytes.size() - kHeadBytes - cut),
                 back),
          Error);
  }
}

}  // namespace
}  // namespace volery::io
