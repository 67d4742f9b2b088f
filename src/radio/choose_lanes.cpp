// Plain radios: the links of a run of receivers, the luck of each link, and the nearest messages
// that get through.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "radio/choose_lanes.cpp"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "core/philox_lanes.hpp"
#include "radio/plain.hpp"
#include "radio/search_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::radio::HWY_NAMESPACE {

constexpr float kLost = std::numeric_limits<float>::infinity();

HWY_INLINE unsigned bits_of(FloatMask mask) {
  std::uint8_t bytes[8] = {};
  hn::StoreMaskBits(FloatTag(), mask, bytes);
  return bytes[0] | (static_cast<unsigned>(bytes[1]) << 8U);
}

/// For each mask of a vector its lanes that are set, then some other.
template <int kNumLanes>
struct SetLanes {
  std::uint8_t of[1 << kNumLanes][kNumLanes] = {};
  constexpr SetLanes() {
    for (int mask = 0; mask < (1 << kNumLanes); ++mask) {
      int set = 0;
      for (int lane = 0; lane < kNumLanes; ++lane) {
        if ((mask >> lane & 1) != 0) of[mask][set++] = static_cast<std::uint8_t>(lane);
      }
    }
  }
};

/// The lanes of a mask, packed together. Highway's own packing copies its table onto the stack for
/// each vector where GCC 12 compiles it, which took 60 % of the whole choice.
#if HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_SCALAR
class Packing {
 public:
  HWY_INLINE explicit Packing(FloatMask mask) : mask_(mask) {}
  template <class Tag, class T>
  HWY_INLINE void store(hn::Vec<Tag> v, Tag d, T* to) const {
    hn::CompressStore(v, hn::RebindMask(d, mask_), d, to);
  }
  [[nodiscard]] HWY_INLINE int count() const {
    return static_cast<int>(hn::CountTrue(FloatTag(), mask_));
  }

 private:
  FloatMask mask_;
};
#else
constexpr SetLanes<kVectorLanes> kSetLanes;

class Packing {
 public:
  HWY_INLINE explicit Packing(FloatMask mask) : bits_(bits_of(mask)) {
    const hn::Rebind<std::uint8_t, IntTag> bytes;
    lanes_ = hn::PromoteTo(IntTag(), hn::LoadU(bytes, kSetLanes.of[bits_]));
  }
  template <class Tag, class T>
  HWY_INLINE void store(hn::Vec<Tag> v, Tag d, T* to) const {
    hn::StoreU(hn::TableLookupLanes(v, hn::IndicesFromVec(d, lanes_)), d, to);
  }
  [[nodiscard]] HWY_INLINE int count() const { return std::popcount(bits_); }

 private:
  unsigned bits_;
  hn::Vec<IntTag> lanes_;
};
#endif

/// The links of a run, receiver after receiver.
struct LinkList {
  std::int32_t* sender;
  std::int32_t* receiver;
  float* square_m2;
  const std::int32_t* agent_of;
  int count = 0;

  HWY_INLINE void take(FloatMask within, F32 square, int slot) {
    // without a branch: most vectors hold a link, too few of them to foresee which
    const FloatTag d;
    const IntTag di;
    const Packing packing(within);
    packing.store(square.raw, d, square_m2 + count);
    packing.store(hn::LoadU(di, agent_of + slot), di, sender + count);
    count += packing.count();
  }
  /// The links since `first` are those of that receiver.
  HWY_INLINE void belong(int first, std::int32_t to) const {
    const IntTag di;
    const auto all = hn::Set(di, to);
    for (int i = first; i < count; i += kVectorLanes) hn::StoreU(all, di, receiver + i);
  }
};

/// Lets links get lost, and those of a receiver to itself.
HWY_INLINE void draw_luck(const RadioKey& key, float keep, const LinkList& links) {
  const FloatTag d;
  const UintTag du;
  PhiloxLanes luck{same_words(static_cast<std::uint32_t>(key.seed)),
                   same_words(static_cast<std::uint32_t>(key.seed >> 32U)),
                   same_words(0),
                   same_words(0),
                   same_words(key.step),
                   same_words((key.episode << 8U) | static_cast<std::uint32_t>(Stream::kRadio))};
  for (int i = 0; i < links.count; i += kVectorLanes) {
    luck.c1 = hn::BitCast(du, hn::LoadU(IntTag(), links.sender + i));  // of kind kLink, which is 0
    const auto receiver = hn::BitCast(du, hn::LoadU(IntTag(), links.receiver + i));
    auto arrives = hn::RebindMask(d, hn::Ne(receiver, luck.c1));
    if (keep < 1) {
      UintVec words[4];
      luck.words(receiver, words);
      arrives = hn::And(arrives, (uniform_of(words[0]) < F32(keep)).raw);
    }
    const auto square = hn::LoadU(d, links.square_m2 + i);
    hn::StoreU(hn::IfThenElse(arrives, square, hn::Set(d, kLost)), d, links.square_m2 + i);
  }
}

/// Where the messages of a receiver go, the k-th to senders[k * 16].
struct Place {
  std::int32_t* senders;
  float* tallies;
};

/// The links of one receiver.
struct Candidates {
  const std::int32_t* sender;
  const float* square_m2;
  int count;
};

constexpr int kManyLinks = 24;
constexpr int kEquals = -1;

/// The place of each message is the number of those that are nearer: found by comparing all with
/// all, which for some ten of them is faster than to sort, and foresees nothing. Lost ones come
/// last. Returns how many got through; or kEquals, and nothing else, where two are equally far.
HWY_INLINE int rank(const Candidates& links, int first_agent, int slots, const Place& place) {
  const FloatTag d;
  const IntTag di;
  HWY_ALIGN std::int32_t ranks[kManyLinks + kLanes];
  unsigned through = 0, equals = 0;
  for (int v = 0; v < links.count; v += kVectorLanes) {
    const auto squares = hn::LoadU(d, links.square_m2 + v);
    auto nearer = hn::Zero(di), alike = hn::Zero(di);
    for (int i = 0; i < links.count; ++i) {
      const auto square = hn::Set(d, links.square_m2[i]);
      nearer = hn::Sub(nearer, hn::BitCast(di, hn::VecFromMask(d, hn::Lt(square, squares))));
      alike = hn::Sub(alike, hn::BitCast(di, hn::VecFromMask(d, hn::Eq(square, squares))));
    }
    hn::StoreU(nearer, di, ranks + v);
    // what is read past the last link belongs to others
    const auto shift = static_cast<unsigned>(v);
    const unsigned there =
        (1U << static_cast<unsigned>(std::min(links.count - v, kVectorLanes))) - 1;
    through |= (bits_of(hn::Lt(squares, hn::Set(d, kLost))) & there) << shift;
    equals |= bits_of(hn::RebindMask(d, hn::Gt(alike, hn::Set(di, 1)))) << shift;
  }
  if ((equals & through) != 0) return kEquals;
  std::int32_t nearest[kManyLinks + kMostSlots];
  for (int i = 0; i < links.count; ++i) nearest[ranks[i]] = first_agent + links.sender[i];
  const int number = std::popcount(through);
  for (int k = 0; k < slots; ++k)
    place.senders[static_cast<std::ptrdiff_t>(k) * kLanes] = k < number ? nearest[k] : -1;
  return number;
}

/// The same by insertion: for many of them, most of which are farther than all that have a place,
/// and for equals, which go by agent.
int insert(const Candidates& links, int first_agent, int slots, const Place& place) {
  Found nearest[kMostSlots];
  const auto is_nearer = [](const Found& a, const Found& b) {
    return a.square_m2 < b.square_m2 || (a.square_m2 == b.square_m2 && a.agent < b.agent);
  };
  int number = 0, through = 0;
  for (int i = 0; i < links.count; ++i) {
    const Found found{links.sender[i], links.square_m2[i]};
    if (!(found.square_m2 < kLost)) continue;
    ++through;
    if (number == slots && !is_nearer(found, nearest[slots - 1])) continue;
    int at = number < slots ? number++ : slots - 1;
    for (; at > 0 && is_nearer(found, nearest[at - 1]); --at) nearest[at] = nearest[at - 1];
    nearest[at] = found;
  }
  for (int k = 0; k < number; ++k)
    place.senders[static_cast<std::ptrdiff_t>(k) * kLanes] = first_agent + nearest[k].agent;
  return through;
}

HWY_INLINE void choose_for(const ChooseJob& job, std::int32_t receiver, const Candidates& links,
                           HeardTable& heard) {
  const int agent = job.first_agent + receiver;
  const std::ptrdiff_t block = agent / kLanes, lane = agent % kLanes;
  const Place place{heard.senders.data() + block * heard.slots * kLanes + lane,
                    heard.tallies.data() + block * kNumTallies * kLanes + lane};
  // a sender is among those that it finds
  int others = links.count;
  if (others > 0 && job.talkers.sends[agent] != 0) --others;
  if (job.talkers.up[agent] == 0) {
    place.tallies[kTallyDeaf * kLanes] = static_cast<float>(others);
    return;
  }
  int through = kEquals;
  if (links.count <= kManyLinks) through = rank(links, job.first_agent, heard.slots, place);
  if (through == kEquals) through = insert(links, job.first_agent, heard.slots, place);
  const int delivered = std::min(through, heard.slots);
  place.tallies[kTallyDelivered * kLanes] = static_cast<float>(delivered);
  place.tallies[kTallyLost * kLanes] = static_cast<float>(others - through);
  place.tallies[kTallyFull * kLanes] = static_cast<float>(through - delivered);
}

void choose(const ChooseJob& job, int first_slot, int last_slot, LinkMemory& memory,
            HeardTable& heard) {
  // enough links to fill vectors, few enough to stay in the first cache
  constexpr int kRun = 64;
  constexpr int kLinks = 1024;
  const IndexArrays& index = job.index;
  const std::size_t room = static_cast<std::size_t>(index.num_slots) + kLinks + kLanes;
  if (memory.sender.size() < room) {
    memory.sender.resize(room);
    memory.receiver.resize(room);
    memory.square_m2.resize(room);
  }
  if (memory.end.size() < kRun) memory.end.resize(kRun);
  for (int slot = first_slot; slot < last_slot;) {
    LinkList links{memory.sender.data(), memory.receiver.data(), memory.square_m2.data(),
                   index.agent_of};
    const int first = slot;
    for (; slot < last_slot && slot - first < kRun && links.count < kLinks; ++slot) {
      const int begin = links.count;
      const Vec3 at{index.x_m[slot], index.y_m[slot], index.z_m[slot]};
      AgentSearch<LinkList>{index, at, job.radius_m, Search::kSenders, links}.run();
      links.belong(begin, index.agent_of[slot]);
      memory.end[static_cast<std::size_t>(slot - first)] = links.count;
    }
    draw_luck(job.key, job.keep, links);
    int begin = 0;
    for (int i = first; i < slot; ++i) {
      const int end = memory.end[static_cast<std::size_t>(i - first)];
      choose_for(job, index.agent_of[i],
                 {links.sender + begin, links.square_m2 + begin, end - begin}, heard);
      begin = end;
    }
  }
}

}  // namespace volery::radio::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::radio {

HWY_EXPORT(choose);

void choose_messages(const ChooseJob& job, int first_slot, int last_slot, LinkMemory& memory,
                     HeardTable& heard) noexcept {
  HWY_DYNAMIC_DISPATCH(choose)(job, first_slot, last_slot, memory, heard);
}

}  // namespace volery::radio
#endif
