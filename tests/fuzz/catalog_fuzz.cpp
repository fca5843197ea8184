// The source's catalog as an archive holds it, which a restore plans by: catalog.json. Anybody may have
// written it.

#include <string>

#include "archive/catalog_json.h"
#include "fuzz/fuzz.h"
#include "plan/make_plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto catalog = pghaul::archive::catalog_of_json(std::string(text_of(data, size)));
  if (!catalog) return 0;
  const std::string written = pghaul::archive::catalog_as_json(*catalog);
  const auto again = pghaul::archive::catalog_of_json(written);
  require(again && pghaul::archive::catalog_as_json(*again) == written,
          "what was accepted is accepted as written again");
  const pghaul::plan::Plan plan = pghaul::plan::make_plan(*catalog, nullptr, {.decided_jobs = 4});
  require(plan.tables.size() <= catalog->relations.size(), "no table is planned twice");
  require(plan.graph.tasks.size() < 1'000'000, "a plan stays within reason");
  return 0;
}
