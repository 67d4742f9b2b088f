// Pieces: whole worlds in whole blocks, all of them, none twice.
#include "batch/pieces.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace volery::batch {
namespace {

// A slab without rows of its own: only where things lie is looked at.
struct Layout {
  Layout(int num_worlds, int num_agents, int num_props)
      : agents(static_cast<std::size_t>(blocks_for(num_worlds * num_agents)) * kRows * kLanes),
        props(static_cast<std::size_t>(blocks_for(num_worlds * num_props)) * kRows * kLanes),
        headers(static_cast<std::size_t>(num_worlds)),
        contacts(headers.size()),
        resetting(headers.size()) {
    slab.first_world = 1000;
    slab.num_worlds = num_worlds;
    slab.num_agents = num_agents;
    slab.num_props = num_props;
    slab.agents = {agents.data(), blocks_for(num_worlds * num_agents), kRows,
                   num_worlds * num_agents};
    slab.props = {props.data(), blocks_for(num_worlds * num_props), kRows, num_worlds * num_props};
    slab.worlds = headers.data();
    slab.contacts = contacts.data();
  }
  static constexpr int kRows = 3;
  std::vector<float> agents, props;
  std::vector<WorldHeader> headers;
  std::vector<WorldContacts> contacts;
  std::vector<std::uint8_t> resetting;
  Slab slab;
};

TEST(Pieces, HoldEachWorldOnceWithItsOwnBodies) {
  for (const int num_agents : {1, 2, 3, 16, 50, 63, 64, 100}) {
    for (const int num_props : {0, 1, 4}) {
      Layout layout(37, num_agents, num_props);
      const Slab& slab = layout.slab;
      int next = 0;
      for_each_piece(slab, layout.resetting.data(), [&](const Piece& piece) {
        ASSERT_EQ(piece.slab.first_world, 1000 + next);
        EXPECT_EQ(piece.slab.worlds, slab.worlds + next);
        EXPECT_EQ(piece.slab.contacts, slab.contacts + next);
        EXPECT_EQ(piece.resetting, layout.resetting.data() + next);
        for (int w = 0; w < piece.slab.num_worlds; ++w) {
          for (int local = 0; local < slab.num_bodies_per_world(); ++local) {
            const Slab::BodyRef here = piece.slab.body(w, local);
            const Slab::BodyRef there = slab.body(next + w, local);
            EXPECT_EQ(&here.blocks->at(here.body, 1), &there.blocks->at(there.body, 1));
          }
        }
        EXPECT_EQ(piece.slab.agents.num_bodies, piece.slab.num_worlds * num_agents);
        EXPECT_EQ(piece.slab.props.num_bodies, piece.slab.num_worlds * num_props);
        next += piece.slab.num_worlds;
      });
      EXPECT_EQ(next, 37);
    }
  }
}

TEST(Pieces, AreAFewBlocksWhereWorldsAreSmall) {
  EXPECT_EQ(worlds_per_piece(1, 0), kPieceAgents);
  EXPECT_EQ(worlds_per_piece(3, 0), 32);
  EXPECT_EQ(worlds_per_piece(4, 1), 32);
  EXPECT_EQ(worlds_per_piece(100'000, 0), 1);
}

}  // namespace
}  // namespace volery::batch
