#include "io/recorder.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "core/described.hpp"
#include "core/toml.hpp"
#include "io/chunk_file.hpp"
#include "io/events.hpp"
#include "io/model.hpp"
#include "io/pose_writer.hpp"
#include "io/recording_file.hpp"
#include "state/slab.hpp"

namespace volery::io {

namespace {

using Clock = std::chrono::steady_clock;
constexpr double kMega = 1e6;

// Where flags [W][A] are set, as marks.
void mark_flags(const bool* flags, std::size_t worlds, std::size_t agents, std::uint64_t step,
                Mark::Kind kind, std::vector<Mark>& marks) {
  if (flags == nullptr) return;
  const std::size_t count = worlds * agents;
  const bool* at = flags;
  // mostly nothing happened
  while ((at = static_cast<const bool*>(
              std::memchr(at, 1, count - static_cast<std::size_t>(at - flags)))) != nullptr) {
    const auto row = static_cast<std::size_t>(at - flags);
    marks.push_back({step, static_cast<std::int32_t>(row / agents),
                     static_cast<std::int32_t>(row % agents), kind});
    if (++at == flags + count) return;
  }
}

}  // namespace

struct Recorder::Impl {
  Impl(std::filesystem::path given, RecorderOptions chosen)
      : path(std::move(given)), options(std::move(chosen)) {}

  std::filesystem::path path;
  RecorderOptions options;
  std::unique_ptr<ChunkFile> file;
  std::unique_ptr<PoseWriter> poses;
  bool ended = false;     // closed, or about to be
  bool reported = false;  // somebody knows of the failure
  EventChunk chunk;
  Clock::time_point chunk_start;
  std::uint64_t steps = 0;
  std::uint64_t keyframe_step = 0;   // of the last one
  std::uint64_t event_bytes = 0;     // since then
  std::uint64_t keyframe_bytes = 0;  // of the last one

  // False where nothing is recorded any more; tells once why.
  bool listens() {
    if (file == nullptr || ended) return false;
    if (!file->failed()) return true;
    if (std::exchange(reported, true)) return false;
    const std::string why =
        file->failure() + "; the recording ends after step " + std::to_string(steps);
    if (!options.on_failure) throw Error(ErrorKind::kFile, why);
    options.on_failure(why);
    return false;
  }

  ByteWriter begin(EventKind kind) {
    if (chunk.empty()) chunk_start = Clock::now();
    ByteWriter writer(chunk.events);
    writer.number(static_cast<std::uint8_t>(kind));
    return writer;
  }

  void add_fold(const Batch& batch) {
    const FoldRecord fold(batch.fold());
    ByteWriter writer(chunk.folds);
    writer.number(fold.total);
    writer.raw(fold.fields.data(), fold.fields.size() * sizeof(std::uint16_t));
    writer.raw(fold.worlds.data(), fold.worlds.size() * sizeof(std::uint16_t));
  }

  void add_actions(std::span<const float> actions) {
    // room for a whole chunk at once: growing would copy it over and over
    const auto most = static_cast<std::size_t>(options.chunk_mb * kMega) / sizeof(float);
    const std::size_t room =
        std::min(most, actions.size() * static_cast<std::size_t>(options.chunk_steps));
    chunk.actions.reserve(room + actions.size());
    chunk.actions.insert(chunk.actions.end(), actions.begin(), actions.end());
  }

  void mark(std::int32_t world, Mark::Kind kind) {
    chunk.marks.push_back({steps, world, -1, kind});
  }

  void mark_step(const Batch& batch, const StepOutputs& out) {
    const auto worlds = static_cast<std::size_t>(batch.num_worlds());
    const auto agents = static_cast<std::size_t>(batch.num_agents());
    mark_flags(out.terminated, worlds, agents, steps, Mark::Kind::kTerminated, chunk.marks);
    mark_flags(out.truncated, worlds, agents, steps, Mark::Kind::kTruncated, chunk.marks);
    const WorldEvents& events = batch.events();
    for (std::size_t w = 0; w < worlds; ++w) {
      if (events.ended[w] != 0) mark(static_cast<std::int32_t>(w), Mark::Kind::kWorldEnded);
      if (events.status[w] == kStatusOk) continue;
      chunk.marks.push_back({steps, static_cast<std::int32_t>(w),
                             static_cast<std::int32_t>(events.status[w]),
                             Mark::Kind::kWorldFailed});
    }
  }

  void end_step(const Batch& batch, const StepOutputs& out) {
    ++chunk.num_steps;
    ++steps;
    add_fold(batch);
    mark_step(batch, out);
    if (poses != nullptr) poses->step(batch, steps, *file);
    if (keyframe_is_due()) {
      close_chunk();
      write_keyframe(batch);
    } else {
      close_if_full();
    }
  }

  [[nodiscard]] bool keyframe_is_due() const {
    if (options.keyframe_steps == 0) return false;
    const auto bytes = static_cast<double>(event_bytes + chunk.bytes());
    return steps - keyframe_step >= static_cast<std::uint64_t>(options.keyframe_steps) &&
           static_cast<double>(keyframe_bytes) <= bytes * options.keyframe_share;
  }

  void write_keyframe(const Batch& batch) {
    std::vector<std::uint8_t> snapshot = batch.snapshot({});
    keyframe_step = steps;
    keyframe_bytes = snapshot.size();
    event_bytes = 0;
    file->write({ChunkKind::kKeyframe, steps}, std::move(snapshot));
  }

  void close_chunk() {
    if (chunk.empty()) return;
    event_bytes += chunk.bytes();
    file->write(chunk);
  }

  void close_if_full() {
    const bool full = chunk.num_steps >= static_cast<std::uint32_t>(options.chunk_steps) ||
                      static_cast<double>(chunk.bytes()) >= options.chunk_mb * kMega;
    const std::chrono::duration<double> age = Clock::now() - chunk_start;
    if (full || age.count() >= options.chunk_s) close_chunk();
  }
};

Recorder::Recorder(const std::filesystem::path& path, RecorderOptions options)
    : impl_(std::make_unique<Impl>(path, std::move(options))) {}

Recorder::~Recorder() {
  if (impl_->file == nullptr || impl_->ended) return;
  impl_->close_chunk();
  impl_->file->close();
}

void Recorder::attached(const Batch& batch) {
  Impl& impl = *impl_;
  if (impl.file != nullptr) {
    throw Error(ErrorKind::kState, impl.path.string() + ": a recorder records one batch once");
  }
  RecordingHeader header = header_of(batch);
  header.poses_hz = impl.options.poses_hz;
  if (header.poses_hz > 0) impl.poses = std::make_unique<PoseWriter>(batch, header.poses_hz);
  const PlaneShape actions = action_shape(header);
  impl.file =
      std::make_unique<ChunkFile>(impl.path, encode_header(header), actions, impl.options.level);
  // what the batch was before: nothing, or in the middle of a run
  impl.write_keyframe(batch);
}

void Recorder::detached(const Batch& /*batch*/) {
  close();
}

void Recorder::close() {
  Impl& impl = *impl_;
  if (impl.file == nullptr || std::exchange(impl.ended, true)) return;
  impl.close_chunk();
  if (impl.poses != nullptr) impl.poses->flush(*impl.file);
  impl.file->close();
  if (!impl.file->failed() || std::exchange(impl.reported, true)) return;
  if (!impl.options.on_failure) throw Error(ErrorKind::kFile, impl.file->failure());
  impl.options.on_failure(impl.file->failure());
}

bool Recorder::closed() const noexcept {
  return impl_->ended;
}
std::uint64_t Recorder::num_steps() const noexcept {
  return impl_->steps;
}
std::string Recorder::failure() const {
  return impl_->file == nullptr ? std::string() : impl_->file->failure();
}
const std::filesystem::path& Recorder::path() const noexcept {
  return impl_->path;
}

bool Recorder::wants_fold() const noexcept {
  return impl_->file != nullptr && !impl_->ended && !impl_->file->failed();
}

void Recorder::reset(const Batch& batch, const ResetRequest& request) {
  if (!impl_->listens()) return;
  ByteWriter writer = impl_->begin(EventKind::kReset);
  writer.number(static_cast<std::uint8_t>(request.seed.has_value() ? kResetHasSeed : 0));
  writer.number(request.seed.value_or(0));
  writer.numbers(request.seeds);
  writer.numbers(request.mask);
  impl_->add_fold(batch);
  // resets before the first step are no news
  for (int w = 0; impl_->steps > 0 && w < batch.num_worlds(); ++w) {
    if (request.mask.empty() || request.mask[static_cast<std::size_t>(w)] != 0)
      impl_->mark(w, Mark::Kind::kWorldReset);
  }
  impl_->close_if_full();
}

void Recorder::step(const Batch& batch, std::span<const float> actions, const StepOutputs& out) {
  if (!impl_->listens()) return;
  impl_->begin(EventKind::kStep);
  impl_->add_actions(actions);
  impl_->end_step(batch, out);
}

void Recorder::advance(const Batch& /*batch*/, std::span<const float> actions) {
  if (!impl_->listens()) return;
  impl_->begin(EventKind::kAdvance);
  impl_->add_actions(actions);
}

void Recorder::set_columns(const std::string& field, std::span<const float> values) {
  if (!impl_->listens()) return;
  ByteWriter writer = impl_->begin(EventKind::kSetColumns);
  writer.text(field);
  writer.numbers(values);
}

void Recorder::set_rows(const std::string& field, std::span<const float> values) {
  if (!impl_->listens()) return;
  ByteWriter writer = impl_->begin(EventKind::kSetRows);
  writer.text(field);
  writer.numbers(values);
}

void Recorder::finish(const Batch& batch, const HostScores& scores, const StepOutputs& out) {
  if (!impl_->listens()) return;
  const Layout& layout = batch.layout();
  const std::size_t rows = layout.num_rows();
  ByteWriter writer = impl_->begin(EventKind::kFinish);
  const auto add = [&]<class Number>(const Number* values, std::size_t count) {
    writer.number(static_cast<std::uint8_t>(values != nullptr ? 1 : 0));
    if (values != nullptr) writer.raw(values, count * sizeof(Number));
  };
  add(scores.terms, layout.reward_terms.size() * rows);
  add(scores.metrics, layout.metrics.size() * rows);
  add(scores.terminated, rows);
  add(scores.truncated, rows);
  add(scores.crashed, rows);
  impl_->end_step(batch, out);
}

void Recorder::set_state(const Batch& /*batch*/, int world, const std::string& field,
                         std::span<const float> values) {
  if (!impl_->listens()) return;
  ByteWriter writer = impl_->begin(EventKind::kSetState);
  writer.number(static_cast<std::int32_t>(world));
  writer.text(field);
  writer.numbers(values);
  impl_->mark(world, Mark::Kind::kWritten);
  impl_->close_if_full();
}

void Recorder::set_goal(const Batch& /*batch*/, std::span<const float> goals,
                        std::span<const std::uint8_t> mask) {
  if (!impl_->listens()) return;
  ByteWriter writer = impl_->begin(EventKind::kSetGoal);
  writer.numbers(goals);
  writer.numbers(mask);
  impl_->mark(-1, Mark::Kind::kWritten);
  impl_->close_if_full();
}

void Recorder::set_config(const Batch& /*batch*/, const Value& changes,
                          std::span<const std::uint8_t> mask, When when) {
  if (!impl_->listens()) return;
  ByteWriter writer =
      impl_->begin(when == When::kNow ? EventKind::kSetConfigNow : EventKind::kSetConfig);
  writer.text(write_toml(changes));
  writer.numbers(mask);
  impl_->mark(-1, Mark::Kind::kWritten);
  impl_->close_if_full();
}

void Recorder::set_jammers(const Batch& /*batch*/, int world, std::span<const Jammer> jammers) {
  if (!impl_->listens()) return;
  std::vector<float> numbers;
  for (const Jammer& jammer : jammers) {
    numbers.insert(numbers.end(), jammer.center_w_m.begin(), jammer.center_w_m.end());
    numbers.insert(numbers.end(),
                   {jammer.radius_m, jammer.probability, jammer.falling ? 1.0F : 0.0F});
  }
  ByteWriter writer = impl_->begin(EventKind::kSetJammers);
  writer.number(static_cast<std::int32_t>(world));
  writer.numbers(std::span<const float>(numbers));
  impl_->mark(world, Mark::Kind::kWritten);
  impl_->close_if_full();
}

void Recorder::restore(const Batch& batch, std::span<const std::uint8_t> snapshot,
                       std::span<const int> worlds) {
  if (!impl_->listens()) return;
  ByteWriter writer = impl_->begin(EventKind::kRestore);
  writer.numbers(worlds);
  writer.numbers(snapshot);
  impl_->add_fold(batch);
  impl_->mark(worlds.size() == 1 ? worlds.front() : -1, Mark::Kind::kWritten);
  impl_->close_if_full();
}

void Recorder::branch(const Batch& batch, std::span<const std::uint8_t> snapshot) {
  if (!impl_->listens()) return;
  ByteWriter writer = impl_->begin(EventKind::kBranch);
  writer.numbers(snapshot);
  impl_->add_fold(batch);
  impl_->mark(-1, Mark::Kind::kWritten);
  impl_->close_if_full();
}

}  // namespace volery::io
