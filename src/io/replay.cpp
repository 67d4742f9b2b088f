#include "io/replay.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

#include "core/toml.hpp"
#include "io/model.hpp"
#include "state/slab.hpp"
#include "volery/journal.hpp"

namespace volery::io {

namespace {

// Asks for folds on the way, which is what all of a replay is compared by.
class Folder final : public Journal {
 public:
  [[nodiscard]] bool wants_fold() const noexcept override { return true; }
};

// An array of a host's scores, or null where it gave none.
template <class Number>
const Number* optional_array(ByteReader& reader, std::size_t count, std::vector<Number>& memory) {
  if (reader.number<std::uint8_t>() == 0) return nullptr;
  memory.resize(count);
  reader.fill(std::span<Number>(memory));
  return memory.data();
}

const bool* optional_flags(ByteReader& reader, std::size_t count, std::unique_ptr<bool[]>& memory) {
  if (reader.number<std::uint8_t>() == 0) return nullptr;
  const auto bytes = reader.raw(count);
  memory = std::make_unique<bool[]>(count);
  for (std::size_t i = 0; i < count; ++i) memory[i] = bytes[i] != 0;
  return memory.get();
}

std::vector<Jammer> read_jammers(ByteReader& reader) {
  const std::vector<float> numbers = reader.numbers<float>();
  if (numbers.size() % kJammerNumbers != 0) throw Error(ErrorKind::kFile, "a jammer is not whole");
  std::vector<Jammer> jammers;
  for (std::size_t i = 0; i < numbers.size(); i += kJammerNumbers) {
    const float* n = numbers.data() + i;
    jammers.push_back({{n[0], n[1], n[2]}, n[3], n[4], n[5] != 0});
  }
  return jammers;
}

}  // namespace

Replay::Replay(RecordingFile& file, const PlayerOptions& options)
    : file_(file), batch_(batch_of(file.header(), options)) {
  const Layout& layout = batch_.layout();
  const std::size_t rows = layout.num_rows();
  observation_.resize(layout.observation_count());
  reward_.resize(rows);
  flags_ = std::make_unique<bool[]>(3 * rows);
  out_ = {.observation = observation_.data(),
          .reward = reward_.data(),
          .terminated = flags_.get(),
          .truncated = flags_.get() + rows,
          .alive = flags_.get() + 2 * rows};
  if (options.terms) {
    terms_.resize(rows * layout.reward_terms.size());
    final_observation_.resize(layout.observation_count());
    out_.reward_terms = terms_.data();
    out_.final_observation = final_observation_.data();
  }
  batch_.attach(std::make_shared<Folder>());
}

std::span<const float> Replay::actions() const noexcept {
  return position_ == 0 ? std::span<const float>() : std::span<const float>(last_actions_);
}

// The chunk under the cursor; the next one is unpacked while this one plays.
void Replay::read_chunk() {
  const std::vector<ChunkPlace>& chunks = file_.chunks();
  loaded_ = static_cast<std::size_t>(-1);
  if (std::exchange(next_, static_cast<std::size_t>(-1)) == cursor_.chunk) {
    chunk_ = ahead_.get();
  } else {
    file_.read(chunks[cursor_.chunk], chunk_);
  }
  loaded_ = cursor_.chunk;
  for (std::size_t i = loaded_ + 1; i < chunks.size(); ++i) {
    if (chunks[i].head.kind != ChunkKind::kEvents) continue;
    try {
      ahead_ = file_.read_ahead(chunks[i]);
      next_ = i;
    } catch (const std::system_error&) {
      // no threads to be had: it is unpacked when its turn comes
    }
    return;
  }
}

// The chunk of events under the cursor, or the first one after it; false at the end.
bool Replay::load_chunk() {
  const std::vector<ChunkPlace>& chunks = file_.chunks();
  for (;; cursor_ = {cursor_.chunk + 1, 0, 0, 0}) {
    if (cursor_.chunk >= chunks.size()) return false;
    if (chunks[cursor_.chunk].head.kind != ChunkKind::kEvents) continue;
    if (loaded_ != cursor_.chunk) {
      read_chunk();
    }
    if (cursor_.event < chunk_.events.size()) return true;
  }
}

std::span<const float> Replay::take_actions() {
  const std::size_t row = action_shape(file_.header()).stride;
  const std::size_t first = cursor_.action++ * row;
  if (first > chunk_.actions.size() || row > chunk_.actions.size() - first)
    throw Error(ErrorKind::kFile, "actions are missing");
  last_actions_.assign(chunk_.actions.begin() + static_cast<std::ptrdiff_t>(first),
                       chunk_.actions.begin() + static_cast<std::ptrdiff_t>(first + row));
  return last_actions_;
}

void Replay::compare(const char* what) {
  const RecordingHeader& header = file_.header();
  const auto worlds = static_cast<std::size_t>(header.num_worlds);
  const std::size_t size = fold_bytes(header.fields.size(), worlds);
  const std::size_t first = cursor_.fold++ * size;
  if (first > chunk_.folds.size() || size > chunk_.folds.size() - first)
    throw Error(ErrorKind::kFile, "hashes are missing");
  FoldRecord was;
  was.fields.resize(header.fields.size());
  was.worlds.resize(worlds);
  ByteReader reader(std::span(chunk_.folds).subspan(first, size));
  was.total = reader.number<std::uint64_t>();
  reader.fill(std::span(was.fields));
  reader.fill(std::span(was.worlds));

  const FoldRecord is(batch_.fold());
  if (is == was || difference_.has_value()) return;
  Difference difference{position_, what, {}, {}};
  for (std::size_t w = 0; w < worlds; ++w) {
    if (is.worlds[w] != was.worlds[w]) difference.worlds.push_back(static_cast<int>(w));
  }
  for (std::size_t f = 0; f < header.fields.size(); ++f) {
    if (is.fields[f] != was.fields[f]) difference.fields.push_back(header.fields[f]);
  }
  difference_ = difference;
}

void Replay::place_rows() {
  for (const auto& [field, values] : rows_) batch_.set_rows(field, values);
}

void Replay::apply_reset(ByteReader& reader) {
  ResetRequest request;
  const auto flags = reader.number<std::uint8_t>();
  const auto seed = reader.number<std::uint64_t>();
  if ((flags & kResetHasSeed) != 0) request.seed = seed;
  const auto seeds = reader.numbers<std::uint64_t>();
  const auto mask = reader.numbers<std::uint8_t>();
  request.seeds = seeds;
  request.mask = mask;
  clear_outputs();
  try {
    batch_.reset(request, {.observation = out_.observation, .alive = out_.alive},
                 [this](std::span<const int>) { place_rows(); });
  } catch (const Error&) {
    // a world that could not be placed is told of after the reset, then as now
    const auto status = batch_.events().status;
    const bool failed = std::any_of(status.begin(), status.end(),
                                    [](std::uint32_t s) { return (s & kStatusSpawnFailed) != 0; });
    if (!failed) throw;
  }
  rows_.clear();
  compare("reset");
}

void Replay::apply_finish(ByteReader& reader) {
  const Layout& layout = batch_.layout();
  const std::size_t rows = layout.num_rows();
  std::vector<float> terms;
  std::vector<float> metrics;
  std::unique_ptr<bool[]> flags[3];
  HostScores scores;
  scores.terms = optional_array(reader, layout.reward_terms.size() * rows, terms);
  scores.metrics = optional_array(reader, layout.metrics.size() * rows, metrics);
  scores.terminated = optional_flags(reader, rows, flags[0]);
  scores.truncated = optional_flags(reader, rows, flags[1]);
  scores.crashed = optional_flags(reader, rows, flags[2]);
  batch_.finish(scores, out_, [this](std::span<const int>) { place_rows(); });
  rows_.clear();
}

void Replay::apply_write(EventKind kind, ByteReader& reader) {
  switch (kind) {
    case EventKind::kSetColumns: {
      const std::string field = reader.text();
      return batch_.set_columns(field, reader.numbers<float>());
    }
    case EventKind::kSetRows: {
      std::string field = reader.text();
      rows_.emplace_back(std::move(field), reader.numbers<float>());
      return;
    }
    case EventKind::kSetState: {
      const auto world = reader.number<std::int32_t>();
      const std::string field = reader.text();
      return batch_.set_state(world, field, reader.numbers<float>());
    }
    case EventKind::kSetGoal: {
      const auto goals = reader.numbers<float>();
      return batch_.set_goal(goals, reader.numbers<std::uint8_t>());
    }
    case EventKind::kSetConfig:
    case EventKind::kSetConfigNow: {
      const Value changes = parse_toml(reader.text(), "set_config");
      return batch_.set_config(changes, reader.numbers<std::uint8_t>(),
                               kind == EventKind::kSetConfigNow ? When::kNow : When::kReset);
    }
    case EventKind::kSetJammers: {
      const auto world = reader.number<std::int32_t>();
      return batch_.set_jammers(world, read_jammers(reader));
    }
    case EventKind::kRestore: {
      const auto worlds = reader.numbers<int>();
      batch_.restore(reader.numbers<std::uint8_t>(), worlds);
      return compare("restore");
    }
    case EventKind::kBranch:
      batch_.branch(reader.numbers<std::uint8_t>());
      return compare("branch");
    default:
      throw Error(ErrorKind::kFile, "an event of an unknown kind");
  }
}

// True where a step has ended.
bool Replay::apply(EventKind kind, ByteReader& reader) {
  switch (kind) {
    case EventKind::kStep:
      batch_.step(take_actions(), out_);
      break;
    case EventKind::kAdvance:
      batch_.advance(take_actions());
      return false;
    case EventKind::kFinish:
      apply_finish(reader);
      break;
    case EventKind::kReset:
      apply_reset(reader);
      return false;
    default:
      apply_write(kind, reader);
      return false;
  }
  ++position_;
  compare("step");
  return true;
}

bool Replay::next_is_step() {
  const auto kind = static_cast<EventKind>(chunk_.events[cursor_.event]);
  return kind == EventKind::kStep || kind == EventKind::kAdvance;
}

bool Replay::step() {
  if (position_ >= file_.num_steps()) return false;
  while (load_chunk()) {
    ByteReader reader(chunk_.events, cursor_.event);
    const auto kind = static_cast<EventKind>(reader.number<std::uint8_t>());
    bool ended = false;
    try {
      ended = apply(kind, reader);
    } catch (const Error& error) {
      throw Error(ErrorKind::kFile, file_.path().string() + ": step " +
                                        std::to_string(position_ + 1) +
                                        " cannot be done again: " + error.what());
    }
    cursor_.event = reader.position();
    if (ended) return true;
  }
  return false;
}

void Replay::clear_outputs() noexcept {
  const std::size_t rows = reward_.size();
  std::fill(reward_.begin(), reward_.end(), 0.0F);
  std::fill(terms_.begin(), terms_.end(), 0.0F);
  std::fill_n(flags_.get(), 2 * rows, false);
}

void Replay::restore(std::span<const std::uint8_t> snapshot, std::uint64_t position,
                     const Cursor& cursor) {
  try {
    batch_.restore(snapshot, {});
  } catch (const Error& error) {
    throw Error(ErrorKind::kFile, file_.path().string() + ": the snapshot at step " +
                                      std::to_string(position) + ": " + error.what());
  }
  position_ = position;
  cursor_ = cursor;
  rows_.clear();
  difference_.reset();
  clear_outputs();
}

void Replay::begin() {
  // whatever comes before the first step belongs to where it starts from
  while (load_chunk() && !next_is_step()) {
    ByteReader reader(chunk_.events, cursor_.event);
    const auto kind = static_cast<EventKind>(reader.number<std::uint8_t>());
    try {
      (void)apply(kind, reader);
    } catch (const Error& error) {
      throw Error(ErrorKind::kFile,
                  file_.path().string() + ": its start cannot be done again: " + error.what());
    }
    cursor_.event = reader.position();
  }
  batch_.observe(observation_.data());
  std::vector<float> alive(reward_.size());
  batch_.state("alive", alive);
  for (std::size_t i = 0; i < alive.size(); ++i) out_.alive[i] = alive[i] != 0;
}

}  // namespace volery::io
