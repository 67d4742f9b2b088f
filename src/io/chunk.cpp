#include "io/chunk.hpp"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <string>

#include "core/hash.hpp"
#include "io/bytes.hpp"

namespace volery::io {

namespace {

constexpr std::uint32_t kMark = 0x4B484356;  // "VCHK"

[[noreturn]] void damaged(const std::string& why) {
  throw Error(ErrorKind::kFile, "a chunk is damaged: " + why);
}

}  // namespace

bool hash_matches(std::span<const std::uint8_t> bytes, std::uint64_t hash) noexcept {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  (void)bytes, (void)hash;
  return true;
#else
  return hash_bytes(bytes.data(), bytes.size()) == hash;
#endif
}

std::optional<ParsedHead> parse_head(std::span<const std::uint8_t> bytes) noexcept {
  if (bytes.size() < kHeadBytes) return std::nullopt;
  ByteReader reader(bytes.first(kHeadBytes));
  ParsedHead parsed;
  const auto mark = reader.number<std::uint32_t>();
  parsed.head.kind = static_cast<ChunkKind>(reader.number<std::uint32_t>());
  parsed.head.first_step = reader.number<std::uint64_t>();
  parsed.head.num_steps = reader.number<std::uint32_t>();
  (void)reader.number<std::uint32_t>();
  parsed.head.raw_size = reader.number<std::uint64_t>();
  parsed.head.packed_size = reader.number<std::uint64_t>();
  parsed.packed_hash = reader.number<std::uint64_t>();
  const auto hash = reader.number<std::uint64_t>();
  if (mark != kMark || !hash_matches(bytes.first(kHeadBytes - sizeof hash), hash)) {
    return std::nullopt;
  }
  if (parsed.head.raw_size > kMostChunkBytes || parsed.head.packed_size > kMostChunkBytes) {
    return std::nullopt;
  }
  return parsed;
}

Packer::Packer(int level) : context_(ZSTD_createCCtx()), level_(level) {
  if (context_ == nullptr) throw std::bad_alloc();
}

Packer::~Packer() {
  ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context_));
}

void Packer::pack(ChunkHead head, std::span<const std::uint8_t> raw,
                  std::vector<std::uint8_t>& out) {
  const std::size_t start = out.size();
  out.resize(start + kHeadBytes + ZSTD_compressBound(raw.size()));
  const std::size_t packed =
      ZSTD_compressCCtx(static_cast<ZSTD_CCtx*>(context_), out.data() + start + kHeadBytes,
                        out.size() - start - kHeadBytes, raw.data(), raw.size(), level_);
  if (ZSTD_isError(packed) != 0) throw std::bad_alloc();
  out.resize(start + kHeadBytes + packed);
  std::vector<std::uint8_t> bytes;
  ByteWriter writer(bytes);
  writer.number(kMark);
  writer.number(static_cast<std::uint32_t>(head.kind));
  writer.number(head.first_step);
  writer.number(head.num_steps);
  writer.number(std::uint32_t{0});
  writer.number(static_cast<std::uint64_t>(raw.size()));
  writer.number(static_cast<std::uint64_t>(packed));
  writer.number(hash_bytes(out.data() + start + kHeadBytes, packed));
  writer.number(hash_bytes(bytes.data(), bytes.size()));
  std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(start));
}

void unpack(const ParsedHead& parsed, std::span<const std::uint8_t> packed,
            std::vector<std::uint8_t>& raw) {
  if (packed.size() != parsed.head.packed_size) damaged("it is cut short");
  if (!hash_matches(packed, parsed.packed_hash)) damaged("its hash does not match");
  const unsigned long long promised = ZSTD_getFrameContentSize(packed.data(), packed.size());
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  // bytes that are not packed stand for themselves: zstd would turn every mutation away
  if (promised == ZSTD_CONTENTSIZE_ERROR) {
    raw.assign(packed.begin(), packed.end());
    return;
  }
#endif
  // past the hash only a forgery can lie about its size; do not let it take memory
  constexpr std::uint64_t kMostRatio = 1U << 17U;
  if (promised != parsed.head.raw_size || promised / kMostRatio > packed.size())
    damaged("its size does not match");
  raw.resize(static_cast<std::size_t>(parsed.head.raw_size));
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed.size());
  if (ZSTD_isError(size) != 0 || size != raw.size()) damaged("zstd cannot unpack it");
}

void to_planes(std::span<const float> values, std::size_t stride, std::uint8_t* to) noexcept {
  const std::size_t n = values.size();
  const auto split = [&](std::size_t i, std::uint32_t bits) {
    to[i] = static_cast<std::uint8_t>(bits);
    to[n + i] = static_cast<std::uint8_t>(bits >> 8U);
    to[2 * n + i] = static_cast<std::uint8_t>(bits >> 16U);
    to[3 * n + i] = static_cast<std::uint8_t>(bits >> 24U);
  };
  const std::size_t head = std::min(stride, n);
  for (std::size_t i = 0; i < head; ++i) split(i, std::bit_cast<std::uint32_t>(values[i]));
  for (std::size_t i = head; i < n; ++i) {
    split(i, std::bit_cast<std::uint32_t>(values[i]) ^
                 std::bit_cast<std::uint32_t>(values[i - stride]));
  }
}

void from_planes(const std::uint8_t* from, std::size_t stride, std::span<float> values) noexcept {
  const std::size_t n = values.size();
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t bits = from[i] | static_cast<std::uint32_t>(from[n + i]) << 8U |
                               static_cast<std::uint32_t>(from[2 * n + i]) << 16U |
                               static_cast<std::uint32_t>(from[3 * n + i]) << 24U;
    values[i] = std::bit_cast<float>(bits);
  }
  for (std::size_t i = stride; i < n; ++i) {
    values[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(values[i]) ^
                                     std::bit_cast<std::uint32_t>(values[i - stride]));
  }
}

}  // namespace volery::io
