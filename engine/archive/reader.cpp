#include "archive/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "archive/catalog_json.h"
#include "archive/hash_text.h"
#include "archive/layout.h"
#include "archive/writer.h"

namespace pghaul::archive {

Result<Reader> Reader::open(const std::string& path) {
  const Result<FolderState> state = look_at_folder(path);
  if (!state) return fail(state.error());
  switch (*state) {
    case FolderState::whole:
      break;
    case FolderState::unfinished:
      return fail(ErrorCode::refused, "the archive in " + path + " is not finished",
                  "continue it: pghaul copy --resume SOURCE archive:" + path);
    case FolderState::absent:
      return fail(ErrorCode::refused, "there is no folder " + path, "check the path after archive:");
    case FolderState::empty:
    case FolderState::something_else:
      return fail(ErrorCode::refused, path + " holds no archive of pghaul", "check the path after archive:");
  }
  Result<transport::Folder> folder = transport::Folder::open(path);
  if (!folder) return fail(folder.error());
  Result<transport::Folder> data = folder->open_folder(kData);
  if (!data) return fail(data.error());
  Reader reader(std::move(*folder), std::move(*data));
  if (const Status read = reader.read_documents(); !read) return read.error().during("archive " + path);
  return reader;
}

Status Reader::read_documents() {
  const Result<std::string> text = folder_.read_whole(kManifest, kMostDocumentBytes);
  if (!text) return fail(text.error());
  identity_ = hash_text(*text);
  Result<Manifest> manifest = Manifest::of_json(*text);
  if (!manifest) return fail(manifest.error());
  manifest_ = std::move(*manifest);
  const Result<std::string> json = read(manifest_.catalog);
  if (!json) return fail(json.error());
  Result<catalog::Catalog> catalog = catalog_of_json(*json);
  if (!catalog) return fail(catalog.error());
  catalog_ = std::move(*catalog);
  if (Status checked = manifest_.check(catalog_); !checked) return checked;

  place_tables();
  std::map<catalog::Name, catalog::Sequence*> sequences;
  for (catalog::Sequence& sequence : catalog_.sequences) sequences[sequence.name] = &sequence;
  for (const Manifest::SequenceValue& value : manifest_.sequences) {
    const auto found = sequences.find({value.schema, value.name});
    if (found == sequences.end()) continue;
    found->second->last_value = value.last_value;
    found->second->is_called = value.is_called;
  }
  return {};
}

void Reader::place_tables() {
  tables_.clear();
  std::map<catalog::Name, catalog::Place> places;
  for (catalog::Place place = 0; place < catalog_.relations.size(); ++place) {
    places[catalog_.relations[place].name] = place;
  }
  for (const Manifest::Table& table : manifest_.tables) {
    const auto place = places.find({table.schema, table.name});
    if (place != places.end()) tables_[place->second] = &table;
  }
}

void Reader::narrow(catalog::Catalog part) {
  catalog_ = std::move(part);
  place_tables();
}

Result<std::string> Reader::read(const Manifest::Document& document) const {
  Result<std::string> content = folder_.read_whole(document.file, kMostDocumentBytes);
  if (!content) return content;
  if (content->size() != document.bytes || hash_text(*content) != document.hash) {
    return fail(ErrorCode::system,
                fmt::format("{}/{} is not the file that was written", path(), document.file),
                "the archive is damaged, or was altered");
  }
  return content;
}

const Manifest::Generated* Reader::generated(catalog::Place place) const {
  const catalog::Name& name = catalog_.relations[place].name;
  const auto found = std::ranges::find_if(manifest_.generated, [&](const Manifest::Generated& one) {
    return one.schema == name.schema && one.name == name.name;
  });
  return found == manifest_.generated.end() ? nullptr : &*found;
}

Result<std::string> Reader::read_schema() const {
  return read(manifest_.schema);
}

Result<transport::File> Reader::open_rows(const Manifest::Rows& rows) const {
  Result<transport::File> file = data_.open_file(rows.file);
  if (!file) return file;
  const Result<std::uint64_t> size = file->size();
  if (!size) return fail(size.error());
  if (*size != rows.bytes) {
    return fail(ErrorCode::system,
                fmt::format("{} has {} bytes instead of {}", file->name(), *size, rows.bytes),
                "the archive is damaged, or was cut off while it was copied");
  }
  return file;
}

}  // namespace pghaul::archive
