#include "io/pose_writer.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "io/packet_bytes.hpp"

namespace volery::io {

namespace {

constexpr std::size_t kChunkBytes = 1U << 20U;

bool has_field(const Batch& batch, const std::string& name) {
  const std::vector<StateField> fields = batch.state_fields();
  return std::any_of(fields.begin(), fields.end(),
                     [&](const StateField& field) { return field.name == name; });
}

void append_field(const Batch& batch, const std::string& field, std::size_t count,
                  std::vector<float>& to) {
  const std::size_t at = to.size();
  to.resize(at + count);
  batch.state(field, std::span(to).subspan(at));
}

PlaneShape one_column(std::size_t size, std::size_t samples) {
  return {.stride = std::max<std::size_t>(1, size / std::max<std::size_t>(1, samples))};
}

// One array of all samples: xored with the sample before, byte planes.
void write_floats(const std::vector<float>& values, std::size_t samples, ByteWriter& writer,
                  std::vector<std::uint8_t>& out) {
  writer.number(static_cast<std::uint64_t>(values.size()));
  const std::size_t at = out.size();
  out.resize(at + values.size() * sizeof(float));
  to_planes(values, one_column(values.size(), samples), out.data() + at);
}

std::vector<float> read_floats(ByteReader& reader, std::size_t samples, std::uint64_t expected) {
  const auto count = reader.number<std::uint64_t>();
  if (count != expected || count > kMostChunkBytes)
    throw Error(ErrorKind::kFile, "poses: an array has the wrong size");
  const auto planes = reader.raw(count * sizeof(float));
  std::vector<float> values(static_cast<std::size_t>(count));
  from_planes(planes.data(), one_column(values.size(), samples), values);
  return values;
}

}  // namespace

void Poses::clear() noexcept {
  steps.clear();
  position_w_m.clear();
  quat_wb_xyzw.clear();
  prop_position_w_m.clear();
  prop_quat_wb_xyzw.clear();
  goal_w_m.clear();
  alive.clear();
  num_packets.clear();
  packets.clear();
}

void encode_poses(const Poses& poses, bool has_goals, std::vector<std::uint8_t>& out) {
  out.clear();
  ByteWriter writer(out);
  const std::size_t n = poses.steps.size();
  writer.number(static_cast<std::uint8_t>(has_goals ? 1 : 0));
  writer.numbers(std::span<const std::uint64_t>(poses.steps));
  for (const auto* values : {&poses.position_w_m, &poses.quat_wb_xyzw, &poses.prop_position_w_m,
                             &poses.prop_quat_wb_xyzw, &poses.goal_w_m}) {
    write_floats(*values, n, writer, out);
  }
  writer.numbers(std::span<const std::uint8_t>(poses.alive));
  writer.numbers(std::span<const std::uint32_t>(poses.num_packets));
  for (const Packet& packet : poses.packets) write_packet(packet, writer);
}

void decode_poses(std::span<const std::uint8_t> bytes, const RecordingHeader& header,
                  Poses& poses) {
  ByteReader reader(bytes);
  const bool has_goals = reader.number<std::uint8_t>() != 0;
  poses.steps = reader.numbers<std::uint64_t>();
  const auto n = poses.steps.size();
  const std::uint64_t worlds = static_cast<std::uint64_t>(header.num_worlds) * n;
  const std::uint64_t agents = worlds * static_cast<std::uint64_t>(header.num_agents);
  const std::uint64_t props = worlds * static_cast<std::uint64_t>(header.num_props);
  poses.position_w_m = read_floats(reader, n, 3 * agents);
  poses.quat_wb_xyzw = read_floats(reader, n, 4 * agents);
  poses.prop_position_w_m = read_floats(reader, n, 3 * props);
  poses.prop_quat_wb_xyzw = read_floats(reader, n, 4 * props);
  poses.goal_w_m = read_floats(reader, n, has_goals ? 3 * agents : 0);
  poses.alive = reader.numbers<std::uint8_t>();
  poses.num_packets = reader.numbers<std::uint32_t>();
  if (poses.alive.size() != agents || poses.num_packets.size() != n)
    throw Error(ErrorKind::kFile, "poses: an array has the wrong size");
  poses.packets.clear();
  for (const std::uint32_t count : poses.num_packets) {
    for (std::uint32_t i = 0; i < count; ++i) poses.packets.push_back(read_packet(reader));
  }
}

void sample_poses(const Batch& batch, std::uint64_t step, Poses& poses) {
  const std::size_t agents = batch.layout().num_rows();
  const std::size_t props =
      static_cast<std::size_t>(batch.num_worlds()) * static_cast<std::size_t>(batch.num_props());
  poses.steps.push_back(step);
  append_field(batch, "position_w_m", 3 * agents, poses.position_w_m);
  append_field(batch, "quat_wb_xyzw", 4 * agents, poses.quat_wb_xyzw);
  if (props > 0) {
    append_field(batch, "prop_position_w_m", 3 * props, poses.prop_position_w_m);
    append_field(batch, "prop_quat_wb_xyzw", 4 * props, poses.prop_quat_wb_xyzw);
  }
  if (has_field(batch, "goal_w_m")) append_field(batch, "goal_w_m", 3 * agents, poses.goal_w_m);
  std::vector<float> alive(agents);
  batch.state("alive", alive);
  for (const float a : alive) poses.alive.push_back(a != 0 ? 1 : 0);
  std::vector<Packet> packets;
  if (batch.traces_packets()) packets = batch.packets();
  poses.num_packets.push_back(static_cast<std::uint32_t>(packets.size()));
  poses.packets.insert(poses.packets.end(), packets.begin(), packets.end());
}

PoseWriter::PoseWriter(const Batch& batch, double poses_hz)
    : every_(static_cast<std::uint64_t>(
          std::max(1.0, std::ceil(batch.config().agent_rate_hz / poses_hz - 1e-9)))),
      has_goals_(has_field(batch, "goal_w_m")) {}

void PoseWriter::step(const Batch& batch, std::uint64_t step, ChunkFile& file) {
  if (step % every_ != 0) return;
  sample_poses(batch, step, poses_);
  if (poses_.position_w_m.size() * sizeof(float) >= kChunkBytes) flush(file);
}

void PoseWriter::flush(ChunkFile& file) {
  if (poses_.steps.empty()) return;
  std::vector<std::uint8_t> raw;
  encode_poses(poses_, has_goals_, raw);
  const std::uint64_t first = poses_.steps.front();
  poses_.clear();
  file.write({.kind = ChunkKind::kPoses, .first_step = first}, std::move(raw));
}

Poses read_poses(RecordingFile& file) {
  Poses all;
  Poses part;
  std::vector<std::uint8_t> raw;
  const auto join = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const ChunkPlace& place : file.chunks()) {
    if (place.head.kind != ChunkKind::kPoses) continue;
    file.read(place, raw);
    try {
      decode_poses(raw, file.header(), part);
    } catch (const Error& error) {
      throw Error(ErrorKind::kFile, file.path().string() + ": " + error.what());
    }
    join(all.steps, part.steps);
    join(all.position_w_m, part.position_w_m);
    join(all.quat_wb_xyzw, part.quat_wb_xyzw);
    join(all.prop_position_w_m, part.prop_position_w_m);
    join(all.prop_quat_wb_xyzw, part.prop_quat_wb_xyzw);
    join(all.goal_w_m, part.goal_w_m);
    join(all.alive, part.alive);
    join(all.num_packets, part.num_packets);
    join(all.packets, part.packets);
  }
  return all;
}

}  // namespace volery::io
