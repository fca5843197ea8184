// An archive folder's description of itself, manifest.json, which anybody may have written.

#include <string>

#include "archive/manifest.h"
#include "fuzz/fuzz.h"
#include "support/catalog_builder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pghaul::archive::Manifest;
  const auto manifest = Manifest::of_json(std::string(text_of(data, size)));
  if (!manifest) return 0;
  const std::string written = manifest->to_json();
  const auto again = Manifest::of_json(written);
  require(again && again->to_json() == written, "what was accepted is accepted as written again");
  for (const Manifest::Table& table : manifest->tables) {
    for (const Manifest::Rows& rows : table.files) {
      require(rows.file.find('/') == std::string::npos && !rows.file.starts_with('.'),
              "no file is outside of the folder");
      (void)rows.rows_digest();
    }
  }
  pghaul::support::CatalogBuilder source;
  source.table("orders");
  (void)manifest->check(source.catalog);
  return 0;
}
