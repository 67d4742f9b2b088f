// Layout of a file: magic, format, size of the header, its hash, the header as TOML; chunks; the
// index, a chunk too; where the index is, and a magic again.
#include "io/recording_file.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "core/hash.hpp"
#include "core/toml.hpp"
#include "io/bytes.hpp"

namespace volery::io {

namespace {

// the line ends show what a transfer in text mode did
constexpr std::array<char, 8> kMagic{'V', 'O', 'L', 'R', 'E', 'C', '\r', '\n'};
constexpr std::array<char, 8> kEndMagic{'V', 'O', 'L', 'E', 'N', 'D', '\r', '\n'};
constexpr std::size_t kPreambleBytes = kMagic.size() + 4 + 4 + 8;
constexpr std::size_t kTrailerBytes = 8 + kEndMagic.size();
constexpr std::uint32_t kMostHeaderBytes = 1U << 28U;
constexpr const char* kMarkNames[] = {"terminated",  "truncated",    "world_ended",
                                      "world_reset", "world_failed", "written"};

// Fields of the header's table.
std::string text_of(const Value& table, const char* key) {
  const Value* value = table.find(key);
  if (value == nullptr || !value->is<std::string>())
    throw Error(ErrorKind::kFile, std::string("its header lacks ") + key);
  return value->as<std::string>();
}

int count_of(const Value& table, const char* key, int low) {
  constexpr std::int64_t kMost = 1 << 26;
  const Value* value = table.find(key);
  if (value == nullptr || !value->is<std::int64_t>() || value->as<std::int64_t>() < low ||
      value->as<std::int64_t>() > kMost) {
    throw Error(ErrorKind::kFile, std::string("its header has a bad ") + key);
  }
  return static_cast<int>(value->as<std::int64_t>());
}

double number_of(const Value& table, const char* key) {
  const Value* value = table.find(key);
  if (value == nullptr || !value->is<double>())
    throw Error(ErrorKind::kFile, std::string("its header lacks ") + key);
  return value->as<double>();
}

Value table_of(const Value& table, const char* key) {
  const Value* value = table.find(key);
  if (value == nullptr || !value->is_table())
    throw Error(ErrorKind::kFile, std::string("its header lacks ") + key);
  return *value;
}

std::string hex(std::uint64_t number) {
  char text[24];
  std::snprintf(text, sizeof text, "%016" PRIx64, number);
  return text;
}

RecordingHeader header_from(const Value& table) {
  RecordingHeader header;
  header.version = text_of(table, "version");
  header.config = table_of(table, "config");
  header.host = table_of(table, "host");
  header.model_hash = std::strtoull(text_of(table, "model_hash").c_str(), nullptr, 16);
  header.num_worlds = count_of(table, "num_worlds", 1);
  header.num_agents = count_of(table, "num_agents", 1);
  header.num_props = count_of(table, "num_props", 0);
  header.action_size = count_of(table, "action_size", 1);
  header.step_s = number_of(table, "step_s");
  header.poses_hz = number_of(table, "poses_hz");
  const Value* fields = table.find("fields");
  if (fields == nullptr || !fields->is<Value::Array>())
    throw Error(ErrorKind::kFile, "its header lacks fields");
  for (const Value& field : fields->as<Value::Array>()) {
    if (!field.is<std::string>()) throw Error(ErrorKind::kFile, "its header has bad fields");
    header.fields.push_back(field.as<std::string>());
  }
  return header;
}

bool whole_head(const ChunkPlace& place, std::uint64_t first, std::uint64_t end) {
  return place.offset >= first && place.offset < end &&
         place.head.packed_size <= end - place.offset &&
         kHeadBytes <= end - place.offset - place.head.packed_size;
}

}  // namespace

const char* mark_name(Mark::Kind kind) noexcept {
  const auto i = static_cast<std::size_t>(kind);
  return i < std::size(kMarkNames) ? kMarkNames[i] : "unknown";
}

std::vector<std::uint8_t> encode_header(const RecordingHeader& header) {
  Value::Array fields;
  for (const std::string& field : header.fields) fields.emplace_back(field);
  const std::string text = write_toml(Value(Value::Table{
      {"version", header.version},
      {"config", header.config},
      {"host", header.host},
      {"model_hash", hex(header.model_hash)},
      {"num_worlds", header.num_worlds},
      {"num_agents", header.num_agents},
      {"num_props", header.num_props},
      {"action_size", header.action_size},
      {"step_s", header.step_s},
      {"poses_hz", header.poses_hz},
      {"fields", fields},
  }));
  std::vector<std::uint8_t> bytes;
  ByteWriter writer(bytes);
  writer.raw(kMagic.data(), kMagic.size());
  writer.number(header.format);
  writer.number(static_cast<std::uint32_t>(text.size()));
  writer.number(hash_text(text));
  writer.raw(text.data(), text.size());
  return bytes;
}

void encode_index(const std::vector<ChunkPlace>& places, const std::vector<Mark>& marks,
                  std::vector<std::uint8_t>& out) {
  out.clear();
  ByteWriter writer(out);
  writer.number(static_cast<std::uint64_t>(places.size()));
  for (const ChunkPlace& place : places) {
    writer.number(static_cast<std::uint32_t>(place.head.kind));
    writer.number(place.head.first_step);
    writer.number(place.head.num_steps);
    writer.number(place.head.raw_size);
    writer.number(place.head.packed_size);
    writer.number(place.offset);
  }
  write_marks(marks, writer);
}

void append_trailer(std::uint64_t index_offset, std::vector<std::uint8_t>& out) {
  ByteWriter writer(out);
  writer.number(index_offset);
  writer.raw(kEndMagic.data(), kEndMagic.size());
}

RecordingFile::RecordingFile(const std::filesystem::path& path) : path_(path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw Error(ErrorKind::kFile, path.string() + ": is a folder");
  file_.open(path, std::ios::binary);
  if (!file_) {
    throw Error(ErrorKind::kFile,
                path.string() + ": cannot be read" +
                    (std::filesystem::exists(path, error) ? "" : "; no such file"));
  }
  file_.seekg(0, std::ios::end);
  size_ = static_cast<std::uint64_t>(file_.tellg());
  try {
    read_header();
  } catch (const Error& bad) {
    throw Error(ErrorKind::kFile, path.string() + ": " + bad.what());
  }
  if (!read_index()) scan();
}

PlaneShape action_shape(const RecordingHeader& header) noexcept {
  const auto columns = static_cast<std::size_t>(header.action_size);
  return {columns, static_cast<std::size_t>(header.num_worlds) *
                       static_cast<std::size_t>(header.num_agents) * columns};
}

std::vector<std::uint8_t> RecordingFile::bytes_at(std::uint64_t offset, std::uint64_t count) {
  if (offset >= size_) return {};
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(std::min(count, size_ - offset)));
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(offset));
  file_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file_.gcount()));
  return bytes;
}

void RecordingFile::read_header() {
  const std::vector<std::uint8_t> preamble = bytes_at(0, kPreambleBytes);
  if (preamble.size() < kMagic.size() ||
      std::memcmp(preamble.data(), kMagic.data(), kMagic.size()) != 0) {
    throw Error(ErrorKind::kFile, preamble.empty() ? "is empty, not a recording of volery"
                                                   : "is not a recording of volery");
  }
  if (preamble.size() < kPreambleBytes) throw Error(ErrorKind::kFile, "is cut short in its header");
  ByteReader reader(preamble, kMagic.size());
  const auto format = reader.number<std::uint32_t>();
  if (format != kRecordingFormat) {
    throw Error(ErrorKind::kFile, "is of recording format " + std::to_string(format) +
                                      "; this version (" VOLERY_VERSION ") reads format " +
                                      std::to_string(kRecordingFormat) +
                                      "; replay it with the version that wrote it");
  }
  const auto size = reader.number<std::uint32_t>();
  const auto hash = reader.number<std::uint64_t>();
  if (size > kMostHeaderBytes) throw Error(ErrorKind::kFile, "is damaged in its header");
  const std::vector<std::uint8_t> text = bytes_at(kPreambleBytes, size);
  if (text.size() < size) throw Error(ErrorKind::kFile, "is cut short in its header");
  if (!hash_matches(text, hash)) throw Error(ErrorKind::kFile, "is damaged in its header");
  header_ =
      header_from(parse_toml({reinterpret_cast<const char*>(text.data()), text.size()}, "header"));
  first_chunk_ = kPreambleBytes + size;
}

// Takes a chunk into the list where its steps go on from those before.
bool RecordingFile::accept(const ChunkPlace& place) {
  if (place.head.kind == ChunkKind::kEvents) {
    if (place.head.first_step != num_steps_) return false;
    num_steps_ += place.head.num_steps;
  } else if (place.head.kind == ChunkKind::kKeyframe && place.head.first_step != num_steps_) {
    return false;
  }
  chunks_.push_back(place);
  return true;
}

bool RecordingFile::read_index() {
  if (size_ < first_chunk_ + kTrailerBytes) return false;
  const std::vector<std::uint8_t> trailer = bytes_at(size_ - kTrailerBytes, kTrailerBytes);
  if (trailer.size() < kTrailerBytes ||
      std::memcmp(trailer.data() + 8, kEndMagic.data(), kEndMagic.size()) != 0) {
    return false;
  }
  const std::uint64_t end = ByteReader(trailer).number<std::uint64_t>();
  const auto head = parse_head(bytes_at(end, kHeadBytes));
  if (!head || head->head.kind != ChunkKind::kIndex || end < first_chunk_) return false;
  try {
    std::vector<std::uint8_t> raw;
    read({head->head, end}, raw);
    ByteReader reader(raw);
    for (auto left = reader.number<std::uint64_t>(); left > 0; --left) {
      ChunkPlace place;
      place.head.kind = static_cast<ChunkKind>(reader.number<std::uint32_t>());
      place.head.first_step = reader.number<std::uint64_t>();
      place.head.num_steps = reader.number<std::uint32_t>();
      place.head.raw_size = reader.number<std::uint64_t>();
      place.head.packed_size = reader.number<std::uint64_t>();
      place.offset = reader.number<std::uint64_t>();
      if (!whole_head(place, first_chunk_, end) || !accept(place))
        throw Error(ErrorKind::kFile, "its index does not fit the file");
    }
    marks_ = read_marks(reader);
    return true;
  } catch (const Error&) {
    chunks_.clear();
    marks_.clear();
    num_steps_ = 0;
    return false;
  }
}

void RecordingFile::scan() {
  notice_ = "was not closed (the run that wrote it ended early)";
  EventChunk chunk;
  std::vector<std::uint8_t> raw;
  for (std::uint64_t offset = first_chunk_; offset < size_;) {
    const auto head = parse_head(bytes_at(offset, kHeadBytes));
    if (head && head->head.kind == ChunkKind::kIndex) return;
    const auto cut = [&](const std::string& why) {
      notice_ = why + " at byte " + std::to_string(offset) + " of " + std::to_string(size_) +
                ", after step " + std::to_string(num_steps_);
    };
    if (!head) return cut("is cut short or damaged");
    const ChunkPlace place{head->head, offset};
    if (!whole_head(place, first_chunk_, size_)) return cut("is cut short");
    try {
      if (head->head.kind == ChunkKind::kEvents) {
        read(place, chunk);
        marks_.insert(marks_.end(), chunk.marks.begin(), chunk.marks.end());
      } else {
        read(place, raw);
      }
    } catch (const Error&) {
      return cut("is damaged");
    }
    if (!accept(place)) return cut("lacks steps");
    offset += kHeadBytes + head->head.packed_size;
  }
}

namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const ChunkPlace& place,
                         const std::string& why) {
  throw Error(ErrorKind::kFile,
              path.string() + ": steps " + std::to_string(place.head.first_step) + " to " +
                  std::to_string(place.head.first_step + place.head.num_steps) + ": " + why);
}

// What a chunk's bytes in a file unpack to.
void unpack_chunk(const std::filesystem::path& path, const ChunkPlace& place,
                  std::span<const std::uint8_t> bytes, std::vector<std::uint8_t>& raw) {
  const auto head = parse_head(bytes);
  if (!head || head->head.kind != place.head.kind ||
      head->head.first_step != place.head.first_step ||
      head->head.num_steps != place.head.num_steps) {
    refuse(path, place, "a chunk is damaged: its head does not match");
  }
  try {
    unpack(*head, bytes.subspan(kHeadBytes), raw);
  } catch (const Error& error) {
    refuse(path, place, error.what());
  }
}

void unpack_events(const std::filesystem::path& path, const ChunkPlace& place,
                   std::span<const std::uint8_t> bytes, PlaneShape actions, EventChunk& chunk) {
  std::vector<std::uint8_t> raw;
  unpack_chunk(path, place, bytes, raw);
  try {
    decode(raw, actions, chunk);
  } catch (const Error& error) {
    refuse(path, place, error.what());
  }
  chunk.first_step = place.head.first_step;
  chunk.num_steps = place.head.num_steps;
}

}  // namespace

void RecordingFile::read(const ChunkPlace& place, std::vector<std::uint8_t>& raw) {
  unpack_chunk(path_, place, bytes_at(place.offset, kHeadBytes + place.head.packed_size), raw);
}

void RecordingFile::read(const ChunkPlace& place, EventChunk& chunk) {
  unpack_events(path_, place, bytes_at(place.offset, kHeadBytes + place.head.packed_size),
                action_shape(header_), chunk);
}

std::future<EventChunk> RecordingFile::read_ahead(const ChunkPlace& place) {
  return std::async(std::launch::async,
                    [path = path_, place, actions = action_shape(header_),
                     bytes = bytes_at(place.offset, kHeadBytes + place.head.packed_size)] {
                      EventChunk chunk;
                      unpack_events(path, place, bytes, actions, chunk);
                      return chunk;
                    });
}

}  // namespace volery::io
