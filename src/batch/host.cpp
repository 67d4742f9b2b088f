// Steps and resets of tasks that the host scores, and what it reads and writes meanwhile.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "batch/impl.hpp"
#include "core/described.hpp"
#include "core/float_mode.hpp"

namespace volery {

namespace {

// A field of agents; throws for a name that is none.
const FieldSpec& find_field(const FieldTable& table, const std::string& name, const char* call,
                            int& row) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.fields().size(); ++i) {
    const FieldSpec& field = table.fields()[i];
    row = table.row_of(static_cast<int>(i));
    if (field.name == name) return field;
    names.push_back(field.name);
  }
  throw Error(ErrorKind::kValue,
              std::string(call) + ": no field \"" + name + "\"" + did_you_mean(name, names));
}

bool is_own(const batch::Setup& setup, const FieldSpec& field) {
  return setup.config.host_task != nullptr &&
         field.writer == "task " + setup.config.host_task->name;
}

void check_count(const std::string& name, std::size_t given, std::size_t needed, const char* call) {
  if (given == needed) return;
  throw Error(ErrorKind::kValue, std::string(call) + "(\"" + name +
                                     "\"): " + std::to_string(given) + " numbers, must be " +
                                     std::to_string(needed));
}

[[noreturn]] void throw_not_finite(const std::string& what, int world, int agent) {
  throw Error(ErrorKind::kValue, what + "[" + std::to_string(world) + ", " + std::to_string(agent) +
                                     "] is not finite");
}

// Throws where a column [W][A] holds what is not finite for an agent that lives in a sound world.
void check_column(const Batch::Impl& impl, const float* column, const std::string& what) {
  if (batch::all_finite(column, impl.setup.layout.num_rows())) return;
  const int agents = impl.setup.num_agents();
  const int alive = impl.setup.rows.alive.row;
  for (int world = 0; world < impl.setup.num_worlds(); ++world) {
    const auto place = impl.store.place(world);
    if (place.slab.worlds[place.world].status != kStatusOk) continue;
    for (int a = 0; a < agents; ++a) {
      if (place.slab.agents.at(place.world * agents + a, alive) == 0) continue;
      if (!std::isfinite(column[static_cast<std::ptrdiff_t>(world) * agents + a]))
        throw_not_finite(what, world, a);
    }
  }
}

void check_scores(const Batch::Impl& impl, const HostScores& scores) {
  const auto count = static_cast<std::ptrdiff_t>(impl.setup.layout.num_rows());
  const auto check = [&](const float* columns, const std::vector<TermSpec>& specs,
                         const char* what) {
    for (std::size_t i = 0; columns != nullptr && i < specs.size(); ++i) {
      check_column(impl, columns + static_cast<std::ptrdiff_t>(i) * count,
                   std::string(what) + " \"" + specs[i].name + "\"");
    }
  };
  check(scores.terms, impl.setup.layout.reward_terms, "reward term");
  check(scores.metrics, impl.setup.layout.metrics, "metric");
}

void check_mid_step(const Batch::Impl& impl, const char* call) {
  if (impl.mid_step) return;
  throw Error(ErrorKind::kState, std::string(call) + ": only between advance() and finish()");
}

// What the host may write when an episode begins, beside its own fields.
bool is_start(int row) {
  return row == kPosition || row == kQuat || row == kVelocity || row == kOmega;
}

}  // namespace

std::exception_ptr place_fresh(Batch::Impl& impl, const PlaceAgents& place) noexcept {
  if (!impl.setup.host_places() || impl.fresh.empty()) return nullptr;
  std::exception_ptr failure;
  try {
    if (place) place(impl.fresh);
  } catch (...) {
    failure = std::current_exception();
  }
  // whatever the host has done, the episodes begin
  const FloatMode float_mode;
  for (const int world : impl.fresh) {
    const auto at = impl.store.place(world);
    batch::start_world(impl.setup, at.slab, at.world);
  }
  impl.fresh.clear();
  return failure;
}

WorldFacts Batch::facts() const {
  const batch::Setup& setup = impl_->setup;
  WorldFacts facts{setup.step_s, setup.vehicle.hover_speed_radps, {}, {}};
  std::copy_n(setup.scene.config().bounds_low_m.begin(), 3, facts.bounds_low_w_m.begin());
  std::copy_n(setup.scene.config().bounds_high_m.begin(), 3, facts.bounds_high_w_m.begin());
  return facts;
}

const SceneConfig& Batch::scene() const noexcept {
  return impl_->setup.scene.config();
}
const VehicleFleet& Batch::fleet() const noexcept {
  return impl_->setup.fleet;
}
const Teams& Batch::teams() const noexcept {
  return impl_->setup.teams;
}

void Batch::advance(std::span<const float> actions) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "advance");
  check_step(*impl_, actions, "advance");
  clear_traces(*impl_);
  impl_->for_each_slab([&](const Slab& slab, batch::Worker& worker, const batch::Split& split) {
    batch::advance_slab(impl_->setup, slab, worker, split, actions.data());
  });
  impl_->mid_step = true;
  impl_->fold_is_fresh = false;
  guard.reset();
  if (impl_->journal != nullptr) impl_->journal->advance(*this, actions);
}

void Batch::finish(const HostScores& scores, const StepOutputs& out, const PlaceAgents& place) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "finish");
  check_mid_step(*impl_, "finish");
  check_scores(*impl_, scores);
  batch::StepIo io = step_io(*impl_, nullptr, out);
  io.scores = &scores;
  io.fold = begin_fold(*impl_);
  impl_->for_each_slab([&](const Slab& slab, batch::Worker& worker, const batch::Split& split) {
    batch::end_slab(impl_->setup, slab, worker, split, io);
  });
  impl_->mid_step = false;
  count_ended(*impl_);

  // worlds that were reset in this step and could be placed
  const bool same_step = impl_->setup.config.autoreset == Autoreset::kSameStep;
  const auto& was_reset = same_step ? impl_->ended : impl_->just_reset;
  for (int world = 0; impl_->setup.host_places() && world < num_worlds(); ++world) {
    const auto w = static_cast<std::size_t>(world);
    if (was_reset[w] != 0 && (impl_->status[w] & kStatusSpawnFailed) == 0)
      impl_->fresh.push_back(world);
  }
  const std::exception_ptr failure = place_fresh(*impl_, place);

  impl_->for_each_slab([&](const Slab& slab, batch::Worker& worker, const batch::Split& split) {
    batch::observe_slab(impl_->setup, slab, worker, split, io);
  });
  if (io.fold != nullptr) end_fold(*impl_);
  guard.reset();
  if (impl_->journal != nullptr) impl_->journal->finish(*this, scores, out);
  if (failure) std::rethrow_exception(failure);
}

void Batch::columns(const std::string& field, std::span<float> out) const {
  const BusyGuard guard(impl_->busy, "columns");
  int row = 0;
  const FieldSpec& spec = find_field(impl_->setup.agent_fields, field, "columns", row);
  const std::size_t count = impl_->setup.layout.num_rows();
  check_count(field, out.size(), count * static_cast<std::size_t>(spec.width), "columns");
  for (int i = 0; i < impl_->store.num_slabs(); ++i) {
    const Slab& slab = impl_->store.slab(i);
    for (int b = 0; b < slab.agents.num_blocks; ++b) {
      float* to = out.data() + static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents +
                  static_cast<std::ptrdiff_t>(b) * kLanes;
      const int lanes = std::min(kLanes, slab.agents.num_bodies - b * kLanes);
      for (int c = 0; c < spec.width; ++c, to += count)
        std::copy_n(slab.agents.row(b, row + c), lanes, to);
    }
  }
}

void Batch::set_columns(const std::string& field, std::span<const float> values) {
  const BusyGuard guard(impl_->busy, "set_columns");
  check_mid_step(*impl_, "set_columns");
  int row = 0;
  const FieldSpec& spec = find_field(impl_->setup.agent_fields, field, "set_columns", row);
  if (!is_own(impl_->setup, spec))
    throw Error(ErrorKind::kValue, "set_columns: \"" + field + "\" is not a field of the task's");
  const std::size_t count = impl_->setup.layout.num_rows();
  check_count(field, values.size(), count * static_cast<std::size_t>(spec.width), "set_columns");
  bool finite = true;
  for (int c = 0; c < spec.width; ++c) {
    const float* column = values.data() + static_cast<std::size_t>(c) * count;
    finite = finite && batch::all_finite(column, count);
    check_column(*impl_, column, "field \"" + field + "\"");
  }
  for (int i = 0; i < impl_->store.num_slabs(); ++i) {
    const Slab& slab = impl_->store.slab(i);
    for (int b = 0; b < slab.agents.num_blocks; ++b) {
      const float* from = values.data() +
                          static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents +
                          static_cast<std::ptrdiff_t>(b) * kLanes;
      const int lanes = std::min(kLanes, slab.agents.num_bodies - b * kLanes);
      for (int c = 0; c < spec.width; ++c, from += count) {
        float* to = slab.agents.row(b, row + c);
        std::copy_n(from, lanes, to);
        // only the dead can hold such numbers here
        for (int l = 0; !finite && l < lanes; ++l) to[l] = std::isfinite(to[l]) ? to[l] : 0.0F;
      }
    }
  }
  if (impl_->journal != nullptr) impl_->journal->set_columns(field, values);
}

void Batch::rows(const std::string& field, std::span<float> out) const {
  int row = 0;
  const FieldSpec& spec = find_field(impl_->setup.agent_fields, field, "rows", row);
  const int agents = num_agents();
  check_count(field, out.size(),
              impl_->fresh.size() * static_cast<std::size_t>(agents * spec.width), "rows");
  float* to = out.data();
  for (const int world : impl_->fresh) {
    const auto at = impl_->store.place(world);
    for (int a = 0; a < agents; ++a) {
      for (int c = 0; c < spec.width; ++c)
        *to++ = at.slab.agents.at(at.world * agents + a, row + c);
    }
  }
}

void Batch::set_rows(const std::string& field, std::span<const float> values) {
  int row = 0;
  const FieldSpec& spec = find_field(impl_->setup.agent_fields, field, "set_rows", row);
  if (!is_own(impl_->setup, spec) && !is_start(row)) {
    throw Error(ErrorKind::kValue,
                "set_rows: \"" + field +
                    "\" is not a field of the task's, nor position_w_m, quat_wb_xyzw, "
                    "velocity_w_mps or omega_b_radps");
  }
  const int agents = num_agents();
  const auto per_world = static_cast<std::size_t>(agents * spec.width);
  check_count(field, values.size(), impl_->fresh.size() * per_world, "set_rows");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    throw_not_finite("field \"" + field + "\"", impl_->fresh[i / per_world],
                     static_cast<int>(i % per_world) / spec.width);
  }
  for (std::size_t i = 0; row == kQuat && i < values.size(); i += 4) {
    const float* q = values.data() + i;
    if (!(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3] > 1e-12F))
      throw Error(ErrorKind::kValue, "field \"" + field + "\": a quaternion has no direction");
  }
  const float* from = values.data();
  for (const int world : impl_->fresh) {
    const auto at = impl_->store.place(world);
    for (int a = 0; a < agents; ++a) {
      const int body = at.world * agents + a;
      for (int c = 0; c < spec.width; ++c) at.slab.agents.at(body, row + c) = *from++;
      if (row == kPosition) at.slab.agents.set_vec3(body, kPositionResidual, {});
      if (row != kQuat) continue;
      const Quat q = at.slab.agents.quat(body);
      const float norm = std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w);
      at.slab.agents.set_quat(body, {q.x / norm, q.y / norm, q.z / norm, q.w / norm});
    }
  }
  if (impl_->journal != nullptr) impl_->journal->set_rows(field, values);
}

void Batch::draw(int first, std::span<float> out) const {
  const bool placing = !impl_->fresh.empty();
  if (!placing) check_mid_step(*impl_, "draw");
  const int agents = num_agents();
  const std::size_t worlds = placing ? impl_->fresh.size() : static_cast<std::size_t>(num_worlds());
  const std::size_t each = out.size() / (worlds * static_cast<std::size_t>(agents));
  check_count("out", out.size(), each * worlds * static_cast<std::size_t>(agents), "draw");
  float* to = out.data();
  for (std::size_t i = 0; i < worlds; ++i) {
    const auto at = impl_->store.place(placing ? impl_->fresh[i] : static_cast<int>(i));
    const WorldHeader& header = at.slab.worlds[at.world];
    // step 0 is the reset: the first step draws what belongs to 1
    const std::uint32_t step = placing ? 0 : header.step + 1;
    for (int a = 0; a < agents; ++a) {
      Rng rng(header.seed, header.episode, Stream::kTask, static_cast<std::uint32_t>(a), step);
      for (int skipped = 0; skipped < first; ++skipped) (void)rng.bits();
      for (std::size_t k = 0; k < each; ++k) *to++ = rng.uniform();
    }
  }
}

}  // namespace volery
