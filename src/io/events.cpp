#include "io/events.hpp"

#include "core/hash.hpp"
#include "io/bytes.hpp"

namespace volery::io {

FoldRecord::FoldRecord(const StateFold& fold)
    : total(hash_bytes(fold.worlds.data(), fold.worlds.size_bytes(),
                       hash_bytes(fold.fields.data(), fold.fields.size_bytes()))) {
  fields.reserve(fold.fields.size());
  // both halves are mixed; one is enough to tell
  for (const std::uint32_t field : fold.fields)
    fields.push_back(static_cast<std::uint16_t>(field >> 16U));
  worlds.reserve(fold.worlds.size());
  for (const std::uint64_t world : fold.worlds)
    worlds.push_back(static_cast<std::uint16_t>(world >> 48U));
}

void EventChunk::clear() noexcept {
  num_steps = 0;
  events.clear();
  folds.clear();
  actions.clear();
  marks.clear();
}

void write_marks(const std::vector<Mark>& marks, ByteWriter& writer) {
  writer.number(static_cast<std::uint64_t>(marks.size()));
  for (const Mark& mark : marks) {
    writer.number(mark.step);
    writer.number(mark.world);
    writer.number(mark.agent);
    writer.number(static_cast<std::uint8_t>(mark.kind));
  }
}

std::vector<Mark> read_marks(ByteReader& reader) {
  std::vector<Mark> marks;
  for (auto left = reader.number<std::uint64_t>(); left > 0; --left) {
    Mark mark;
    mark.step = reader.number<std::uint64_t>();
    mark.world = reader.number<std::int32_t>();
    mark.agent = reader.number<std::int32_t>();
    mark.kind = static_cast<Mark::Kind>(reader.number<std::uint8_t>());
    marks.push_back(mark);
  }
  return marks;
}

void encode(const EventChunk& chunk, PlaneShape actions, std::vector<std::uint8_t>& out) {
  out.clear();
  ByteWriter writer(out);
  writer.numbers(std::span<const std::uint8_t>(chunk.events));
  writer.numbers(std::span<const std::uint8_t>(chunk.folds));
  write_marks(chunk.marks, writer);
  writer.number(static_cast<std::uint64_t>(chunk.actions.size()));
  const std::size_t at = out.size();
  out.resize(at + chunk.actions.size() * sizeof(float));
  to_planes(chunk.actions, actions, out.data() + at);
}

void decode(std::span<const std::uint8_t> bytes, PlaneShape actions, EventChunk& chunk) {
  ByteReader reader(bytes);
  chunk.events = reader.numbers<std::uint8_t>();
  chunk.folds = reader.numbers<std::uint8_t>();
  chunk.marks = read_marks(reader);
  const auto count = reader.number<std::uint64_t>();
  const auto planes = reader.raw(count > kMostChunkBytes ? kMostChunkBytes : count * sizeof(float));
  if (count % actions.columns != 0)
    throw Error(ErrorKind::kFile, "a chunk holds actions that are not whole");
  chunk.actions.resize(static_cast<std::size_t>(count));
  from_planes(planes.data(), actions, chunk.actions);
  if (!reader.at_end()) throw Error(ErrorKind::kFile, "a chunk is longer than what it holds");
}

}  // namespace volery::io
