#include "archive/manifest.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "archive/describe_manifest.h"
#include "archive/json_fields.h"
#include "transport/folder.h"

namespace pghaul::archive {
namespace {

tl::unexpected<Error> wrong(const std::string& what) {
  return fail(ErrorCode::system, "manifest.json: " + what, "the archive is damaged, or was altered");
}

bool is_hash(const std::string& text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

verify::Digest digest_of(std::uint64_t rows, std::uint64_t bytes, std::string_view hex) {
  verify::Digest digest{.rows = rows, .bytes = bytes};
  if (!digest.set_hex(hex)) digest.sum_low = digest.sum_high = 0;
  return digest;
}

/// Checks what a manifest says of files, one after another.
class FileCheck {
 public:
  Status document(const Manifest::Document& document) {
    if (!is_hash(document.hash)) return wrong(fmt::format("file \"{}\" has no hash", document.file));
    return name(document.file, documents_);
  }
  Status rows(const Manifest::Rows& rows) {
    if (!is_hash(rows.digest)) return wrong(fmt::format("file \"{}\" has no digest", rows.file));
    return name(rows.file, data_);
  }

 private:
  static Status name(const std::string& file, std::set<std::string>& seen) {
    if (!transport::Folder::is_plain(file))
      return wrong(fmt::format("\"{}\" is not a valid file name", file));
    if (!seen.insert(file).second) return wrong(fmt::format("file \"{}\" comes twice", file));
    return {};
  }
  std::set<std::string> documents_;
  std::set<std::string> data_;
};

Status check_table(const Manifest::Table& table, FileCheck& files) {
  const std::string name = shown(catalog::Name{table.schema, table.name});
  if (table.format != "binary" && table.format != "text")
    return wrong(name + " has no format that COPY knows");
  if (table.files.empty()) return wrong(name + " has no file");
  std::uint32_t page = 0;
  for (const Manifest::Rows& file : table.files) {
    if (Status checked = files.rows(file); !checked) return checked;
    if (file.first_page != page || file.end_page <= page)
      return wrong("the files of " + name + " leave gaps");
    page = file.end_page;
  }
  if (page != 0xFFFFFFFFU) return wrong("the files of " + name + " end too early");
  return {};
}

Status check_values(const Manifest& manifest) {
  FileCheck files;
  if (Status checked = files.document(manifest.schema); !checked) return checked;
  if (Status checked = files.document(manifest.catalog); !checked) return checked;
  std::set<std::pair<std::string, std::string>> tables;
  for (const Manifest::Table& table : manifest.tables) {
    if (Status checked = check_table(table, files); !checked) return checked;
    if (!tables.emplace(table.schema, table.name).second) {
      return wrong(shown(catalog::Name{table.schema, table.name}) + " comes twice");
    }
  }
  for (const Manifest::Generated& one : manifest.generated) {
    if (is_hash(one.digest) && (one.format == "binary" || one.format == "text")) continue;
    return wrong("the generated columns of " + shown(catalog::Name{one.schema, one.name}) +
                 " have no digest");
  }
  for (const auto* many : {&manifest.large_objects, &manifest.large_object_properties}) {
    for (const Manifest::Rows& file : *many) {
      if (Status checked = files.rows(file); !checked) return checked;
    }
  }
  return {};
}

}  // namespace

verify::Digest Manifest::Rows::rows_digest() const {
  return digest_of(rows, row_bytes, digest);
}

verify::Digest Manifest::Generated::rows_digest() const {
  return digest_of(rows, row_bytes, digest);
}

void Manifest::Rows::set_digest(const verify::Digest& of) {
  rows = of.rows;
  row_bytes = of.bytes;
  digest = of.hex();
}

std::string Manifest::to_json() const {
  Manifest copy = *this;
  return JsonWriter::json_of(copy).dump(1) + "\n";
}

Result<Manifest> Manifest::of_json(const std::string& json) {
  const nlohmann::json parsed = nlohmann::json::parse(json, nullptr, false);
  Manifest manifest;
  manifest.kind.clear();
  manifest.format = 0;
  const auto& object = parsed;
  if (!object.is_object() || object.value("kind", nlohmann::json()) != Manifest{}.kind) {
    return wrong("this is not the manifest of an archive");
  }
  const auto format = object.find("format");
  if (format == object.end() || !format->is_number_integer()) return wrong("it has no format");
  if (*format != kFormat) {
    return fail(
        ErrorCode::system,
        fmt::format("the archive has format {}, this pghaul reads format {}", format->dump(), kFormat),
        "use the version of pghaul that wrote it, or a newer one");
  }
  if (const Status read = JsonReader::read(parsed, manifest, "manifest"); !read)
    return wrong(read.error().message);
  if (const Status checked = check_values(manifest); !checked) return fail(checked.error());
  return manifest;
}

Status Manifest::check(const catalog::Catalog& source_catalog) const {
  std::set<catalog::Name> with_rows;
  for (const catalog::Relation& relation : source_catalog.relations) {
    if (carries_rows(relation)) with_rows.insert(relation.name);
  }
  for (const Table& table : tables) {
    const catalog::Name name{table.schema, table.name};
    if (with_rows.erase(name) == 0) return wrong("the catalog doesn't know table " + shown(name));
  }
  if (!with_rows.empty()) return wrong("table " + shown(*with_rows.begin()) + " is missing");
  if (large_objects.size() != source_catalog.large_objects.range_starts.size() ||
      large_object_properties.size() != large_objects.size()) {
    return wrong("the catalog knows other large objects");
  }
  return {};
}

}  // namespace pghaul::archive
