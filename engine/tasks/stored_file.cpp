#include "tasks/stored_file.h"

#include <fmt/format.h>

namespace pghaul::tasks {
namespace {

/// Makes a part of the name for people; the number makes it unique.
std::string readable(const std::string& name) {
  constexpr std::size_t kMost = 40;
  std::string plain;
  for (const char c : name.substr(0, kMost)) {
    const bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    plain += keep ? c : '-';
  }
  return plain;
}

}  // namespace

std::string stored_table_file(const catalog::Relation& relation, catalog::Place place, std::uint32_t part) {
  return fmt::format("{:06}-{}.{}.{}.frames", place, readable(relation.name.schema),
                     readable(relation.name.name), part);
}

std::string stored_large_objects_file(catalog::Place range) {
  return fmt::format("large-objects.{}.frames", range);
}

std::string stored_properties_file(catalog::Place range) {
  return fmt::format("large-object-properties.{}.frames", range);
}

std::string stored_file(const catalog::Catalog& source, const plan::Task& task, catalog::Place object) {
  const bool is_table = task.kind == plan::TaskKind::copy || task.kind == plan::TaskKind::read_back;
  return is_table ? stored_table_file(source.relations[object], object, task.part)
                  : stored_large_objects_file(object);
}

std::string stored_properties_file(const plan::Task& task) {
  return stored_properties_file(task.objects.front());
}

}  // namespace pghaul::tasks
