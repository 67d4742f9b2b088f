// What a batch tells of its steps: counters, packets, what its stages cost.
#include <algorithm>
#include <tuple>

#include "batch/impl.hpp"

namespace volery {

BatchStats Batch::stats() const noexcept {
  BatchStats stats;
  contact::ContactStats contacts;
  for (const auto& worker : impl_->workers) {
    stats.add(worker->counts);
    contacts.add(worker->contact.stats());
  }
  const double total = std::max(1.0, static_cast<double>(contacts.body_substeps));
  stats.near_share = static_cast<double>(contacts.near_body_substeps) / total;
  stats.touching_share = static_cast<double>(contacts.touching_body_substeps) / total;
  stats.extensions = contacts.extensions;
  stats.audit_failures = contacts.audit_failures;
  return stats;
}

void Batch::trace_packets(bool on) {
  const BusyGuard guard(impl_->busy, "trace_packets");
  if (impl_->setup.radio == nullptr)
    throw Error(ErrorKind::kValue, "trace_packets: the batch has no radio");
  for (const auto& worker : impl_->workers) {
    worker->radio->trace(on);
    worker->radio->clear_trace();
  }
}

bool Batch::traces_packets() const noexcept {
  return impl_->setup.radio != nullptr && impl_->workers.front()->radio->traces();
}

void clear_traces(Batch::Impl& impl) noexcept {
  if (impl.setup.radio == nullptr || !impl.workers.front()->radio->traces()) return;
  for (const auto& worker : impl.workers) worker->radio->clear_trace();
}

std::vector<Packet> Batch::packets() const {
  const BusyGuard guard(impl_->busy, "packets");
  if (impl_->setup.radio == nullptr)
    throw Error(ErrorKind::kValue, "packets: the batch has no radio");
  if (!traces_packets()) {
    throw Error(ErrorKind::kValue,
                "packets: nothing keeps them; trace them first, or build with config.radio.trace = "
                "true");
  }
  std::vector<Packet> packets;
  for (const auto& worker : impl_->workers) worker->radio->append_trace(packets);
  // which worker found them is an accident
  const auto key = [](const Packet& p) { return std::tuple(p.world, p.receiver, p.sender); };
  std::sort(packets.begin(), packets.end(),
            [&](const Packet& a, const Packet& b) { return key(a) < key(b); });
  return packets;
}

void Batch::time_stages(ReadClock now_s) {
  const BusyGuard guard(impl_->busy, "time_stages");
  for (const auto& worker : impl_->workers) worker->clock.set(now_s);
}

std::vector<StageTime> Batch::timings() const {
  const BusyGuard guard(impl_->busy, "timings");
  if (!impl_->workers.front()->clock.is_on())
    throw Error(ErrorKind::kState, "timings: nothing times the stages; call time_stages() first");
  std::vector<StageTime> times;
  for (int stage = 0; stage < batch::kNumStages; ++stage) {
    StageTime time{.name = batch::kStageNames[stage]};
    for (const auto& worker : impl_->workers) {
      time.seconds += worker->clock.seconds(stage);
      time.count += worker->clock.count(stage);
    }
    times.push_back(time);
  }
  return times;
}

}  // namespace volery
