#include "radio/topology.hpp"

#include <algorithm>
#include <functional>

namespace volery::radio {

void TopologyConfig::describe(FieldVisitor& v) {
  v.choice("kind", kind,
           {"range", "k_nearest", "fixed", "star", "ring", "chain", "mesh", "layered", "full",
            "random", "hierarchical", "learned"},
           "who may talk to whom, among those in range");
  v.field("k", k,
          {.low = 1, .high = 64, .doc = "k_nearest: to so many, the nearest of the sender"});
  v.field("edges", edges,
          {.low = 0, .high = 1e6, .doc = "fixed: sender, receiver, sender, receiver, ..."});
  v.field("rows", rows, {.doc = "fixed: per sender a string of 0 and 1, one for each receiver"});
  v.field("one_way", one_way, {.doc = "star, ring, chain: without the way back"});
  v.field("layers", layers,
          {.low = 2, .high = kMaxMaskAgents, .doc = "layered: equal shares of agents, in order"});
  v.field("probability", probability, {.low = 0, .high = 1, .doc = "random: of each link"});
  v.field("seed", seed, {.low = 0, .high = 9e15, .doc = "random: another seed, another graph"});
  v.field("group_size", group_size,
          {.low = 1,
           .high = kMaxMaskAgents,
           .doc = "hierarchical: agents in order, the first of each group leads it"});
  v.field("groups", groups,
          {.low = 0, .high = 1e6, .doc = "hierarchical: or the group of each agent"});
  v.field("leaders", leaders,
          {.low = 0, .high = 1e6, .doc = "hierarchical: or the agents that lead"});
}

namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorKind::kValue, what);
}

/// An agent's index from a list of numbers.
int agent_of(const std::vector<float>& list, std::size_t i, int num_agents,
             const std::string& path) {
  const float number = list[i];
  const int agent = static_cast<int>(number);
  if (static_cast<float>(agent) != number || agent < 0 || agent >= num_agents) {
    refuse(path + "[" + std::to_string(i) + "] = " + std::to_string(number) +
           ": must be an agent, 0 .. " + std::to_string(num_agents - 1));
  }
  return agent;
}

using Permit = std::function<void(int sender, int receiver)>;

void permit_edges(const TopologyConfig& config, int num_agents, const std::string& path,
                  const Permit& permit) {
  if (config.edges.empty() == config.rows.empty()) {
    refuse(path + ".edges: must be given where kind is \"fixed\", or rows, but not both");
  }
  if (config.edges.size() % 2 != 0) {
    refuse(path + ".edges: has " + std::to_string(config.edges.size()) +
           " numbers: must be pairs of sender, receiver");
  }
  for (std::size_t i = 0; i < config.edges.size(); i += 2) {
    const int sender = agent_of(config.edges, i, num_agents, path + ".edges");
    permit(sender, agent_of(config.edges, i + 1, num_agents, path + ".edges"));
  }
}

void permit_rows(const TopologyConfig& config, int num_agents, const std::string& path,
                 const Permit& permit) {
  const auto num = static_cast<std::size_t>(num_agents);
  if (config.rows.size() != num) {
    refuse(path + ".rows: has " + std::to_string(config.rows.size()) +
           " rows: must be one per agent, " + std::to_string(num));
  }
  for (std::size_t i = 0; i < num; ++i) {
    const std::string& row = config.rows[i];
    if (row.size() != num || row.find_first_not_of("01") != std::string::npos) {
      refuse(path + ".rows[" + std::to_string(i) + "] = \"" + row + "\": must be " +
             std::to_string(num) + " times 0 or 1");
    }
    for (std::size_t j = 0; j < num; ++j) {
      if (row[j] == '1') permit(static_cast<int>(i), static_cast<int>(j));
    }
  }
}

/// Layer of each agent: as equal as can be, the first ones larger.
void permit_layers(int layers, int num_agents, const std::string& path, const Permit& permit) {
  if (layers > num_agents) {
    refuse(path + ".layers = " + std::to_string(layers) + ": must be at most the agents, " +
           std::to_string(num_agents));
  }
  std::vector<int> layer_of;
  for (int l = 0; l < layers; ++l) {
    const int size = num_agents / layers + (l < num_agents % layers ? 1 : 0);
    layer_of.insert(layer_of.end(), static_cast<std::size_t>(size), l);
  }
  for (int i = 0; i < num_agents; ++i) {
    for (int j = i + 1; j < num_agents; ++j) {
      const int step =
          layer_of[static_cast<std::size_t>(j)] - layer_of[static_cast<std::size_t>(i)];
      if (step == 1) permit(i, j);
    }
  }
}

void permit_random(const TopologyConfig& config, int num_agents, const Permit& permit) {
  const RadioKey key{static_cast<std::uint64_t>(config.seed), 0, 0};
  const std::uint64_t threshold = threshold_of(config.probability);
  for (int i = 0; i < num_agents; ++i) {
    std::array<std::uint32_t, 4> words{};
    for (int j = 0; j < num_agents; ++j) {
      // behind the blocks of shadow fields
      const auto block = 2 + static_cast<std::uint32_t>(j) / 4;
      if (j % 4 == 0) words = radio_words(key, DrawKind::kField, static_cast<unsigned>(i), block);
      if (words[static_cast<std::size_t>(j) % 4] < threshold) permit(i, j);
    }
  }
}

/// Groups as given, else of equal size; leaders as given, else the first of each group.
void permit_hierarchy(const TopologyConfig& config, int num_agents, const std::string& path,
                      const Permit& permit) {
  const auto num = static_cast<std::size_t>(num_agents);
  std::vector<int> group(num);
  if (!config.groups.empty() && config.groups.size() != num) {
    refuse(path + ".groups: has " + std::to_string(config.groups.size()) +
           " numbers: must be one per agent, " + std::to_string(num));
  }
  for (std::size_t i = 0; i < num; ++i) {
    group[i] = config.groups.empty() ? static_cast<int>(i) / config.group_size
                                     : static_cast<int>(config.groups[i]);
  }
  std::vector<bool> leads(num, false);
  for (std::size_t i = 0; i < config.leaders.size(); ++i) {
    leads[static_cast<std::size_t>(agent_of(config.leaders, i, num_agents, path + ".leaders"))] =
        true;
  }
  for (std::size_t i = 0; i < num; ++i) {
    bool is_led = false;
    bool is_first = true;
    for (std::size_t j = 0; j < num; ++j) {
      if (group[j] != group[i]) continue;
      is_led = is_led || leads[j];
      is_first = is_first && j >= i;
    }
    if (config.leaders.empty() && is_first) leads[i] = true;
    if (!config.leaders.empty() && !is_led) {
      refuse(path + ".leaders: must name one of group " + std::to_string(group[i]) +
             ", that of agent " + std::to_string(i));
    }
  }
  for (int i = 0; i < num_agents; ++i) {
    for (int j = 0; j < num_agents; ++j) {
      const auto a = static_cast<std::size_t>(i);
      const auto b = static_cast<std::size_t>(j);
      if (group[a] == group[b] || (leads[a] && leads[b])) permit(i, j);
    }
  }
}

void permit_preset(const TopologyConfig& config, int num_agents, const Permit& permit) {
  const auto both = [&](int i, int j) {
    permit(i, j);
    if (!config.one_way) permit(j, i);
  };
  for (int i = 0; i < num_agents; ++i) {
    if (config.kind == TopologyKind::kStar && i > 0) both(0, i);
    if (config.kind == TopologyKind::kRing) both(i, (i + 1) % num_agents);
    if (config.kind == TopologyKind::kChain && i + 1 < num_agents) both(i, i + 1);
    const int first = config.kind == TopologyKind::kFull ? 0 : i + 1;
    if (config.kind == TopologyKind::kFull || config.kind == TopologyKind::kMesh) {
      for (int j = first; j < num_agents; ++j) permit(i, j);
    }
  }
}

}  // namespace

TopologyModel::TopologyModel(const TopologyConfig& config, int num_agents, const std::string& path)
    : kind_(config.kind), k_(config.k) {
  if (kind_ == TopologyKind::kRange || kind_ == TopologyKind::kKNearest ||
      kind_ == TopologyKind::kLearned) {
    return;
  }
  if (num_agents > kMaxMaskAgents) {
    refuse(path + ".kind: needs a matrix of " + std::to_string(num_agents) + " x " +
           std::to_string(num_agents) + " agents: must be \"range\" or \"k_nearest\" beyond " +
           std::to_string(kMaxMaskAgents) + " agents");
  }
  words_per_row_ = (static_cast<std::size_t>(num_agents) + 63) / 64;
  bits_.assign(static_cast<std::size_t>(num_agents) * words_per_row_, 0);
  const Permit permit = [this](int sender, int receiver) {
    if (sender == receiver) return;
    const auto to = static_cast<unsigned>(receiver);
    bits_[static_cast<std::size_t>(sender) * words_per_row_ + (to >> 6U)] |= std::uint64_t{1}
                                                                             << (to & 63U);
  };
  switch (kind_) {
    case TopologyKind::kFixed:
      permit_edges(config, num_agents, path, permit);
      if (!config.rows.empty()) permit_rows(config, num_agents, path, permit);
      break;
    case TopologyKind::kLayered:
      permit_layers(config.layers, num_agents, path, permit);
      break;
    case TopologyKind::kRandom:
      permit_random(config, num_agents, permit);
      break;
    case TopologyKind::kHierarchical:
      permit_hierarchy(config, num_agents, path, permit);
      break;
    default:
      permit_preset(config, num_agents, permit);
  }
}

}  // namespace volery::radio
