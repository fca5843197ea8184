#pragma once

#include <concepts>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "archive/text_json.h"
#include "base/error.h"

/// Converts plain values to JSON and back by one list of fields: a function `template <typename Fields> void
/// describe(Fields& fields, T& value)` calls `fields("name", value.name)` for each.
namespace pghaul::archive {

class JsonWriter;
class JsonReader;

template <typename T>
concept Described = requires(JsonWriter& fields, T& value) {
  describe(fields, value);
};

/// Writes fields in their order. A char is a text of one character; a set, a map and a vector of pairs are
/// arrays.
class JsonWriter {
 public:
  template <typename T>
  void operator()(const char* name, T& value) {
    object_[name] = json_of(value);
  }
  template <typename T>
  [[nodiscard]] static nlohmann::ordered_json json_of(T& value) {
    if constexpr (std::same_as<T, std::string> || std::same_as<T, const std::string>) {
      return text_as_json(value);
    } else if constexpr (std::same_as<T, char>) {
      return text_as_json(std::string(1, value));
    } else if constexpr (std::is_arithmetic_v<T>) {
      return value;
    } else if constexpr (Described<T>) {
      JsonWriter fields;
      fields.object_ = nlohmann::ordered_json::object();
      describe(fields, value);
      return std::move(fields.object_);
    } else {
      return json_of_many(value);
    }
  }

 private:
  template <typename A, typename B>
  [[nodiscard]] static nlohmann::ordered_json json_of_many(std::pair<A, B>& pair) {
    return nlohmann::ordered_json::array({json_of(pair.first), json_of(pair.second)});
  }
  template <typename T>
  [[nodiscard]] static nlohmann::ordered_json json_of_many(T& many) {
    nlohmann::ordered_json array = nlohmann::ordered_json::array();
    for (auto& each : many) array.push_back(json_of(each));
    return array;
  }

  nlohmann::ordered_json object_;
};

/// Reads fields and trusts nothing: what doesn't fit is an error that names the place. A field that is absent
/// keeps its value: an older writer did not know it. Unknown fields, a newer writer's, are skipped.
class JsonReader {
 public:
  template <typename T>
  [[nodiscard]] static Status read(const nlohmann::json& json, T& value, const std::string& where) {
    JsonReader reader;
    reader.take(json, value, where);
    if (reader.problem_) return fail(ErrorCode::system, *reader.problem_);
    return {};
  }

  template <typename T>
  void operator()(const char* name, T& value) {
    const auto found = object_->find(name);
    if (found != object_->end()) take(*found, value, where_ + "." + name);
  }

 private:
  void refuse(const std::string& where) {
    if (!problem_) problem_ = where + " has an invalid value";
  }
  template <typename T>
  void take(const nlohmann::json& json, T& value, const std::string& where) {
    if (problem_) return;
    if constexpr (std::same_as<T, std::string>) {
      std::optional<std::string> text = text_of_json(json);
      if (text)
        value = std::move(*text);
      else
        refuse(where);
    } else if constexpr (std::same_as<T, char>) {
      const std::optional<std::string> text = text_of_json(json);
      if (text && text->size() == 1)
        value = text->front();
      else
        refuse(where);
    } else if constexpr (std::same_as<T, bool>) {
      if (json.is_boolean())
        value = json.get<bool>();
      else
        refuse(where);
    } else if constexpr (std::is_integral_v<T>) {
      take_integer(json, value, where);
    } else if constexpr (std::is_floating_point_v<T>) {
      if (json.is_number())
        value = json.get<T>();
      else
        refuse(where);
    } else if constexpr (Described<T>) {
      if (!json.is_object()) return refuse(where);
      const nlohmann::json* outer = std::exchange(object_, &json);
      const std::string outer_where = std::exchange(where_, where);
      describe(*this, value);
      object_ = outer;
      where_ = outer_where;
    } else {
      take_many(json, value, where);
    }
  }
  template <typename T>
  void take_integer(const nlohmann::json& json, T& value, const std::string& where) {
    if (json.is_number_unsigned()) {
      const auto number = json.get<std::uint64_t>();
      if (!std::in_range<T>(number)) return refuse(where);
      value = static_cast<T>(number);
    } else if (json.is_number_integer()) {
      const auto number = json.get<std::int64_t>();
      if (!std::in_range<T>(number)) return refuse(where);
      value = static_cast<T>(number);
    } else {
      refuse(where);
    }
  }
  template <typename A, typename B>
  void take_many(const nlohmann::json& json, std::pair<A, B>& pair, const std::string& where) {
    if (!json.is_array() || json.size() != 2) return refuse(where);
    take(json[0], pair.first, where + "[0]");
    take(json[1], pair.second, where + "[1]");
  }
  template <typename T>
  void take_many(const nlohmann::json& json, std::vector<T>& many, const std::string& where) {
    if (!json.is_array()) return refuse(where);
    many.clear();
    many.reserve(json.size());
    for (std::size_t i = 0; i < json.size() && !problem_; ++i) {
      take(json[i], many.emplace_back(), where + "[" + std::to_string(i) + "]");
    }
  }
  template <typename T>
  void take_many(const nlohmann::json& json, std::set<T>& many, const std::string& where) {
    std::vector<T> all;
    take_many(json, all, where);
    many = {all.begin(), all.end()};
  }
  template <typename K, typename V>
  void take_many(const nlohmann::json& json, std::map<K, V>& many, const std::string& where) {
    std::vector<std::pair<K, V>> all;
    take_many(json, all, where);
    many = {all.begin(), all.end()};
  }

  const nlohmann::json* object_ = nullptr;
  std::string where_;
  std::optional<std::string> problem_;
};

}  // namespace pghaul::archive
