#include "journal/plan_sizes.h"

#include <fmt/format.h>

#include <charconv>
#include <unordered_map>
#include <vector>

namespace pghaul::journal {
namespace {

constexpr double kMostSeconds = 1e6;  // limit for a round trip, or for a GB

/// Reads the numbers of one line, one after another.
class Numbers {
 public:
  explicit Numbers(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  template <typename Number>
  void take(Number& number) {
    while (at_ != end_ && *at_ == ' ') ++at_;
    const auto [stopped, problem] = std::from_chars(at_, end_, number);
    if (problem != std::errc{}) good_ = false;
    at_ = stopped;
  }
  /// Tells whether all were numbers, and nothing is left.
  [[nodiscard]] bool good() const noexcept { return good_ && at_ == end_; }

 private:
  const char* at_;
  const char* end_;
  bool good_ = true;
};

template <typename T>
std::unordered_map<catalog::Oid, T*> by_oid(std::vector<T>& all) {
  std::unordered_map<catalog::Oid, T*> map;
  for (T& one : all) map[one.oid] = &one;
  return map;
}

/// Removes the object of `oid` from `objects`, so that those left have had no numbers.
template <typename T>
T* pick(std::unordered_map<catalog::Oid, T*>& objects, catalog::Oid oid) {
  const auto found = objects.find(oid);
  if (found == objects.end()) return nullptr;
  T* const object = found->second;
  objects.erase(found);
  return object;
}

/// Sets the lines, and records which objects of the source they were about.
class Reader {
 public:
  Reader(catalog::Catalog& source, plan::NetworkPaths& lines)
      : relations_(by_oid(source.relations)),
        indexes_(by_oid(source.indexes)),
        objects_(&source.large_objects),
        lines_{&lines.source, &lines.target} {
    *objects_ = {};
  }

  bool take(std::string_view line) {
    if (line.empty()) return false;
    Numbers numbers(line.substr(1));
    switch (line.front()) {
      case 'r':
        return take_relation(numbers);
      case 'i':
        return take_index(numbers);
      case 'l':
        numbers.take(objects_->count);
        numbers.take(objects_->bytes);
        return numbers.good();
      case 's':
        numbers.take(objects_->range_starts.emplace_back());
        return numbers.good();
      case 'n':
        return take_line(numbers);
      default:
        return false;
    }
  }
  [[nodiscard]] bool complete() const noexcept {
    return relations_.empty() && indexes_.empty() && lines_.empty();
  }

 private:
  bool take_relation(Numbers& numbers) {
    catalog::Relation read;
    numbers.take(read.oid);
    numbers.take(read.heap_pages);
    numbers.take(read.heap_bytes);
    numbers.take(read.toast_bytes);
    numbers.take(read.index_bytes);
    numbers.take(read.estimated_rows);
    int has_statistics = 0;
    numbers.take(has_statistics);
    catalog::Relation* relation = pick(relations_, read.oid);
    if (!numbers.good() || relation == nullptr) return false;
    relation->heap_pages = read.heap_pages;
    relation->heap_bytes = read.heap_bytes;
    relation->toast_bytes = read.toast_bytes;
    relation->index_bytes = read.index_bytes;
    relation->estimated_rows = read.estimated_rows;
    relation->has_statistics = has_statistics != 0;
    return true;
  }
  bool take_index(Numbers& numbers) {
    catalog::IndexInfo read;
    numbers.take(read.oid);
    numbers.take(read.bytes);
    catalog::IndexInfo* index = pick(indexes_, read.oid);
    if (!numbers.good() || index == nullptr) return false;
    index->bytes = read.bytes;
    return true;
  }

  bool take_line(Numbers& numbers) {
    plan::NetworkPath read;
    int has_far_half = 0;
    numbers.take(read.round_trip);
    numbers.take(read.seconds_per_gb);
    numbers.take(has_far_half);
    read.has_far_half = has_far_half != 0;
    const auto possible = [](double seconds) {
      return seconds >= 0 && seconds <= kMostSeconds;
    };  // nan is neither
    if (!numbers.good() || lines_.empty() || !possible(read.round_trip) || !possible(read.seconds_per_gb)) {
      return false;
    }
    *lines_.front() = read;
    lines_.erase(lines_.begin());
    return true;
  }

  std::unordered_map<catalog::Oid, catalog::Relation*> relations_;
  std::unordered_map<catalog::Oid, catalog::IndexInfo*> indexes_;
  catalog::LargeObjects* objects_;
  std::vector<plan::NetworkPath*> lines_;  // those still to come
};

}  // namespace

std::string sizes_as_text(const catalog::Catalog& source, const plan::NetworkPaths& lines) {
  std::string text;
  const auto out = std::back_inserter(text);
  for (const catalog::Relation& one : source.relations) {
    fmt::format_to(out, "r {} {} {} {} {} {} {:d}\n", one.oid, one.heap_pages, one.heap_bytes,
                   one.toast_bytes, one.index_bytes, one.estimated_rows, one.has_statistics);
  }
  for (const catalog::IndexInfo& one : source.indexes) fmt::format_to(out, "i {} {}\n", one.oid, one.bytes);
  fmt::format_to(out, "l {} {}\n", source.large_objects.count, source.large_objects.bytes);
  for (const catalog::Oid start : source.large_objects.range_starts) fmt::format_to(out, "s {}\n", start);
  for (const plan::NetworkPath& one : {lines.source, lines.target}) {
    fmt::format_to(out, "n {} {} {:d}\n", one.round_trip, one.seconds_per_gb, one.has_far_half);
  }
  return text;
}

Status set_sizes(std::string_view text, catalog::Catalog& source, plan::NetworkPaths& lines) {
  Reader reader(source, lines);
  bool good = true;
  while (good && !text.empty()) {
    const std::size_t end = text.find('\n');
    good = end != std::string_view::npos && reader.take(text.substr(0, end));
    if (good) text.remove_prefix(end + 1);
  }
  if (good && reader.complete()) return {};
  return fail(ErrorCode::refused,
              "the journal in the target lists other tables or indexes than the source has",
              "its definitions have changed since the copy began: start anew with pghaul copy --confirm");
}

}  // namespace pghaul::journal
