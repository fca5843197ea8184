#include "estimate/past_copies.h"

#include <algorithm>
#include <utility>

namespace pghaul::estimate {
namespace {

// Factors to both ends of the range that 80 of 100 copies lie in; seen on several machines and databases.
constexpr double kFasterThanShipped = 2;  // machines unlike those that the shipped rates were measured on
constexpr double kSlowerThanShipped = 4;
constexpr double kFromCopyToCopy = 1.3;  // of the same database, between the same two servers
constexpr double kFromOtherCopies = 2;   // of other databases: they spend their time on other things
constexpr std::size_t kFew = 3;
constexpr double kFromRehearsal = 1.15;  // of the same database
constexpr double kFromProbe = 2.5;       // either way: disks are not probed, and others' work comes and goes
constexpr double kBusy = 2;  // slowdown at which servers do more than when earlier copies were made

measure::Report::Forecast from_copies(double predicted, const PastRatios& past,
                                      std::optional<double> rehearsed) {
  const std::vector<double>& ratios = past.values;
  if (rehearsed) {
    return {.low = *rehearsed / kFromRehearsal,
            .likely = *rehearsed,
            .high = *rehearsed * kFromRehearsal,
            .past_copies = ratios.size(),
            .rehearsed = true};
  }
  const double likely = predicted * ratios[ratios.size() / 2];
  const bool few = ratios.size() < kFew;  // how far they differ from each other isn't known yet
  const double known = past.of_this_database ? kFromCopyToCopy : kFromOtherCopies;
  return {.low = std::min(likely / (few ? kFasterThanShipped : known), predicted * ratios.front()),
          .likely = likely,
          .high = std::max(likely * (few ? kSlowerThanShipped : known), predicted * ratios.back()),
          .past_copies = ratios.size()};
}

}  // namespace

PastRatios past_ratios(const discovery::Discovery& found, const discovery::Options& options) {
  PastRatios all;
  PastRatios own{.values = {}, .of_this_database = true};
  for (const measure::PastCopy& copy : options.past) {
    if (!copy.between(found.source_description, found.target_description)) continue;
    const double ratio = copy.seconds / copy.predicted_seconds;
    all.values.push_back(ratio);
    if (copy.source == found.source_description) own.values.push_back(ratio);
  }
  PastRatios& chosen = own.values.size() >= kFew ? own : all;
  std::ranges::sort(chosen.values);
  return std::move(chosen);
}

std::optional<double> rehearsed_seconds(const discovery::Discovery& found, const discovery::Options& options,
                                        int jobs) {
  // The history does not know which part of a database a rehearsal was of.
  const bool whole = options.filters.all() && !options.schema_only && !options.data_only &&
                     options.where.empty() && options.excluded_table_data.empty();
  if (!whole) return std::nullopt;
  constexpr double kMostGrowth = 2;  // either way, since then
  const auto bytes = static_cast<double>(found.source.server.database_bytes);
  for (auto past = options.past.rbegin(); past != options.past.rend(); ++past) {
    if (!past->rehearsal || past->source != found.source_description || past->jobs != jobs ||
        past->target != found.target_description || past->bytes <= 0 ||
        past->open_after != milestone_name(found.plan_options.open_after)) {
      continue;
    }
    const double growth = bytes / past->bytes;
    if (growth > kMostGrowth || growth < 1 / kMostGrowth) continue;
    return past->seconds * growth * options.growth;
  }
  return std::nullopt;
}

measure::Report::Forecast corrected(double predicted, const PastRatios& past, std::optional<double> rehearsed,
                                    std::optional<double> slowdown) {
  measure::Report::Forecast forecast;
  if (rehearsed || !past.values.empty()) {
    forecast = from_copies(predicted, past, rehearsed);
    if (slowdown >= kBusy) forecast.high = std::max(forecast.high, forecast.likely * *slowdown);
  } else if (slowdown) {
    const double likely = predicted * *slowdown;
    forecast = {.low = likely / kFromProbe, .likely = likely, .high = likely * kFromProbe};
  } else {
    forecast = {
        .low = predicted / kFasterThanShipped, .likely = predicted, .high = predicted * kSlowerThanShipped};
  }
  forecast.slowdown = slowdown;
  return forecast;
}

}  // namespace pghaul::estimate
