#include "live/proof_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/guard.h"
#include "base/wait_for.h"
#include "crew/retry.h"
#include "live/session.h"

namespace pghaul::live {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kInterval{200};
constexpr std::size_t kManyKeys = 500'000;
constexpr std::size_t kMostMade = 1000;  // rounds that the report shows
constexpr double kRetryAfter = 30;       // seconds, where a round could not be made

/// Describes the differences for people: "public.t: 1 missing, 2 changed: (id) = (7) missing, …".
std::string text_of(const measure::DifferentRows& table) {
  std::string text = table.object + ":";
  for (const auto& [count, what] :
       {std::pair{table.missing, "missing"}, {table.extra, "too many"}, {table.changed, "changed"}}) {
    if (count > 0) text += fmt::format("{} {} {}", text.ends_with(':') ? "" : ",", count, what);
  }
  if (!table.unnamed.empty()) return text + " " + table.unnamed;
  std::string rows;
  for (const measure::DifferentRow& row : table.rows) {
    std::string names;
    std::string values;
    for (const auto& [name, value] : row.key) {
      names += (names.empty() ? "" : ", ") + name;
      values += (values.empty() ? "" : ", ") + value;
    }
    if (!names.empty())
      rows += fmt::format("{}({}) = ({}) {}", rows.empty() ? "" : ", ", names, values, row.kind);
  }
  return rows.empty() ? text : text + ": " + rows;
}

}  // namespace

ProofSchedule::ProofSchedule(const discovery::VerbContext& context, const discovery::Endpoint& source,
                             const discovery::Endpoint& target, const std::string& slot,
                             const std::string& schema, BarrierServer& barriers)
    : context_(context),
      source_(source),
      target_(target),
      unproved_(schema, slot),
      barriers_(barriers),
      wanted_(context.options.follow && context.options.verify == verify::Mode::checksums),
      keys_(wanted_ ? std::size_t{64} << 20 : 0),
      next_(Clock::now()) {
  if (wanted_) thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

ProofSchedule::~ProofSchedule() = default;

Status ProofSchedule::prepare() {
  recorder_.reset();
  if (Status there = ensure_session(recorder_, target_, postgres::Side::target, context_.stop); !there)
    return there;
  if (std::exchange(loaded_, true)) return {};
  loaded_ = false;
  if (Status created = unproved_.create(*recorder_); !created) return created;
  const Result<std::vector<std::uint32_t>> tables = unproved_.list(*recorder_);
  if (!tables) return fail(tables.error());
  for (const std::uint32_t table : *tables) keys_.add_due(table, follow::TableKeys({}));
  loaded_ = true;
  return {};
}

Status ProofSchedule::record(std::uint32_t table) {
  return unproved_.add(*recorder_, table);
}

measure::LiveProof ProofSchedule::proof() const {
  const std::lock_guard lock(mutex_);
  measure::LiveProof proof = proof_;
  if (proved_at_) proof.age_seconds = std::chrono::duration<double>(Clock::now() - *proved_at_).count();
  return proof;
}

std::vector<measure::Report::ProofRound> ProofSchedule::made() const {
  const std::lock_guard lock(mutex_);
  return {made_.begin(), made_.end()};
}

void ProofSchedule::watch(const std::stop_token& stop) {
  while (wait_for(kInterval, stop)) {
    if (is_due()) run_round(stop);
  }
}

bool ProofSchedule::is_due() const {
  const Clock::time_point now = Clock::now();
  return following_ && now >= retry_ && (now >= next_ || keys_.count() >= kManyKeys);
}

/// A round that can't be made is tried again; the status shows how old the last one is.
void ProofSchedule::run_round(const std::stop_token& stop) {
  const double every = context_.options.round_every;
  next_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(every));
  const Status compared = guarded("comparing changed rows", [&] { return compare(stop); });
  if (compared) return;
  retry_ =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(kRetryAfter));
  next_ = std::min(next_, retry_);
  const Error& error = compared.error();
  if (crew::may_pass(error) || stop.stop_requested()) return;
  if (!warned_.insert(error.message).second) return;
  context_.events.warning("changed rows could not be compared: " + error.message, error.hint, error.object);
}

Status ProofSchedule::compare(const std::stop_token& stop) {
  const auto start = Clock::now();
  discovery::VerbContext context = context_;
  context.stop = stop;
  ProofRound round(context, source_, target_, barriers_, keys_, waiting_);
  const Result<RoundOutcome> outcome = round.run();
  if (!outcome) return fail(outcome.error());
  waiting_ = outcome->waiting;
  if (Status forgotten = forget(outcome->equal, stop); !forgotten) return forgotten;
  take(*outcome, std::chrono::duration<double>(Clock::now() - start).count());
  return {};
}

Status ProofSchedule::forget(const std::vector<std::uint32_t>& equal, const std::stop_token& stop) {
  if (equal.empty()) return {};
  std::optional<postgres::Connection> session;
  if (Status there = ensure_session(session, target_, postgres::Side::target, stop); !there) return there;
  Status forgotten;
  keys_.forget(equal, [&](const std::vector<std::uint32_t>& tables) {
    forgotten = unproved_.remove(*session, tables);
  });
  return forgotten;
}

void ProofSchedule::take(const RoundOutcome& outcome, double seconds) {
  std::vector<std::string> different;
  for (const measure::DifferentRows& table : outcome.different) different.push_back(text_of(table));
  for (const std::string& text : different) {
    if (!warned_.insert(text).second) continue;
    context_.events.warning("rows that were changed since the copy differ between source and target: " + text,
                            "find out who else writes to the target; pghaul verify --live compares all rows",
                            {});
  }
  if (outcome.postponed) next_ = std::min(next_, Clock::now() + std::chrono::seconds(5));
  context_.events.round({.seconds = seconds,
                         .keys = outcome.keys,
                         .tables = outcome.tables,
                         .different = different,
                         .postponed = outcome.postponed});
  const std::lock_guard lock(mutex_);
  made_.push_back({context_.timeline.now(), seconds, outcome.keys, different.size()});
  if (made_.size() > kMostMade) made_.pop_front();
  proof_.different = std::move(different);
  proof_.not_compared.clear();
  for (const LeftOut& one : outcome.not_compared)
    proof_.not_compared.push_back(one.object + ": " + one.reason);
  if (!proof_.different.empty() || outcome.postponed) return;
  proof_.until = outcome.until;
  proved_at_ = Clock::now();
}

}  // namespace pghaul::live
