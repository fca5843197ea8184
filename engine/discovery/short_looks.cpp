#include "discovery/short_looks.h"

#include <fmt/format.h>

#include <utility>

#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"

namespace pghaul::discovery {
namespace {

constexpr const char* kShort = "SET statement_timeout = '3s'";
constexpr std::chrono::seconds kAllTogether{30};

}  // namespace

ShortLooks::ShortLooks(postgres::Connection source, std::stop_token stop)
    : source_(std::move(source)),
      stop_(std::move(stop)),
      until_(std::chrono::steady_clock::now() + kAllTogether) {}

Result<ShortLooks> ShortLooks::open(const Discovery& found, const std::stop_token& stop) {
  Result<postgres::Connection> source =
      postgres::Connection::open(found.source_string, postgres::Side::source, {}, stop);
  if (!source) return fail(source.error());
  if (const Status bounded = source->execute(kShort); !bounded) return fail(bounded.error());
  return ShortLooks(std::move(*source), stop);
}

Result<std::optional<bool>> ShortLooks::has_row(const catalog::Name& table, const std::string& condition) {
  if (stop_.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  if (std::chrono::steady_clock::now() >= until_) return std::nullopt;
  const postgres::CancelOnStop cancel_on_stop(stop_, source_);
  const Result<postgres::Rows> found = source_.query(fmt::format(
      "SELECT EXISTS (SELECT FROM ONLY {} WHERE {})", postgres::quote(table.schema, table.name), condition));
  if (found) return found->boolean(0, 0);
  if (found.error().code == ErrorCode::server_error && !stop_.stop_requested()) return std::nullopt;
  return found.error().during("looking at values of " + shown(table));
}

}  // namespace pghaul::discovery
