#include "io/recording_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "core/hash.hpp"
#include "tests/io/recording_rig.hpp"

namespace volery::io {
namespace {

BatchConfig small() {
  BatchConfig config;
  config.num_worlds = 2;
  return config;
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFile) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

std::string refusal(const std::filesystem::path& path) {
  return message_of([&] { Player player(path); });
}

void expect_has(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(RecordingFile, RefusesWhatIsNoRecording) {
  const TempFile file("foreign");
  expect_has(refusal(file.path()), "no such file");
  file.write({});
  expect_has(refusal(file.path()), "is empty");
  file.write(std::vector<char>(1000, 'x'));
  expect_has(refusal(file.path()), "is not a recording of volery");
  expect_has(refusal(std::filesystem::temp_directory_path()), "is a folder");
}

TEST(RecordingFile, RefusesOtherFormatsAndVersions) {
  const TempFile file("versions");
  (void)record(file.path(), small(), 3);
  const std::vector<char> good = file.bytes();
  for (const char format : {0, 1, 7}) {
    std::vector<char> bytes = good;
    bytes[8] = format;
    file.write(bytes);
    const std::string message = refusal(file.path());
    expect_has(message, "recording format " + std::to_string(format));
    expect_has(message, "reads format 2");
  }
  // another version of volery, its header whole
  std::vector<char> bytes = good;
  const std::string text(good.begin(), good.end());
  const std::size_t at = text.find("version = ");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 11] = '9';
  std::uint32_t size = 0;
  std::memcpy(&size, bytes.data() + 12, sizeof size);
  const std::uint64_t hash = hash_bytes(bytes.data() + 24, size);
  std::memcpy(bytes.data() + 16, &hash, sizeof hash);
  file.write(bytes);
  const std::string message = refusal(file.path());
  expect_has(message, "was recorded by volery 9");
  expect_has(message, "within one version");
}

TEST(RecordingFile, RefusesEveryByteOfItsHeadThatIsChanged) {
  const TempFile file("head");
  (void)record(file.path(), small(), 3);
  const std::vector<char> good = file.bytes();
  std::uint32_t size = 0;
  std::memcpy(&size, good.data() + 12, sizeof size);
  for (std::size_t i = 0; i < 24 + size; i += i < 64 ? 1 : 37) {
    std::vector<char> bytes = good;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x41);
    file.write(bytes);
    EXPECT_FALSE(refusal(file.path()).empty()) << i;
  }
}

// The file cut after every byte: it opens and holds whole chunks, or says why not.
TEST(RecordingFile, ReadsWhatIsThereAfterACutAnywhere) {
  const TempFile file("cut");
  const RecorderOptions options{.chunk_steps = 4, .chunk_s = 1e9, .keyframe_steps = 8};
  (void)record(file.path(), small(), 24, {}, options);
  const std::vector<char> good = file.bytes();
  const RecordingFile whole(file.path());
  ASSERT_TRUE(whole.complete());
  const std::uint64_t first = whole.chunks().front().offset;
  std::uint64_t steps_before = 0;
  for (std::size_t size = static_cast<std::size_t>(first); size < good.size(); ++size) {
    file.write({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)});
    const RecordingFile cut(file.path());
    EXPECT_FALSE(cut.complete()) << size;
    EXPECT_FALSE(cut.notice().empty());
    EXPECT_GE(cut.num_steps(), steps_before) << size;
    steps_before = cut.num_steps();
    std::uint64_t whole_steps = 0;
    for (const ChunkPlace& place : whole.chunks()) {
      if (place.offset + kHeadBytes + place.head.packed_size <= size)
        whole_steps += place.head.num_steps;
    }
    EXPECT_EQ(cut.num_steps(), whole_steps) << size;
  }
  EXPECT_EQ(steps_before, 24U);
  // marks come from the chunks where there is no index
  file.write({good.begin(), good.end() - 1});
  EXPECT_EQ(RecordingFile(file.path()).marks(), whole.marks());
}

// A byte changed anywhere behind the head: an error or a shorter recording, never another run.
TEST(RecordingFile, NeverPlaysADamagedFileAsIfItWereWhole) {
  const TempFile file("damage");
  const RecorderOptions options{.chunk_steps = 4, .chunk_s = 1e9, .keyframe_steps = 8};
  const Seen seen = record(file.path(), small(), 24, {}, options);
  const std::vector<char> good = file.bytes();
  const std::size_t first = RecordingFile(file.path()).chunks().front().offset;
  for (std::size_t i = first; i < good.size(); i += 29) {
    std::vector<char> bytes = good;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
    file.write(bytes);
    try {
      Player player(file.path(), {.ring_mb = 0});
      while (player.step()) ASSERT_EQ(player.batch().state_hash(), seen.hashes[player.position()]);
      EXPECT_FALSE(player.difference().has_value());
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kFile) << error.what();
      expect_has(error.what(), file.path().string());
    }
  }
}

TEST(RecordingFile, RefusesAFileWithoutAnythingToPlay) {
  const TempFile file("nothing");
  (void)record(file.path(), small(), 3);
  const std::vector<char> good = file.bytes();
  const std::size_t first = RecordingFile(file.path()).chunks().front().offset;
  file.write({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(first)});
  expect_has(refusal(file.path()), "nothing to play");
}

}  // namespace
}  // namespace volery::io
