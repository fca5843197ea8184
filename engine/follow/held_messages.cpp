#include "follow/held_messages.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "follow/copied_row.h"

namespace pghaul::follow {

using changes::Relation;
using changes::Row;

void HeldMessages::add(const changes::Message& message) {
  std::visit(
      [this](const auto& said) {
        using Said = std::decay_t<decltype(said)>;
        if constexpr (std::is_same_v<Said, changes::Begin> || std::is_same_v<Said, changes::Commit>) {
          messages_.emplace_back(said);
        } else if constexpr (std::is_same_v<Said, changes::Description>) {
          latest_.erase(said.relation->oid);
          messages_.emplace_back(changes::Description{.relation = copy(*said.relation)});
        } else if constexpr (std::is_same_v<Said, changes::Insert>) {
          messages_.emplace_back(changes::Insert{.relation = copy(*said.relation), .row = copy(said.row)});
        } else if constexpr (std::is_same_v<Said, changes::Update>) {
          messages_.emplace_back(changes::Update{.relation = copy(*said.relation),
                                                 .old_kind = said.old_kind,
                                                 .old = copy(said.old),
                                                 .row = copy(said.row)});
        } else if constexpr (std::is_same_v<Said, changes::Delete>) {
          messages_.emplace_back(changes::Delete{
              .relation = copy(*said.relation), .old_kind = said.old_kind, .old = copy(said.old)});
        } else if constexpr (std::is_same_v<Said, changes::Truncate>) {
          using Pointer = const Relation*;
          auto* const kept = static_cast<Pointer*>(
              memory_.allocate(said.relations.size() * sizeof(Pointer), alignof(Pointer)));
          for (std::size_t i = 0; i < said.relations.size(); ++i) kept[i] = copy(*said.relations[i]);
          messages_.emplace_back(changes::Truncate{.relations = {kept, said.relations.size()},
                                                   .cascade = said.cascade,
                                                   .restart_identity = said.restart_identity});
        }
      },
      message);
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
