#include "io/chunk.hpp"

// for ZSTD_c_literalCompressionMode
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
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

// Bits that a byte of a plane is worth, from some thousand of them (which has it too low by 0.05
// where all bytes are equally frequent).
double sampled_entropy(std::span<const std::uint8_t> plane) {
  constexpr std::size_t kSamples = 4096;
  const std::size_t step = std::max<std::size_t>(1, plane.size() / kSamples);
  std::array<int, 256> counts{};
  int samples = 0;
  for (std::size_t i = 0; i < plane.size(); i += step, ++samples) ++counts[plane[i]];
  double bits = 0;
  for (const int count : counts) {
    if (count > 0) bits += count * std::log2(static_cast<double>(samples) / count);
  }
  return samples == 0 ? 0 : bits / samples;
}

// Above, a plane is taken for noise in which only long runs are worth finding: to win a tenth of
// its bytes would take ten times as long.
constexpr double kNoiseBits = 7;
constexpr int kNoiseLevel = -5;
// Below, what repeats are runs, and the rest is in how frequent bytes are; so literals are packed
// and matches hardly sought (steps of 64 bytes). Half of the time of level 1, 0.5 % more bytes.
constexpr int kCoarseStep = 64;
constexpr int kLongMatch = 7;
constexpr int kPackLiterals = 1;  // ZSTD_ps_enable, which had other names before

// Sizes of the zstd frames that follow each other, added up; nothing where some are none.
std::optional<std::uint64_t> promised_size(std::span<const std::uint8_t> packed) {
  std::uint64_t sum = 0;
  while (!packed.empty()) {
    const std::size_t frame = ZSTD_findFrameCompressedSize(packed.data(), packed.size());
    const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (ZSTD_isError(frame) != 0 || size > kMostChunkBytes) return std::nullopt;
    sum += size;
    packed = packed.subspan(frame);
  }
  return sum;
}

// Rows that are taken apart at a time: few enough for their numbers to stay in the first cache.
constexpr std::size_t kTileRows = 64;

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

void Packer::append(std::span<const std::uint8_t> part, bool is_plane,
                    std::vector<std::uint8_t>& out) {
  auto* context = static_cast<ZSTD_CCtx*>(context_);
  const bool is_noise = is_plane && sampled_entropy(part) > kNoiseBits;
  const auto set = [&](ZSTD_cParameter name, int value) {
    if (ZSTD_isError(ZSTD_CCtx_setParameter(context, name, value)) != 0) throw std::bad_alloc();
  };
  ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
  set(ZSTD_c_compressionLevel, is_noise ? std::min(level_, kNoiseLevel) : level_);
  if (is_plane && !is_noise && level_ <= 1) {
    set(ZSTD_c_strategy, ZSTD_fast);
    set(ZSTD_c_minMatch, kLongMatch);
    set(ZSTD_c_targetLength, kCoarseStep);
    set(ZSTD_c_literalCompressionMode, kPackLiterals);
  }
  const std::size_t start = out.size();
  out.resize(start + ZSTD_compressBound(part.size()));
  const std::size_t packed =
      ZSTD_compress2(context, out.data() + start, out.size() - start, part.data(), part.size());
  if (ZSTD_isError(packed) != 0) throw std::bad_alloc();
  out.resize(start + packed);
}

void Packer::pack(ChunkHead head, std::span<const std::uint8_t> raw, std::vector<std::uint8_t>& out,
                  std::size_t plane_bytes) {
  const std::size_t start = out.size();
  out.resize(start + kHeadBytes);
  append(raw.first(raw.size() - plane_bytes), false, out);
  for (std::size_t at = raw.size() - plane_bytes; at < raw.size(); at += plane_bytes / 4)
    append(raw.subspan(at, plane_bytes / 4), true, out);
  const std::span<const std::uint8_t> packed = std::span(out).subspan(start + kHeadBytes);
  std::vector<std::uint8_t> bytes;
  ByteWriter writer(bytes);
  writer.number(kMark);
  writer.number(static_cast<std::uint32_t>(head.kind));
  writer.number(head.first_step);
  writer.number(head.num_steps);
  writer.number(std::uint32_t{0});
  writer.number(static_cast<std::uint64_t>(raw.size()));
  writer.number(static_cast<std::uint64_t>(packed.size()));
  writer.number(hash_bytes(packed.data(), packed.size()));
  writer.number(hash_bytes(bytes.data(), bytes.size()));
  std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(start));
}

void unpack(const ParsedHead& parsed, std::span<const std::uint8_t> packed,
            std::vector<std::uint8_t>& raw) {
  if (packed.size() != parsed.head.packed_size) damaged("it is cut short");
  if (!hash_matches(packed, parsed.packed_hash)) damaged("its hash does not match");
  const std::optional<std::uint64_t> promised = promised_size(packed);
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  // bytes that are not packed stand for themselves: zstd would turn every mutation away
  if (!promised) {
    raw.assign(packed.begin(), packed.end());
    return;
  }
#endif
  // past the hash only a forgery can lie about its size; do not let it take memory
  constexpr std::uint64_t kMostRatio = 1U << 17U;
  if (promised != parsed.head.raw_size || *promised / kMostRatio > packed.size())
    damaged("its size does not match");
  raw.resize(static_cast<std::size_t>(parsed.head.raw_size));
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed.size());
  if (ZSTD_isError(size) != 0 || size != raw.size()) damaged("zstd cannot unpack it");
}

void to_planes(std::span<const float> values, PlaneShape shape, std::uint8_t* to) noexcept {
  const std::size_t n = values.size(), rows = n / shape.columns;
  std::array<std::uint32_t, kTileRows> bits;
  for (std::size_t first = 0; first < rows; first += kTileRows) {
    const std::size_t count = std::min(kTileRows, rows - first);
    for (std::size_t column = 0; column < shape.columns; ++column) {
      std::size_t i = first * shape.columns + column;
      for (std::size_t k = 0; k < count; ++k, i += shape.columns) {
        const float before = i < shape.stride ? 0.0F : values[i - shape.stride];
        bits[k] = std::bit_cast<std::uint32_t>(values[i]) ^ std::bit_cast<std::uint32_t>(before);
      }
      std::uint8_t* plane = to + column * rows + first;
      for (int shift = 0; shift < 32; shift += 8, plane += n) {
        for (std::size_t k = 0; k < count; ++k)
          plane[k] = static_cast<std::uint8_t>(bits[k] >> shift);
      }
    }
  }
}

void from_planes(const std::uint8_t* from, PlaneShape shape, std::span<float> values) noexcept {
  const std::size_t n = values.size(), rows = n / shape.columns;
  for (std::size_t first = 0; first < rows; first += kTileRows) {
    const std::size_t count = std::min(kTileRows, rows - first);
    for (std::size_t column = 0; column < shape.columns; ++column) {
      const std::uint8_t* plane = from + column * rows + first;
      std::size_t i = first * shape.columns + column;
      for (std::size_t k = 0; k < count; ++k, ++plane, i += shape.columns) {
        const std::uint32_t bits = plane[0] | static_cast<std::uint32_t>(plane[n]) << 8U |
                                   static_cast<std::uint32_t>(plane[2 * n]) << 16U |
                                   static_cast<std::uint32_t>(plane[3 * n]) << 24U;
        const float before = i < shape.stride ? 0.0F : values[i - shape.stride];
        values[i] = std::bit_cast<float>(bits ^ std::bit_cast<std::uint32_t>(before));
      }
    }
  }
}

}  // namespace volery::io
