#include "verify/ask_wording.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "verify/one_statement.h"

namespace pghaul::verify {
namespace {

constexpr std::size_t kTogether = 20;  // questions in one round trip
/// Number of times that a server deparses a text: it may word its own words otherwise once more.
constexpr int kRounds = 2;

/// A text, what the server made of it, and what it made of that.
using Chain = std::vector<std::string>;

struct Asked {
  const WordingQuestion* question = nullptr;
  Chain source;
  Chain target;
  bool refused = false;

  [[nodiscard]] bool same() const {
    return std::ranges::any_of(
        source, [&](const std::string& text) { return std::ranges::find(target, text) != target.end(); });
  }
  [[nodiscard]] bool open() const { return !refused && !same(); }
};

/// Adds statements, and returns the place of the one that gives the next text of the chain.
std::size_t add_statements(const WordingQuestion& question, const std::string& text,
                           std::vector<std::string>& statements) {
  statements.emplace_back("SAVEPOINT wording");
  if (!question.prepare.empty()) statements.push_back(question.prepare);
  statements.push_back(question.before + text + question.after);
  const std::size_t place = statements.size();
  statements.push_back(question.read);
  statements.emplace_back("ROLLBACK TO SAVEPOINT wording");
  statements.emplace_back("RELEASE SAVEPOINT wording");
  return place;
}

class Asking {
 public:
  Asking(postgres::Connection& server, const std::string& encoding) : server_(server), encoding_(encoding) {}

  /// Returns why the server can't be asked, or nothing.
  Result<std::string> obstacle() {
    const Result<postgres::Rows> rows = server_.query(
        "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'the target is a standby' WHEN NOT "
        "pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY') THEN 'the role may "
        "not "
        "create temporary objects in the target' END, pg_catalog.current_setting('is_superuser') = 'on'");
    if (!rows) return fail(rows.error());
    superuser_ = rows->boolean(0, 1);
    return rows->string(0, 0);
  }

  /// Advances both chains of each by one step. Where one of several is refused, each is asked alone.
  Status step(std::span<Asked* const> asked) {
    const Status done = step_together(asked);
    if (done || done.error().code == ErrorCode::connection_lost) return done;
    if (asked.size() == 1) {
      asked.front()->refused = true;
      return {};
    }
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (const Status one = step(asked.subspan(i, 1)); !one) return one;
    }
    return {};
  }

 private:
  Status step_together(std::span<Asked* const> asked) {
    std::vector<std::string> statements = {
        "SET LOCAL client_encoding = " + postgres::quote_literal(encoding_),
        "SET LOCAL quote_all_identifiers = on", "SET LOCAL check_function_bodies = off",
        // The temporary objects must not hide what the texts mean.
        "SET LOCAL search_path = pg_catalog, pg_temp"};
    // Event triggers must not fire either.
    if (superuser_) statements.emplace_back("SET LOCAL session_replication_role = replica");
    std::vector<std::size_t> places;
    for (const Asked* one : asked) {
      places.push_back(add_statements(*one->question, one->source.back(), statements));
      places.push_back(add_statements(*one->question, one->target.back(), statements));
    }
    const postgres::Transaction transaction = postgres::Transaction::begin(server_);
    const Result<std::vector<postgres::Rows>> answers = server_.query_all(statements);
    if (!answers) return fail(answers.error());
    for (std::size_t i = 0; i < asked.size(); ++i) {
      asked[i]->source.push_back(without_end((*answers)[places[2 * i]].text(0, 0)));
      asked[i]->target.push_back(without_end((*answers)[places[2 * i + 1]].text(0, 0)));
    }
    return {};
  }

  postgres::Connection& server_;
  std::string encoding_;
  bool superuser_ = false;
};

Wording wording_of(const Asked& asked) {
  if (asked.same()) return Wording::same;
  return asked.refused ? Wording::unknown : Wording::different;
}

}  // namespace

Result<WordingAnswers> ask_wording(postgres::Connection& server, const std::string& encoding,
                                   const std::vector<WordingQuestion>& questions) {
  WordingAnswers answers;
  answers.wordings.assign(questions.size(), Wording::unknown);
  if (questions.empty()) return answers;
  Asking asking(server, encoding);
  Result<std::string> obstacle = asking.obstacle();
  if (!obstacle) return fail(obstacle.error());
  answers.why_not = std::move(*obstacle);
  if (!answers.why_not.empty()) return answers;

  std::vector<Asked> all;
  for (const WordingQuestion& question : questions) {
    all.push_back({&question, {question.of_source}, {question.of_target}});
  }
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Asked*> open;
    for (Asked& one : all) {
      if (one.open()) open.push_back(&one);
    }
    for (std::size_t i = 0; i < open.size(); i += kTogether) {
      const std::span<Asked* const> some = std::span(open).subspan(i, std::min(kTogether, open.size() - i));
      if (const Status done = asking.step(some); !done) return fail(done.error());
    }
  }
  std::ranges::transform(all, answers.wordings.begin(), wording_of);
  return answers;
}

}  // namespace pghaul::verify
