#include "model/teams.hpp"

#include <algorithm>

#include "volery/error.hpp"

namespace volery {

Teams::Teams(const std::vector<std::string>& team_of_agents) {
  for (std::size_t i = 0; i < team_of_agents.size(); ++i) {
    const std::string& name = team_of_agents[i];
    if (name.empty()) {
      throw Error(ErrorKind::kValue,
                  "config.teams[" + std::to_string(i) + "] = \"\": must be a name");
    }
    const auto known = std::find(names_.begin(), names_.end(), name);
    pattern_.push_back(static_cast<int>(known - names_.begin()));
    if (known == names_.end()) names_.push_back(name);
  }
}

}  // namespace volery
