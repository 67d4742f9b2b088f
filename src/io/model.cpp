#include "io/model.hpp"

#include "batch/whole_config.hpp"
#include "core/described.hpp"
#include "core/hash.hpp"

namespace volery::io {

namespace {

// Everything that results depend on, as it was built: two batches with the same number replay each
// other's actions.
std::uint64_t model_hash(const Batch& batch) {
  Value table = batch::whole_config(batch.config(), batch.fleet(), batch.scene());
  for (const char* key : {"num_threads", "slab_agents", "audit"}) table.table().erase(key);
  Value& radio = table.table().at("radio");
  if (radio.is_table()) radio.table().erase("trace");
  Hasher hasher;
  const auto add = [&hasher](const std::string& text) { hasher.add(text.data(), text.size() + 1); };
  add(table.to_text());
  for (const StateField& field : batch.state_fields()) {
    add(field.name);
    hasher.add(field.width);
  }
  for (const Column& column : batch.layout().action) add(column.name);
  return hasher.digest();
}

}  // namespace

RecordingHeader header_of(const Batch& batch) {
  RecordingHeader header;
  header.version = VOLERY_VERSION;
  header.config = batch::whole_config(batch.config(), batch.fleet(), batch.scene());
  if (batch.config().host_task != nullptr) header.host = to_value(*batch.config().host_task);
  header.model_hash = model_hash(batch);
  header.num_worlds = batch.num_worlds();
  header.num_agents = batch.num_agents();
  header.num_props = batch.num_props();
  header.action_size = batch.layout().action_size();
  header.step_s = 1.0 / batch.config().agent_rate_hz;
  header.fields = batch.fold_names();
  return header;
}

Batch batch_of(const RecordingHeader& header, const PlayerOptions& options) {
  if (header.version != VOLERY_VERSION) {
    throw Error(ErrorKind::kFile, "was recorded by volery " + header.version +
                                      "; results are equal to the bit within one version only, "
                                      "and this one is " VOLERY_VERSION " (replay it with volery " +
                                      header.version + ")");
  }
  Value table = header.config;
  table.table()["num_threads"] = options.num_threads;
  table.table()["slab_agents"] = 0;
  table.table()["audit"] = false;
  BatchConfig config = batch_config(table);
  if (!header.host.table().empty())
    config.host_task = std::make_shared<const HostTask>(host_task(header.host));
  Batch batch(config);
  if (model_hash(batch) != header.model_hash || batch.num_worlds() != header.num_worlds ||
      batch.num_agents() != header.num_agents || batch.fold_names() != header.fields ||
      batch.layout().action_size() != header.action_size || batch.num_props() != header.num_props) {
    throw Error(ErrorKind::kValue,
                "its config no longer builds the worlds that were recorded; has a file changed "
                "that it names?");
  }
  if (batch.layout().inbox_slots > 0) batch.trace_packets(options.trace);
  return batch;
}

}  // namespace volery::io
