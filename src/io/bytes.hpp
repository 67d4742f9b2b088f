// Bytes of recordings: little-endian numbers, one after the other, and a reader that never leaves
// what it was given.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "volery/error.hpp"

namespace volery::io {

static_assert(std::endian::native == std::endian::little, "files are written as memory is");

/// Appends to bytes.
class ByteWriter {
 public:
  explicit ByteWriter(std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}
  void raw(const void* data, std::size_t size);
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void number(Number value) { raw(&value, sizeof value); }
  /// A count, then the numbers.
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void numbers(std::span<const Number> values) {
    number(static_cast<std::uint64_t>(values.size()));
    raw(values.data(), values.size_bytes());
  }
  void text(std::string_view value) { numbers(std::span<const char>(value.data(), value.size())); }

 private:
  std::vector<std::uint8_t>& bytes_;
};

/// Reads within bounds; throws Error(kFile) at the end.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes, std::size_t at = 0)
      : bytes_(bytes), at_(at) {}

  [[nodiscard]] std::span<const std::uint8_t> raw(std::uint64_t size) {
    if (size > bytes_.size() - at_) throw Error(ErrorKind::kFile, "a chunk ends too early");
    const auto part = bytes_.subspan(at_, static_cast<std::size_t>(size));
    at_ += static_cast<std::size_t>(size);
    return part;
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  [[nodiscard]] Number number() {
    Number value;
    std::memcpy(&value, raw(sizeof value).data(), sizeof value);
    return value;
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void fill(std::span<Number> values) {
    const auto from = raw(values.size_bytes());
    if (!values.empty()) std::memcpy(values.data(), from.data(), from.size());
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  [[nodiscard]] std::vector<Number> numbers() {
    const auto count = number<std::uint64_t>();
    // before anything is allocated
    if (count > (bytes_.size() - at_) / sizeof(Number))
      throw Error(ErrorKind::kFile, "a chunk ends too early");
    std::vector<Number> values(static_cast<std::size_t>(count));
    fill(std::span<Number>(values));
    return values;
  }
  [[nodiscard]] std::string text() {
    const auto part = raw(number<std::uint64_t>());
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }
  [[nodiscard]] bool at_end() const noexcept { return at_ == bytes_.size(); }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

}  // namespace volery::io
