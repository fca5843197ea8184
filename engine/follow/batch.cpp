#include "follow/batch.h"

#include <algorithm>

#include "follow/copied_row.h"

namespace pghaul::follow {

using changes::Row;

void Batch::add(std::uint32_t xid, const changes::Insert& insert, const changes::Relation& relation) {
  entries_.push_back({xid, changes::Insert{.relation = &relation, .row = copy(insert.row)}});
}

void Batch::add(std::uint32_t xid, const changes::Update& update, const changes::Relation& relation) {
  entries_.push_back({xid, changes::Update{.relation = &relation,
                                           .old_kind = update.old_kind,
                                           .old = copy(update.old),
                                           .row = copy(update.row)}});
}

void Batch::add(std::uint32_t xid, const changes::Delete& removed, const changes::Relation& relation) {
  entries_.push_back(
      {xid, changes::Delete{.relation = &relation, .old_kind = removed.old_kind, .old = copy(removed.old)}});
}

void Batch::add(std::uint32_t xid, const changes::Truncate& truncate,
                std::span<const changes::Relation* const> relations) {
  using Pointer = const changes::Relation*;
  auto* const kept =
      static_cast<Pointer*>(memory_.allocate(relations.size() * sizeof(Pointer), alignof(Pointer)));
  std::ranges::copy(relations, kept);
  entries_.push_back({xid, changes::Truncate{.relations = {kept, relations.size()},
                                             .cascade = truncate.cascade,
                                             .restart_identity = truncate.restart_identity}});
}

void Batch::add(std::uint32_t xid, const changes::Commit& commit) {
  entries_.push_back({xid, commit});
  ++transactions_;
  whole_entries_ = entries_.size();
}

void Batch::clear() {
  entries_.clear();
  memory_.release();
  transactions_ = 0;
  whole_entries_ = 0;
  bytes_ = 0;
}

Row Batch::copy(Row row) {
  return copied_row(row, memory_, bytes_);
}

}  // namespace pghaul::follow
