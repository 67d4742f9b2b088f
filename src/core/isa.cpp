// Limits Highway's run-time dispatch.
#include "core/isa.hpp"

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "core/described.hpp"

namespace volery {
namespace {

using Isa = std::pair<std::int64_t, const char*>;

const char* isa_name(std::int64_t target) noexcept {
  switch (target) {
#if HWY_ARCH_X86
    case HWY_AVX3:
      return "avx512";
    case HWY_AVX2:
      return "avx2";
    case HWY_SSE4:
      return "sse4";
#endif
    default:
      return "baseline";
  }
}

/// What CPU and build offer, best first; read once, before anything can have limited it.
const std::vector<Isa>& isas() {
  static const std::vector<Isa> all = [] {
    std::vector<Isa> found;
    // Highway numbers its targets so that better ones have lower bits
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      found.emplace_back(target, isa_name(target));
    }
    if (found.empty()) found.emplace_back(HWY_STATIC_TARGET, isa_name(HWY_STATIC_TARGET));
    return found;
  }();
  return all;
}

void limit(const std::string& name, const char* asked_by) {
  std::int64_t mask = 0;  // Highway's word for "no limit"
  if (name != "auto") {
    const auto found = std::find_if(isas().begin(), isas().end(),
                                    [&](const Isa& isa) { return name == isa.second; });
    if (found == isas().end()) {
      std::vector<std::string> names{"auto"};
      for (const Isa& isa : isas()) names.emplace_back(isa.second);
      throw Error(ErrorKind::kValue, std::string(asked_by) + " = '" + name +
                                         "': not available on this CPU" +
                                         did_you_mean(name, names));
    }
    mask = found->first;
  }
  hwy::SetSupportedTargetsForTest(mask);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace

void apply_isa_environment() {
  static std::once_flag once;
  // a wrong name throws, which leaves the flag unset: every batch then reports it
  std::call_once(once, [] {
    (void)isas();
    const char* wanted = std::getenv("VOLERY_ISA");
    if (wanted != nullptr && *wanted != '\0') limit(wanted, "VOLERY_ISA");
  });
}

std::string active_isa() {
  apply_isa_environment();
  for (const auto& [target, name] : isas()) {
    if ((hwy::SupportedTargets() & target) != 0) return name;
  }
  return isa_name(HWY_STATIC_TARGET);
}

std::vector<std::string> available_isas() {
  std::vector<std::string> names;
  for (const Isa& isa : isas()) names.emplace_back(isa.second);
  return names;
}

void limit_isa(const std::string& name) {
  // first, so that a later look at the variable cannot undo this call
  apply_isa_environment();
  limit(name, "isa");
}

}  // namespace volery
