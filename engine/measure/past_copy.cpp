#include "measure/past_copy.h"

#include <nlohmann/json.hpp>

namespace pghaul::measure {
namespace {

using nlohmann::json;

double number(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string description(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (found->is_object()) return description(*found, "description");
  return {};
}

std::string_view server_of(std::string_view description) {
  const std::size_t on = description.rfind(" on ");
  return on == std::string_view::npos ? description : description.substr(on + 4);
}

}  // namespace

std::optional<PastCopy> PastCopy::from_json(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const PastCopy copy{
      .source = description(object, "source"),
      .target = description(object, "target"),
      .predicted_seconds = number(object, "predicted_seconds"),
      .seconds = number(object, "seconds"),
      .rehearsal = object.value("kind", json()) == "rehearsal",
      .bytes = number(object, "bytes"),
      .jobs = static_cast<int>(number(object, "jobs")),
      .open_after = object.contains("open_after") ? description(object, "open_after") : "verified"};
  if (copy.predicted_seconds <= 0 || copy.seconds <= 0) return std::nullopt;
  return copy;
}

bool PastCopy::between(std::string_view source_description, std::string_view target_description) const {
  return server_of(source) == server_of(source_description) &&
         server_of(target) == server_of(target_description);
}

}  // namespace pghaul::measure
