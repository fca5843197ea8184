#include "archive/journal.h"

#include <sstream>
#include <utility>

#include "archive/describe_manifest.h"
#include "archive/json_fields.h"
#include "archive/layout.h"

namespace pghaul::archive {

template <typename Fields>
void describe(Fields& fields, Journal::Header& value) {
  fields("kind", value.kind);
  fields("format", value.format);
  fields("job", value.job);
}

template <typename Fields>
void describe(Fields& fields, Journal::FileEntry& value) {
  describe(fields, value.rows);
  fields("seconds", value.seconds);
}

namespace {

template <typename T>
std::string line_of(const T& value) {
  T copy = value;
  return JsonWriter::json_of(copy).dump() + "\n";
}

template <typename T>
bool read_line(const std::string& line, T& value) {
  const nlohmann::json parsed = nlohmann::json::parse(line, nullptr, false);
  return parsed.is_object() && JsonReader::read(parsed, value, "line").has_value();
}

Status lock(transport::File& file) {
  if (file.lock()) return {};
  return fail(ErrorCode::refused, "another pghaul writes to " + file.name(), "wait for it, or stop it");
}

}  // namespace

Result<Journal> Journal::create(const transport::Folder& folder, const Header& header) {
  Result<transport::File> file = folder.create_file(kJournal);
  if (!file) return fail(file.error());
  if (Status locked = lock(*file); !locked) return fail(locked.error());
  Journal journal(std::move(*file), header);
  const std::string line = line_of(header);
  if (Status written = journal.file_.write(std::as_bytes(std::span(line))); !written)
    return fail(written.error());
  if (Status synced = journal.file_.sync(); !synced) return fail(synced.error());
  if (Status synced = folder.sync(); !synced) return fail(synced.error());
  return journal;
}

Result<Journal> Journal::reopen(const transport::Folder& folder) {
  const Result<std::string> content = folder.read_whole(kJournal, kMostDocumentBytes);
  if (!content) return fail(content.error());
  Result<transport::File> file = folder.open_to_append(kJournal);
  if (!file) return fail(file.error());
  if (Status locked = lock(*file); !locked) return fail(locked.error());
  std::istringstream lines(*content);
  std::string line;
  Header header;
  header.format = 0;
  if (!std::getline(lines, line) || !read_line(line, header) || header.kind != Header{}.kind ||
      header.format != Manifest::kFormat) {
    return fail(ErrorCode::refused,
                file->name() + " is not the journal of an archive that this pghaul can continue",
                "continue with the version that began it, or give an empty folder");
  }
  Journal journal(std::move(*file), std::move(header));
  while (std::getline(lines, line)) {
    FileEntry done;
    if (read_line(line, done)) journal.done_[done.rows.file] = done;
  }
  // A line that was cut off must not be continued by the next one.
  if (!content->empty() && content->back() != '\n') {
    const std::string end = "\n";
    if (Status ended = journal.file_.write(std::as_bytes(std::span(end))); !ended) return fail(ended.error());
  }
  return journal;
}

std::optional<Journal::FileEntry> Journal::done(const std::string& file) const {
  const std::lock_guard lock(*mutex_);
  const auto found = done_.find(file);
  if (found == done_.end()) return std::nullopt;
  return found->second;
}

Status Journal::record(const FileEntry& line) {
  const std::string text = line_of(line);
  const std::lock_guard lock(*mutex_);
  if (Status written = file_.write(std::as_bytes(std::span(text))); !written) return written;
  done_[line.rows.file] = line;
  return {};
}

}  // namespace pghaul::archive
