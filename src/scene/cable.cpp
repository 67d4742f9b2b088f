#include "scene/cable.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "core/described.hpp"

namespace volery {

namespace {

using Kind = CableEnd::Kind;

constexpr int kEveryAgent = -1;

[[noreturn]] void refuse(const std::string& path, const std::string& value,
                         const std::string& rule) {
  throw Error(ErrorKind::kValue, path + " = \"" + value + "\": " + rule);
}

// The number in "agent 3", if the text is the word and a whole number.
std::optional<int> number_after(std::string_view text, std::string_view word) {
  if (!text.starts_with(word) || text.size() <= word.size() + 1 || text[word.size()] != ' ')
    return {};
  const char* last = text.data() + text.size();
  int number = 0;
  const auto parsed = std::from_chars(text.data() + word.size() + 1, last, number);
  if (parsed.ec != std::errc() || parsed.ptr != last) return {};
  return number;
}

int checked_index(const std::string& path, const std::string& text, int index, int count,
                  const char* what) {
  if (index >= 0 && index < count) return index;
  const std::string range =
      count > 0 ? "must be in [0, " + std::to_string(count - 1) + "]" : "there are none";
  refuse(path, text, std::string("no such ") + what + "; the number " + range);
}

int prop_by_name(const SceneConfig& config, const std::string& path, const std::string& text) {
  std::vector<std::string> names{"agent 0", "agents", "world"};
  int found = -1;
  for (std::size_t i = 0; i < config.props.size(); ++i) {
    const std::string& name = config.props[i].name;
    if (!name.empty()) names.push_back(name);
    if (name != text || name.empty()) continue;
    if (found >= 0) {
      refuse(path, text,
             "props " + std::to_string(found) + " and " + std::to_string(i) +
                 " both have this name; write \"prop " + std::to_string(found) + "\"");
    }
    found = static_cast<int>(i);
  }
  if (found < 0) refuse(path, text, "neither an agent nor a prop" + did_you_mean(text, names));
  return found;
}

// An end by its text. Agents out of range pass where their number is not known.
CableEnd end_of(const SceneConfig& config, int num_agents, const std::string& path,
                const std::string& text, const std::vector<float>& attach_b_m,
                const std::vector<float>& anchor_w_m) {
  CableEnd end;
  end.at_m = {attach_b_m[0], attach_b_m[1], attach_b_m[2]};
  if (text == "world") {
    end.at_m = {anchor_w_m[0], anchor_w_m[1], anchor_w_m[2]};
    return end;
  }
  end.kind = Kind::kAgent;
  if (text == "agents") {
    end.index = kEveryAgent;
  } else if (const auto agent = number_after(text, "agent")) {
    if (*agent < 0) refuse(path, text, "the number must not be negative");
    const int count = num_agents == kAnyNumberOfAgents ? *agent + 1 : num_agents;
    end.index = checked_index(path, text, *agent, count, "agent");
  } else {
    end.kind = Kind::kProp;
    const auto prop = number_after(text, "prop");
    end.index =
        prop ? checked_index(path, text, *prop, static_cast<int>(config.props.size()), "prop")
             : prop_by_name(config, path, text);
  }
  return end;
}

// Two ends that some agent would have to share count as one body.
bool same_body(const CableEnd& a, const CableEnd& b) {
  if (a.kind != b.kind) return false;
  const bool any_agent = a.kind == Kind::kAgent && (a.index < 0 || b.index < 0);
  return a.kind == Kind::kWorld || any_agent || a.index == b.index;
}

}  // namespace

std::vector<Cable> cables_of(const SceneConfig& config, int num_agents) {
  std::vector<Cable> cables;
  for (std::size_t i = 0; i < config.cables.size(); ++i) {
    const CableSpec& spec = config.cables[i];
    const std::string path = "scene.cables[" + std::to_string(i) + "]";
    Cable cable;
    cable.a = end_of(config, num_agents, path + ".a", spec.a, spec.attach_a_b_m, spec.anchor_w_m);
    cable.b = end_of(config, num_agents, path + ".b", spec.b, spec.attach_b_b_m, spec.anchor_w_m);
    cable.length_m = spec.length_m;
    cable.spec = static_cast<int>(i);
    if (same_body(cable.a, cable.b))
      refuse(path + ".b", spec.b, "both ends are at the same body (a = \"" + spec.a + "\")");

    // "agents" stands for each of them in turn
    const bool every = (cable.a.kind == Kind::kAgent && cable.a.index == kEveryAgent) ||
                       (cable.b.kind == Kind::kAgent && cable.b.index == kEveryAgent);
    const int copies = every ? num_agents : 1;
    for (int agent = 0; agent < copies; ++agent) {
      Cable copy = cable;
      for (CableEnd* end : {&copy.a, &copy.b}) {
        if (end->kind == Kind::kAgent && end->index == kEveryAgent) end->index = agent;
      }
      cables.push_back(copy);
    }
  }
  return cables;
}

}  // namespace volery
