// A journal's sizes of the source, and a digest: the first line. Somebody may have changed it.

#include <string>

#include "fuzz/fuzz.h"
#include "journal/plan_sizes.h"
#include "plan/make_plan.h"
#include "support/catalog_builder.h"
#include "verify/digest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  const std::string digits(take(rest, '\n'));
  pghaul::verify::Digest digest;
  if (digest.set_hex(digits)) {
    pghaul::verify::Digest again;
    require(digits.size() == 32 && again.set_hex(digest.hex()) && again == digest,
            "a digest is read as written");
  }

  pghaul::support::CatalogBuilder source;
  source.index(source.table("big", 400'000'000));
  source.table("small");
  pghaul::plan::PlanOptions options{.decided_jobs = 4};
  if (!pghaul::journal::set_sizes(rest, source.catalog, options.lines)) return 0;
  pghaul::plan::add_lines(options.rates, options.lines);
  const pghaul::plan::Plan plan = pghaul::plan::make_plan(source.catalog, nullptr, options);
  require(plan.tables.size() == 2, "both tables are in the plan");
  require(plan.graph.tasks.size() < 100'000, "a plan stays within reason");
  return 0;
}
