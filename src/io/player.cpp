#include "io/player.hpp"

#include <algorithm>
#include <map>

#include "io/model.hpp"
#include "io/recording_file.hpp"
#include "io/replay.hpp"

namespace volery::io {

namespace {

constexpr double kMega = 1e6;
// Snapshots of its own lie at least this far apart, and twice as far each time the memory is full.
constexpr std::uint64_t kLeastSpacing = 16;
// What verify() plays between two calls of its progress.
constexpr std::uint64_t kProgressSteps = 64;

// A snapshot to go on from.
struct Saved {
  std::vector<std::uint8_t> bytes;
  Cursor cursor;
};

template <class Item, class Text>
std::string joined(const std::vector<Item>& items, std::size_t most, Text&& text) {
  std::string all;
  for (std::size_t i = 0; i < items.size() && i < most; ++i) {
    if (i > 0) all += ", ";
    all += text(items[i]);
  }
  if (items.size() > most) all += " and " + std::to_string(items.size() - most) + " more";
  return all;
}

}  // namespace

std::string Difference::text() const {
  constexpr std::size_t kMost = 8;
  std::string text = what;
  if (what != "step") text += " after step";
  text += ' ';
  text += std::to_string(step);
  text += ": ";
  if (worlds.empty()) {
    text += "the state differs";
  } else {
    text += worlds.size() == 1 ? "world " : "worlds ";
    text += joined(worlds, kMost, [](int world) { return std::to_string(world); });
    text += worlds.size() == 1 ? " differs" : " differ";
  }
  if (!fields.empty())
    text += " in " + joined(fields, kMost, [](const std::string& field) { return field; });
  return text;
}

struct Player::Impl {
  Impl(const std::filesystem::path& path, const PlayerOptions& given)
      : file(path), options(given), replay(make_replay(file, given)) {
    find_keyframes();
    to_start();
  }

  // the config's errors name the file
  static Replay make_replay(RecordingFile& file, const PlayerOptions& options) {
    try {
      return {file, options};
    } catch (const Error& error) {
      throw Error(error.kind(), file.path().string() + ": " + error.what());
    }
  }

  void find_keyframes() {
    for (std::size_t i = 0; i < file.chunks().size(); ++i) {
      const ChunkHead& head = file.chunks()[i].head;
      if (head.kind == ChunkKind::kKeyframe) keyframes.emplace(head.first_step, i);
    }
    if (!keyframes.contains(0)) {
      throw Error(ErrorKind::kFile,
                  file.path().string() + ": ends before its first chunk; there is nothing to play");
    }
  }

  void restore_keyframe(std::uint64_t position, std::size_t chunk) {
    std::vector<std::uint8_t> snapshot;
    file.read(file.chunks()[chunk], snapshot);
    replay.restore(snapshot, position, {chunk + 1, 0, 0, 0});
  }

  void to_start() {
    restore_keyframe(0, keyframes.at(0));
    replay.begin();
    note_difference();
  }

  // the first of all that were seen
  void note_difference() {
    const auto& found = replay.difference();
    if (found && (!difference || found->step < difference->step)) difference = found;
  }

  bool step() {
    const bool moved = replay.step();
    note_difference();
    if (moved) save();
    return moved;
  }

  // A snapshot now and then, thinned out where they take too much memory.
  void save() {
    const std::uint64_t position = replay.position();
    if (position % spacing != 0 || saved.contains(position)) return;
    Saved here{replay.batch().snapshot({}), replay.cursor()};
    saved_bytes += here.bytes.size();
    saved.emplace(position, std::move(here));
    while (static_cast<double>(saved_bytes) > options.ring_mb * kMega && !saved.empty()) {
      spacing *= 2;
      for (auto it = saved.begin(); it != saved.end();) {
        if (it->first % spacing == 0) {
          ++it;
          continue;
        }
        saved_bytes -= it->second.bytes.size();
        it = saved.erase(it);
      }
      // none fits
      if (spacing > file.num_steps()) {
        saved.clear();
        saved_bytes = 0;
      }
    }
  }

  // Goes to the last snapshot before `target`, unless where we are is nearer. Before, not at it:
  // observations, packets and events are those of a step.
  void approach(std::uint64_t target) {
    if (target == 0) return to_start();
    std::uint64_t best = replay.position() < target ? replay.position() : 0;
    const auto own = saved.lower_bound(target);
    const auto of_file = keyframes.lower_bound(target);
    const bool here = best > 0 || replay.position() == 0;
    const Saved* from = nullptr;
    std::size_t chunk = 0;
    if (of_file != keyframes.begin() && std::prev(of_file)->first > best) {
      best = std::prev(of_file)->first;
      chunk = std::prev(of_file)->second;
    }
    if (own != saved.begin() && std::prev(own)->first > best) {
      best = std::prev(own)->first;
      from = &std::prev(own)->second;
    }
    if (from != nullptr) return replay.restore(from->bytes, best, from->cursor);
    if (chunk > 0) return restore_keyframe(best, chunk);
    if (!here) to_start();
  }

  RecordingFile file;
  PlayerOptions options;
  Replay replay;
  std::map<std::uint64_t, std::size_t> keyframes;  // position, chunk
  std::map<std::uint64_t, Saved> saved;            // own snapshots by position
  std::uint64_t saved_bytes = 0;
  std::uint64_t spacing = kLeastSpacing;
  std::optional<Difference> difference;
};

Player::Player(const std::filesystem::path& path, const PlayerOptions& options)
    : impl_(std::make_unique<Impl>(path, options)) {}
Player::~Player() = default;
Player::Player(Player&&) noexcept = default;
Player& Player::operator=(Player&&) noexcept = default;

const RecordingHeader& Player::header() const noexcept {
  return impl_->file.header();
}
std::uint64_t Player::num_steps() const noexcept {
  return impl_->file.num_steps();
}
bool Player::complete() const noexcept {
  return impl_->file.complete();
}
const std::string& Player::notice() const noexcept {
  return impl_->file.notice();
}
double Player::step_s() const noexcept {
  return impl_->file.header().step_s;
}
const std::vector<Mark>& Player::marks() const noexcept {
  return impl_->file.marks();
}
const Batch& Player::batch() const noexcept {
  return impl_->replay.batch();
}
void Player::time_stages(ReadClock now_s) {
  impl_->replay.batch().time_stages(now_s);
}
std::uint64_t Player::position() const noexcept {
  return impl_->replay.position();
}
double Player::time_s() const noexcept {
  return static_cast<double>(position()) * step_s();
}
std::span<const float> Player::actions() const noexcept {
  return impl_->replay.actions();
}
const StepOutputs& Player::outputs() const noexcept {
  return impl_->replay.outputs();
}
const std::optional<Difference>& Player::difference() const noexcept {
  return impl_->difference;
}

bool Player::step() {
  return impl_->step();
}

void Player::seek(std::uint64_t position) {
  const std::uint64_t target = std::min(position, num_steps());
  if (target == impl_->replay.position()) return;
  impl_->approach(target);
  while (impl_->replay.position() < target && impl_->step()) {
  }
}

std::optional<Difference> Player::verify(const std::function<bool(std::uint64_t)>& progress) {
  impl_->difference.reset();
  impl_->to_start();
  while (!impl_->difference) {
    if (progress && position() % kProgressSteps == 0 && !progress(position())) break;
    if (!impl_->replay.step()) break;
    impl_->note_difference();
  }
  if (progress) (void)progress(position());
  return impl_->difference;
}

Batch Player::branch() const {
  PlayerOptions options = impl_->options;
  Batch batch = batch_of(header(), options);
  batch.restore(impl_->replay.batch().snapshot({}), {});
  return batch;
}

}  // namespace volery::io
