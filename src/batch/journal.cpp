// Who is told, and what a state folds to.
#include "volery/journal.hpp"

#include <algorithm>

#include "batch/impl.hpp"

namespace volery {

void Batch::attach(std::shared_ptr<Journal> journal) {
  std::shared_ptr<Journal> before;
  {
    const BusyGuard guard(impl_->busy, "attach");
    check_between_steps(*impl_, "attach");
    before = std::exchange(impl_->journal, nullptr);
  }
  if (before != nullptr) before->detached(*this);
  // one that throws here is not attached
  if (journal != nullptr) journal->attached(*this);
  impl_->journal = std::move(journal);
}

batch::FoldSums* begin_fold(Batch::Impl& impl) {
  impl.fold_is_fresh = false;
  if (impl.journal == nullptr || !impl.journal->wants_fold()) return nullptr;
  clear_fold(impl);
  return &impl.fold;
}

void clear_fold(Batch::Impl& impl) {
  impl.fold.worlds.assign(static_cast<std::size_t>(impl.setup.num_worlds()), 0);
  impl.fold.fields.assign(impl.setup.fold.names.size(), 0);
  for (const auto& worker : impl.workers) {
    for (batch::FoldScratch& scratch : worker->fold) scratch.clear();
  }
}

void end_fold(Batch::Impl& impl) noexcept {
  for (const auto& worker : impl.workers) {
    for (batch::FoldScratch& scratch : worker->fold)
      batch::add_fields(impl.setup.fold, scratch, impl.fold);
  }
  impl.fold_is_fresh = true;
}

StateFold Batch::fold() const {
  const BusyGuard guard(impl_->busy, "fold");
  if (!impl_->fold_is_fresh) {
    clear_fold(*impl_);
    impl_->for_each_slab([&](const Slab& slab, batch::Worker& worker, const batch::Split& split) {
      batch::fold_slab(impl_->setup.fold, slab, worker.fold, split, impl_->fold);
    });
    end_fold(*impl_);
  }
  return {impl_->fold.worlds, impl_->fold.fields};
}

std::vector<std::string> Batch::fold_names() const {
  return impl_->setup.fold.names;
}

}  // namespace volery
