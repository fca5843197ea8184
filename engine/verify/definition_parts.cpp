#include "verify/definition_parts.h"

#include <utility>

#include "verify/sql_reader.h"

namespace pghaul::verify {
namespace {

constexpr char kMark = '\x01';

class Parts {
 public:
  explicit Parts(std::string_view definition) : reader_(definition) {}

  DefinitionParts taken_apart() && {
    while (!reader_.at_end()) {
      keep(reader_.skip_spaces());
      if (reader_.peek() == '(') {
        keep(reader_.token());
        keys(")");
        continue;
      }
      const std::string_view token = reader_.token();
      keep(token);
      if (token == "CHECK" || token == "WHEN") condition(false);
      if (token == "WHERE") condition(true);
      if (token == "STATISTICS") of_statistics_ = true;
      if (token == "ON" && of_statistics_) keys("FROM");
    }
    return std::move(parts_);
  }

 private:
  void keep(std::string_view text) { parts_.frame += text; }

  void add(std::string expression) {
    parts_.frame += kMark;
    parts_.expressions.push_back(std::move(expression));
  }

  /// Reads a condition. `bare`: without parentheses it reaches to the end.
  void condition(bool bare) {
    keep(reader_.skip_spaces());
    if (reader_.peek() == '(') {
      add(std::string(reader_.group()));
    } else if (bare) {
      std::string all;
      while (!reader_.at_end()) all += reader_.token();
      add(std::move(all));
    }
  }

  void keys(std::string_view end) {
    while (!key_before(end)) {
    }
  }

  /// Reads one of a list of keys, with what follows it: an operator class, a direction. Tells whether it was
  /// the last one, before `end`.
  bool key_before(std::string_view end) {
    keep(reader_.skip_spaces());
    std::string read;
    bool has_expression = false;
    while (!reader_.at_end()) {
      if (reader_.peek() == '(') {
        read += reader_.group();
        if (!has_expression) add(std::exchange(read, {}));
        has_expression = true;
        continue;
      }
      const std::string_view token = reader_.token();
      read += token;
      if (token != "," && token != end) continue;
      keep(read);
      return token == end;
    }
    keep(read);
    return true;
  }

  SqlReader reader_;
  DefinitionParts parts_;
  bool of_statistics_ = false;
};

}  // namespace

DefinitionParts take_apart(std::string_view definition) {
  return Parts(definition).taken_apart();
}

}  // namespace pghaul::verify
