#include "verify/one_statement.h"

#include <algorithm>
#include <array>

#include "verify/sql_reader.h"

namespace pghaul::verify {
namespace {

bool begins_comment(char one, char next) {
  return (one == '-' && next == '-') || (one == '/' && next == '*');
}

/// Recognizes a text between dollars, which servers never write; a parameter has one dollar only.
bool may_quote(std::string_view token) {
  return token.front() != '\'' && token.front() != '"' && std::ranges::count(token, '$') > 1;
}

/// Recognizes words that may follow BEGIN ATOMIC or a semicolon in a body.
bool begins_statement_of_body(std::string_view word) {
  constexpr std::array<std::string_view, 9> words = {"(",     "SELECT", "INSERT", "UPDATE", "DELETE",
                                                     "MERGE", "WITH",   "RETURN", "VALUES"};
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

bool stays_within_statement(std::string_view sql) {
  SqlReader reader(sql);
  int open = 0;
  bool in_body = false;
  bool is_over = false;
  bool statement_begins = false;
  std::string_view before;
  for (reader.skip_spaces(); !reader.at_end(); reader.skip_spaces()) {
    if (is_over || begins_comment(reader.peek(), reader.peek(1))) return false;
    const std::string_view token = reader.token();
    if (may_quote(token)) return false;
    if (statement_begins) {
      is_over = token == "END";
      if (!is_over && !begins_statement_of_body(token)) return false;
      statement_begins = false;
    }
    if (token == "(") ++open;
    if (token == ")" && --open < 0) return false;
    if (token == "ATOMIC" && before == "BEGIN" && open == 0 && !in_body) in_body = statement_begins = true;
    if (token == ";" && open == 0) {
      if (!in_body) return false;
      statement_begins = true;
    }
    before = token;
  }
  return open == 0 && in_body == is_over;
}

std::string without_end(std::string_view query) {
  return std::string(query.substr(0, query.find_last_not_of("; \n") + 1));
}

}  // namespace pghaul::verify
