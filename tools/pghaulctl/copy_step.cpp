#include <fmt/format.h>

#include "changeover.h"
#include "engine_job.h"
#include "pghaul/quantities.h"

namespace pghaul::platform {
namespace {

/// Copies the database, verified; resumes a copy that was interrupted.
class CopyStep : public Step {
 public:
  explicit CopyStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "copy"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} holds every row of {}", all_.to, all_.from);
  }

  /// A target that holds tables and no journal is compared with the source: nothing else tells a complete
  /// copy.
  [[nodiscard]] Result<bool> is_so() override {
    if (!all_.target().server) return false;
    const auto holds = counts();
    if (!holds) return tl::make_unexpected(holds.error());
    if (holds->front()[0] == "0" || holds->front()[1] != "0") return false;
    return run_engine(between(all_), command::Verb::verify).message.empty();
  }

  [[nodiscard]] Result<std::string> take() override {
    const auto holds = counts();
    if (!holds) return tl::make_unexpected(holds.error());
    std::vector<command::Setting> settings;
    if (holds->front()[1] != "0") settings = {{"resume", "true"}, {"new-snapshot", "true"}};
    const auto start = std::chrono::steady_clock::now();
    const EngineResult done = run_engine(between(all_), command::Verb::copy, settings);
    if (auto timely = all_.in_time(); !timely) return tl::make_unexpected(timely.error());
    if (!done.message.empty()) return failed(done.status, done.message, done.hint);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    return fmt::format("{}, verified", command::show_seconds(taken.count()));
  }

 private:
  /// Counts what the target holds: tables, and journals of copies that did not end.
  [[nodiscard]] Result<Rows> counts() {
    return all_.target().server->query(R"(
SELECT (SELECT pg_catalog.count(*)
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname !~ '^(pg_|information_schema$)'),
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace WHERE nspname ~ '^pghaul_journal(_[0-9]+)?$'))");
  }

  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> copy_step(Changeover& changeover) {
  return std::make_unique<CopyStep>(changeover);
}

}  // namespace pghaul::platform
