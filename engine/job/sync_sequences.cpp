#include "job/sync.h"

#include <algorithm>
#include <string>
#include <vector>

#include "catalog/read_catalog.h"
#include "schema/statements.h"

namespace pghaul::job {

/// Gives sequences the source's present values, where they differ.
Status Sync::set_sequences() {
  std::vector<catalog::Sequence> wanted = both_.found.source.sequences;
  std::erase_if(wanted, [](const catalog::Sequence& one) { return !one.unreadable_reason.empty(); });
  if (wanted.empty()) return {};
  Result<postgres::Connection> source =
      postgres::Connection::open(ends_->source, postgres::Side::source, ends_->encoding, context_.stop);
  if (!source) return fail(source.error());
  if (Status read = catalog::read_sequences(*source, wanted); !read)
    return read.error().during("reading the source's sequences");
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  Result<std::vector<catalog::Sequence>> there =
      catalog::list_sequences(*target, [](catalog::Oid) { return true; });
  if (!there) return fail(there.error());
  std::erase_if(*there, [&](const catalog::Sequence& one) {
    return std::ranges::find(wanted, one.name, &catalog::Sequence::name) == wanted.end();
  });
  if (Status read = catalog::read_sequences(*target, *there); !read)
    return read.error().during("reading the target's sequences");
  std::erase_if(wanted, [&](const catalog::Sequence& one) {
    const auto twin = std::ranges::find(*there, one.name, &catalog::Sequence::name);
    return twin != there->end() && twin->last_value == one.last_value && twin->is_called == one.is_called;
  });
  done().sequences = wanted.size();
  for (const std::string& statement : schema::set_sequences(wanted)) {
    touched_ = true;
    if (Status set = target->execute(statement); !set)
      return set.error().during("setting the target's sequences");
  }
  return {};
}

}  // namespace pghaul::job
