// Snapshots and state hashes: both are made of the canonical bytes of worlds (serial.hpp).
//
// A snapshot is: magic, format version, schema hash, config hash, the variants that its worlds run
// under, then each world with its contact records and jammers, and a checksum of all of it. It is
// refused whole or restored whole.
#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "batch/impl.hpp"
#include "batch/serial.hpp"
#include "batch/whole_config.hpp"
#include "core/described.hpp"
#include "core/hash.hpp"
#include "core/toml.hpp"

namespace volery {

namespace {

constexpr std::array<char, 8> kMagic{'V', 'O', 'L', 'S', 'N', 'A', 'P', '\n'};
constexpr std::uint32_t kFormatVersion = 2;

// Names and widths of everything a world stores: equal for batches whose worlds can be exchanged.
std::uint64_t schema_hash(const batch::Setup& setup) {
  Hasher hasher;
  const auto add = [&hasher](const FieldTable& table) {
    for (const FieldSpec& field : table.fields()) {
      hasher.add(field.name.data(), field.name.size());
      hasher.add(field.width);
    }
  };
  add(setup.agent_fields);
  add(setup.prop_fields);
  hasher.add(setup.num_agents());
  hasher.add(setup.num_props());
  hasher.add(setup.spec().num_world_fields);
  hasher.add(static_cast<std::uint64_t>(sizeof(ContactPoint)));
  return hasher.digest();
}

// The config without what may differ between batches that continue each other's worlds, vehicles
// and scene as they were built: names and files may change what they stand for.
std::uint64_t make_config_hash(const batch::Setup& setup) {
  Value table = batch::whole_config(setup.config, setup.fleet, setup.scene.config());
  for (const char* key :
       {"num_worlds", "num_threads", "slab_agents", "seed", "contacts", "audit", "autoreset",
        "task_config", "episode_s", "on_crash", "wind", "randomize"}) {
    table.table().erase(key);
  }
  if (setup.radio != nullptr) table.table().at("radio").table().erase("trace");
  return hash_text(table.to_text());
}

std::uint64_t config_hash(Batch::Impl& impl) {
  if (impl.config_hash == 0) impl.config_hash = make_config_hash(impl.setup);
  return impl.config_hash;
}

// Appends; numbers come four bytes at a time, so room is made for many of them.
class Writer {
 public:
  void operator()(const void* data, std::size_t size) {
    if (size > bytes_.size() - end_) bytes_.resize(std::max(2 * bytes_.size(), end_ + size));
    std::memcpy(bytes_.data() + end_, data, size);
    end_ += size;
  }
  template <class Number>
  void number(Number value) {
    (*this)(&value, sizeof value);
  }
  void reserve(std::size_t size) { bytes_.resize(std::max(bytes_.size(), size)); }
  [[nodiscard]] std::size_t size() const { return end_; }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const {
    return std::span(bytes_).first(end_);
  }
  [[nodiscard]] std::vector<std::uint8_t> take() {
    bytes_.resize(end_);
    return std::move(bytes_);
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t end_ = 0;
};

// Reads within bounds; running past the end is a damaged snapshot.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  void operator()(void* data, std::size_t size) { std::memcpy(data, skip(size), size); }
  template <class Number>
  Number number() {
    Number value;
    (*this)(&value, sizeof value);
    return value;
  }
  const std::uint8_t* skip(std::size_t size) {
    if (size > bytes_.size() - at_)
      throw Error(ErrorKind::kValue, "restore: the snapshot is cut short");
    const std::uint8_t* p = bytes_.data() + at_;
    at_ += size;
    return p;
  }
  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

template <class Sink>
void write_contacts(const WorldContacts& contacts, Sink&& sink) {
  const auto count = static_cast<std::uint32_t>(contacts.pairs.size());
  sink(&count, sizeof count);
  for (const ContactPair& pair : contacts.pairs) {
    sink(&pair.a, sizeof pair.a);
    sink(&pair.b, sizeof pair.b);
    sink(&pair.num_points, sizeof pair.num_points);
    sink(pair.points, sizeof(ContactPoint) * pair.num_points);
  }
}

void read_contacts(WorldContacts& contacts, Reader& reader) {
  const auto count = reader.number<std::uint32_t>();
  contacts.pairs.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    ContactPair pair;
    pair.a = reader.number<std::uint32_t>();
    pair.b = reader.number<std::uint32_t>();
    pair.num_points = reader.number<std::uint32_t>();
    if (pair.num_points > std::size(pair.points))
      throw Error(ErrorKind::kValue, "restore: the snapshot is damaged");
    reader(pair.points, sizeof(ContactPoint) * pair.num_points);
    contacts.pairs.push_back(pair);
  }
}

void read_jammers(Batch::Impl& impl, int world, Reader& reader) {
  const auto count = reader.number<std::uint32_t>();
  if (count > (impl.setup.radio == nullptr ? 0 : kMostJammers))
    throw Error(ErrorKind::kValue, "restore: the snapshot is damaged");
  if (count > 0) impl.store.use_jammers();
  const auto [slab, local] = impl.store.place(world);
  if (slab.jammers == nullptr) return;
  slab.jammers[local].count = count;
  reader(slab.jammers[local].records, count * sizeof(JammerRecord));
}

std::uint64_t hash_world(const Slab& slab, int world) {
  Hasher hasher;
  const auto sink = [&hasher](const void* data, std::size_t size) { hasher.add(data, size); };
  batch::walk_world(slab, world, sink);
  write_contacts(slab.contacts[world], sink);
  batch::write_jammers(slab, world, sink);
  return hasher.digest();
}

// The variants that some worlds have or will have, each once; their places by their index.
std::map<std::uint32_t, std::uint32_t> write_variants(const Batch::Impl& impl,
                                                      const std::vector<int>& worlds,
                                                      Writer& writer) {
  std::map<std::uint32_t, std::uint32_t> places;
  for (const int world : worlds) {
    const auto place = impl.store.place(world);
    places[place.slab.worlds[place.world].variant] = 0;
    places[place.slab.worlds[place.world].next_variant] = 0;
  }
  writer.number(static_cast<std::uint32_t>(places.size()));
  std::uint32_t next = 0;
  for (auto& [index, place] : places) {
    place = next++;
    const std::string text = write_toml(impl.setup.variants[index].changed);
    writer.number(static_cast<std::uint32_t>(text.size()));
    writer(text.data(), text.size());
  }
  return places;
}

// The worlds named, or all of them; each checked.
std::vector<int> named_worlds(const Batch::Impl& impl, std::span<const int> worlds,
                              const char* call) {
  std::vector<int> named(worlds.begin(), worlds.end());
  if (named.empty()) {
    named.resize(static_cast<std::size_t>(impl.setup.num_worlds()));
    std::iota(named.begin(), named.end(), 0);
  }
  for (const int world : named) check_world(impl, world, call);
  return named;
}

// Everything up to the worlds: throws unless this batch can hold them.
std::uint32_t read_head(Batch::Impl& impl, Reader& reader) {
  std::array<char, 8> magic{};
  reader(magic.data(), magic.size());
  if (magic != kMagic) throw Error(ErrorKind::kValue, "restore: not a snapshot of volery");
  const auto version = reader.number<std::uint32_t>();
  if (version != kFormatVersion) {
    throw Error(ErrorKind::kValue, "restore: snapshot format " + std::to_string(version) +
                                       ", this version reads " + std::to_string(kFormatVersion));
  }
  if (reader.number<std::uint64_t>() != schema_hash(impl.setup)) {
    throw Error(
        ErrorKind::kValue,
        "restore: the snapshot is of a batch with other agents, sensors or task (its worlds store "
        "other fields)");
  }
  if (reader.number<std::uint64_t>() != config_hash(impl)) {
    throw Error(ErrorKind::kValue, "restore: the snapshot is of a batch with another config");
  }
  return reader.number<std::uint32_t>();
}

}  // namespace

std::uint64_t Batch::state_hash(int world) const {
  const BusyGuard guard(impl_->busy, "state_hash");
  check_world(*impl_, world, "state_hash");
  const auto place = impl_->store.place(world);
  return hash_world(place.slab, place.world);
}

std::uint64_t Batch::state_hash() const {
  const BusyGuard guard(impl_->busy, "state_hash");
  Hasher hasher;
  for (int world = 0; world < num_worlds(); ++world) {
    const auto place = impl_->store.place(world);
    hasher.add(hash_world(place.slab, place.world));
  }
  return hasher.digest();
}

std::vector<std::uint8_t> Batch::snapshot(std::span<const int> worlds) const {
  const BusyGuard guard(impl_->busy, "snapshot");
  check_between_steps(*impl_, "snapshot");
  const std::vector<int> named = named_worlds(*impl_, worlds, "snapshot");
  Writer writer;
  writer(kMagic.data(), kMagic.size());
  writer.number(kFormatVersion);
  writer.number(schema_hash(impl_->setup));
  writer.number(config_hash(*impl_));
  writer.number(static_cast<std::uint32_t>(named.size()));
  const std::map<std::uint32_t, std::uint32_t> places = write_variants(*impl_, named, writer);
  for (const int world : named) {
    const std::size_t start = writer.size();
    const auto place = impl_->store.place(world);
    const WorldHeader& header = place.slab.worlds[place.world];
    writer.number(places.at(header.variant));
    writer.number(places.at(header.next_variant));
    batch::walk_world(place.slab, place.world, writer);
    write_contacts(place.slab.contacts[place.world], writer);
    writer.number(static_cast<std::uint32_t>(place.slab.jammers_of(place.world).size()));
    batch::write_jammers(place.slab, place.world, writer);
    // worlds are about as long as each other
    if (world == named.front())
      writer.reserve(start + (writer.size() - start) * (named.size() + 1));
  }
  writer.number(hash_bytes(writer.bytes().data(), writer.size()));
  return writer.take();
}

// Everything of a snapshot that can be refused, checked; then its worlds into the named ones, or
// its only one into each of them.
static void restore_worlds(Batch::Impl& impl, std::span<const std::uint8_t> snapshot,
                           const std::vector<int>& named, bool only_one) {
  std::uint64_t checksum = 0;
  if (snapshot.size() < sizeof checksum)
    throw Error(ErrorKind::kValue, "restore: the snapshot is cut short");
  const std::span<const std::uint8_t> body = snapshot.first(snapshot.size() - sizeof checksum);
  Reader reader(body);
  const std::uint32_t count = read_head(impl, reader);
  std::memcpy(&checksum, snapshot.data() + body.size(), sizeof checksum);
  if (checksum != hash_bytes(body.data(), body.size())) {
    throw Error(ErrorKind::kValue,
                "restore: the snapshot is damaged (its checksum does not match)");
  }
  if (only_one && count != 1) {
    throw Error(ErrorKind::kValue, "branch: the snapshot holds " + std::to_string(count) +
                                       " worlds, must hold one; name it: snapshot([world])");
  }
  if (!only_one && count != named.size()) {
    throw Error(ErrorKind::kValue, "restore: the snapshot holds " + std::to_string(count) +
                                       " worlds, " + std::to_string(named.size()) +
                                       " are to be restored; name them with worlds=");
  }
  // past the checksum only a bug or a forgery can fail; variants are made before any world is
  // written
  drop_unused_variants(impl);
  std::vector<std::uint32_t> variants(reader.number<std::uint32_t>());
  for (std::uint32_t& variant : variants) {
    const auto size = reader.number<std::uint32_t>();
    const auto* text = reinterpret_cast<const char*>(reader.skip(size));
    variant = impl.setup.variant_with(parse_toml({text, size}, "snapshot"), 0);
  }
  impl.fold_is_fresh = false;
  impl.all_started = false;  // the snapshot may hold worlds that were never reset
  const Reader first = reader;
  for (const int world : named) {
    if (only_one) reader = first;
    const auto place = impl.store.place(world);
    WorldHeader& header = place.slab.worlds[place.world];
    header.variant = variants.at(reader.number<std::uint32_t>());
    header.next_variant = variants.at(reader.number<std::uint32_t>());
    batch::walk_world(place.slab, place.world, reader);
    read_contacts(place.slab.contacts[place.world], reader);
    read_jammers(impl, world, reader);
    impl.status[static_cast<std::size_t>(world)] = header.status;
  }
}

void Batch::restore(std::span<const std::uint8_t> snapshot, std::span<const int> worlds) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "restore");
  check_between_steps(*impl_, "restore");
  restore_worlds(*impl_, snapshot, named_worlds(*impl_, worlds, "restore"), false);
  guard.reset();
  if (impl_->journal != nullptr) impl_->journal->restore(*this, snapshot, worlds);
}

void Batch::branch(std::span<const std::uint8_t> snapshot) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "branch");
  check_between_steps(*impl_, "branch");
  restore_worlds(*impl_, snapshot, named_worlds(*impl_, {}, "branch"), true);
  guard.reset();
  if (impl_->journal != nullptr) impl_->journal->branch(*this, snapshot);
}

}  // namespace volery
