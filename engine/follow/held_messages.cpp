#include "follow/held_messages.h"

#include "changes/visit.h"
#include "follow/copied_row.h"

namespace pghaul::follow {

using changes::Begin;
using changes::Commit;
using changes::Delete;
using changes::Description;
using changes::Emitted;
using changes::Insert;
using changes::OneOf;
using changes::Origin;
using changes::Relation;
using changes::Row;
using changes::Truncate;
using changes::Type;
using changes::Update;

void HeldMessages::add(const changes::Message& message) {
  changes::visit(
      message, [this](const OneOf<Begin, Commit> auto& bound) { messages_.emplace_back(bound); },
      [this](const Description& described) {
        latest_.erase(described.relation->oid);
        messages_.emplace_back(Description{.relation = copy(*described.relation)});
      },
      [this](const Insert& insert) {
        messages_.emplace_back(Insert{.relation = copy(*insert.relation), .row = copy(insert.row)});
      },
      [this](const Update& update) {
        messages_.emplace_back(Update{.relation = copy(*update.relation),
                                      .old_kind = update.old_kind,
                                      .old = copy(update.old),
                                      .row = copy(update.row)});
      },
      [this](const Delete& removed) {
        messages_.emplace_back(Delete{
            .relation = copy(*removed.relation), .old_kind = removed.old_kind, .old = copy(removed.old)});
      },
      [this](const Truncate& truncate) { messages_.emplace_back(copy(truncate)); },
      [](const OneOf<Origin, Type, Emitted> auto&) {});
}

changes::Message HeldMessages::take() {
  changes::Message first = messages_.front();
  messages_.pop_front();
  return first;
}

void HeldMessages::clear() {
  messages_.clear();
  relations_.clear();
  latest_.clear();
  memory_.release();
  bytes_ = 0;
}

Truncate HeldMessages::copy(const Truncate& truncate) {
  using Pointer = const Relation*;
  const std::size_t count = truncate.relations.size();
  auto* const kept = static_cast<Pointer*>(memory_.allocate(count * sizeof(Pointer), alignof(Pointer)));
  for (std::size_t i = 0; i < count; ++i) kept[i] = copy(*truncate.relations[i]);
  return {
      .relations = {kept, count}, .cascade = truncate.cascade, .restart_identity = truncate.restart_identity};
}

const Relation* HeldMessages::copy(const Relation& relation) {
  const auto known = latest_.find(relation.oid);
  if (known != latest_.end()) return known->second;
  relations_.push_back(relation);
  return latest_[relation.oid] = &relations_.back();
}

Row HeldMessages::copy(Row row) {
  return copied_row(row, memory_, bytes_);
}

}  // namespace pghaul::follow
