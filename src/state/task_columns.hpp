// The columns that the sensor `task` shows, by task: what a baseline reads of its task.
//
// Tasks write them and policies read them, and neither may include the other. All offsets are from
// the agent, along world axes; a task's columns begin with the ones named first here.
#pragma once

namespace volery {

/// Of tasks over a level area; m.
enum AreaColumn : int {
  kAreaEast = 0,  // to the edges, negative beyond them
  kAreaNorth,
  kAreaWest,
  kAreaSouth,
  kAreaClimb,  // to the height at which to fly
  kNumAreaColumns,
};

/// Of `patrol`, after those of the area: the ages of a square of cells around the agent's own, row
/// by row from the south-west one, negative outside the area.
inline constexpr int kPatrolWindow = 5;  // cells per side
enum PatrolColumn : int {
  kPatrolCellX = kNumAreaColumns,  // m, to the middle of the own cell
  kPatrolCellY,
  kPatrolCellSize,  // m
  kPatrolAges,      // kPatrolWindow^2, s
  kNumPatrolColumns = kPatrolAges + kPatrolWindow * kPatrolWindow,
};

/// Of `foraging`, after those of the area.
enum ForagingColumn : int {
  kForagingNestX = kNumAreaColumns,  // m, to the nest
  kForagingNestY,
  kForagingCarrying,  // 1 with an item
  kForagingSeen,      // items in sight
  kForagingItemX,     // m, to the nearest of them, 0 where there is none
  kForagingItemY,
  kForagingSiteKnown,  // 1 while the place of the last pick-up is remembered
  kForagingSiteX,      // m, to it
  kForagingSiteY,
  kForagingSiteCount,  // items that were in sight there
  kForagingTrips,      // items brought home so far
  kNumForagingColumns,
};

/// Of `transport` and `transport_slung`.
enum LoadColumn : int {
  kLoadX = 0,  // m, to the load's center of mass
  kLoadY,
  kLoadZ,
  kLoadCosYaw,  // of its x axis, seen from above
  kLoadSinYaw,
  kLoadVelocityX,  // m/s, world frame
  kLoadVelocityY,
  kLoadVelocityZ,
  kLoadGoalX,  // m, from the load to where it shall be now
  kLoadGoalY,
  kLoadGoalZ,
  kLoadRadius,  // m, of the circle that holds it, seen from above
  kLoadShare,   // its mass over that of all agents
  kNumLoadColumns,
};

/// A record of `search_relay`: what an agent says of a target that it saw or heard of.
enum RecordField : int {
  kRecordX = 0,  // in [-1, 1] across the area
  kRecordY,
  kRecordCode,  // what only who saw the target, or heard of it, knows; 0: no record
  kRecordSize,
};

/// Of `search_relay`.
inline constexpr int kMostRecords = 16;  // that an agent remembers
enum SearchColumn : int {
  kSearchTime = 0,  // s since the start
  kSearchBaseX,     // m, to the base; 0 for the base itself
  kSearchBaseY,
  kSearchHalfX,  // m, half of the agent's sector
  kSearchHalfY,
  kSearchRecords,  // kMostRecords of kRecordSize numbers, then how often the agent has sent it
  kSearchRecordSize = kRecordSize + 1,
  kNumSearchColumns = kSearchRecords + kMostRecords * kSearchRecordSize,
};

}  // namespace volery
