// Teams: which side each agent of a world is on.
//
// Listed in the config, `teams = ["hunter", "hunter", "hunter", "prey"]`, a name per agent; shorter
// lists are taken in turn, as vehicles are. Teams are numbered in the order in which their names
// first stand there. Without a list all agents are of one team, number 0, without a name.
#pragma once

#include <string>
#include <vector>

namespace volery {

class Teams {
 public:
  Teams() = default;
  /// Throws Error for an empty name.
  explicit Teams(const std::vector<std::string>& team_of_agents);

  /// True where the config lists them.
  [[nodiscard]] bool given() const noexcept { return !names_.empty(); }
  [[nodiscard]] int count() const noexcept { return given() ? static_cast<int>(names_.size()) : 1; }
  /// One per team; empty where none are given.
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  /// The team of an agent, counted within its world.
  [[nodiscard]] int of(int agent) const noexcept {
    return pattern_.empty() ? 0 : pattern_[static_cast<std::size_t>(agent) % pattern_.size()];
  }

 private:
  std::vector<std::string> names_;
  std::vector<int> pattern_;
};

}  // namespace volery
