#include "io/bytes.hpp"

namespace volery::io {

void ByteWriter::raw(const void* data, std::size_t size) {
  if (size == 0) return;
  const auto* from = static_cast<const std::uint8_t*>(data);
  bytes_.insert(bytes_.end(), from, from + size);
}

}  // namespace volery::io
