// Pipe: worlds shown by another process. `volery-view -` reads this stream from its standard input;
// Python's render_mode="human" writes it, so that training and window never share a thread.
//
// All numbers are little-endian, floats IEEE 754, nothing is padded.
//
//   stream   = "VOLPIPE1" packet*
//   packet   = u32 kind, u32 bytes, that many bytes of payload
//   kind 1   Header, exactly once and first. UTF-8 text, a TOML table (write_toml):
//              title       = "..."         what the title bar says; optional
//              scene       = "name" or {}  as BatchConfig.scene: load_scene() reads it
//              vehicle     = "name", {} or an array of them, as BatchConfig.vehicle
//              teams       = ["..."]       as BatchConfig.teams; optional
//              num_worlds, num_agents, num_props   integers; worlds and props are optional
//              step_s      = 0.0333        agent step
//              fates       = ["..."]       radio_count_names(); optional
//   kind 2   Moment, 44 bytes and its lists:
//              i32 world, u32 episode, f64 time_s, u64 step, u32 agents (A), u32 props (P),
//              u32 goals (0 or A), u32 packets (N), u32 landmarks (L)
//              A x 51 bytes, 12 f32 and 3 u8: position_w_m 3, quat_wb_xyzw 4, velocity_w_mps 3,
//                rotor_speed_radps 1, reward 1; alive, present, touching
//              P x 29 bytes, 7 f32 and 1 u8: position_w_m 3, quat_wb_xyzw 4; present
//              goals x 3 f32
//              N x 32 bytes: i32 world, u32 step, i32 sender, i32 receiver, i32 fate,
//                i32 delay_steps, i32 bytes, f32 distance_m
//              L x 36 bytes: i32 kind, i32 state, position_w_m 3 f32, axis_w 3 f32, f32 radius_m
//   kind 3   Note, UTF-8: shown in the status line.
//   kind 4   End, no payload: the window stays open and lets the past be looked at.
//
// A writer must not wait for the window: it drops moments while the pipe is full, and on a broken
// pipe (the window was closed) it stops writing for good. The end of the stream is an End.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "view/moment.hpp"
#include "volery/value.hpp"

namespace volery::view {

inline constexpr char kPipeMagic[9] = "VOLPIPE1";
inline constexpr std::uint32_t kMaxPipePacket = 1U << 30U;  // bytes; more is taken for damage

enum class PipeKind : std::uint32_t { kHeader = 1, kMoment = 2, kNote = 3, kEnd = 4 };

/// What a header says.
struct PipeHeader {
  std::string title;
  int num_worlds = 1;
  Scenery scenery;
};

/// The table of a header for a batch, and the whole beginning of a stream: magic and header.
[[nodiscard]] Value pipe_header(const Batch& batch, const std::string& title);
[[nodiscard]] std::vector<std::uint8_t> pipe_begin(const Value& header);
/// The header that such a table describes. Throws Error for keys that are missing, unknown or
/// wrong, and for vehicles or scenes that cannot be loaded.
[[nodiscard]] PipeHeader read_pipe_header(const Value& header);
/// How many agents it says there are, which is what a moment is checked against.
[[nodiscard]] int pipe_num_agents(const Value& header);

/// Appends one packet. `rewards` [A] may be empty: zeros.
void append_moment(const Moment& moment, std::span<const float> rewards,
                   std::vector<std::uint8_t>& out);
void append_note(const std::string& text, std::vector<std::uint8_t>& out);
void append_end(std::vector<std::uint8_t>& out);

/// Takes the stream apart, in pieces of any size.
class PipeParser {
 public:
  struct Packet {
    PipeKind kind = PipeKind::kEnd;
    Value header;                // of kHeader: read_pipe_header() makes a scenery of it
    Moment moment;               // of kMoment
    std::vector<float> rewards;  // of kMoment
    std::string note;            // of kNote
  };
  /// Appends what has arrived.
  void feed(std::span<const std::uint8_t> bytes);
  /// The next whole packet; false where more bytes are needed. Throws Error (kFile) for a stream
  /// that is not of this kind or is damaged; nothing can be read after that.
  bool next(Packet& out);

 private:
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;
  bool started_ = false;
  bool has_header_ = false;
  int num_agents_ = 0;
};

}  // namespace volery::view
