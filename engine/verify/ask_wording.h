#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"
#include "verify/wording_question.h"

namespace pghaul::verify {

/// The answers of one server.
struct WordingAnswers {
  std::vector<Wording> wordings;  // one for each question
  std::string why_not;            // the reason why the server could not be asked; empty: it was
};

/// Asks a server, in transactions that are rolled back: they create temporary objects, and lock in ACCESS
/// SHARE mode what these read.
///
/// `encoding`: that of the questions' texts.
/// Errors     connection_lost; a question that the server refuses is `unknown`.
[[nodiscard]] Result<WordingAnswers> ask_wording(postgres::Connection& server, const std::string& encoding,
                                                 const std::vector<WordingQuestion>& questions);

}  // namespace pghaul::verify
