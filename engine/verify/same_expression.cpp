#include "verify/same_expression.h"

#include "verify/sql_reader.h"

namespace pghaul::verify {

std::string skeleton(std::string_view expression) {
  std::string bones;
  SqlReader reader(expression);
  for (reader.skip_spaces(); !reader.at_end(); reader.skip_spaces()) {
    if (reader.peek() == ':' && reader.peek(1) == ':') {
      reader.token();
      reader.token();
      reader.skip_type();
      continue;
    }
    const std::string_view token = reader.token();
    if (token == "(" || token == ")") continue;
    if (!bones.empty() && SqlReader::is_word(bones.back()) && SqlReader::is_word(token.front())) bones += ' ';
    bones += token;
  }
  return bones;
}

bool same_expression(std::string_view one, std::string_view other) {
  return one == other || skeleton(one) == skeleton(other);
}

}  // namespace pghaul::verify
