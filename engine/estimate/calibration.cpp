#include "estimate/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/units.h"
#include "discovery/source_objects.h"
#include "estimate/measuring.h"
#include "measure/sample_statistics.h"
#include "plan/jobs.h"
#include "plan/relation_groups.h"
#include "postgres/cancel_on_stop.h"

namespace pghaul::estimate {
namespace {

using catalog::Place;

constexpr double kShareOfSamples = 0.75;  // fraction of the budget; the rest is for other measurements
constexpr double kGuessedCheckDoubt = 0.35;
constexpr double kDoubtOfFiles = 0.15;  // the cores that reading an archive's takes are not measured

/// The geometric mean of factors, each with the weight of what it stands for.
class Mean {
 public:
  void add(double factor, double weight) {
    if (factor <= 0) return;
    sum_ += weight * std::log(factor);
    weight_ += weight;
  }
  [[nodiscard]] std::optional<double> value() const {
    return weight_ > 0 ? std::optional(std::exp(sum_ / weight_)) : std::nullopt;
  }

 private:
  double sum_ = 0;
  double weight_ = 0;
};

/// Measures what the forecast of a copy into a server is made of.
class ServerMeasuring {
 public:
  ServerMeasuring(discovery::Discovery& found, const discovery::Options& options,
                  std::chrono::duration<double> budget, const std::stop_token& stop)
      : found_(found),
        options_(options),
        stop_(stop),
        budget_(budget),
        deadline_(Sampler::Clock::now() + std::chrono::duration_cast<Sampler::Clock::duration>(budget)),
        samples_until_(Sampler::Clock::now() +
                       std::chrono::duration_cast<Sampler::Clock::duration>(budget * kShareOfSamples)) {}

  Result<Calibration> run() {
    result_ = shipped(found_);
    result_.rates = {};
    if (const Status done = measure_processors(); !done) return fail(done.error());
    if (const Status done = measure_tables(); !done) return fail(done.error());
    if (const Status done = measuring_.noted(measure_comparison()); !done) return fail(done.error());
    put_together();
    return std::move(result_);
  }

 private:
  Status measure_processors() {
    const auto on = [&](const postgres::ConnectionString& server, postgres::Side side, int free,
                        std::optional<double>& cores) -> Status {
      const Result<std::optional<Cores>> measured = measuring_.measure_processor(server, side, free, budget_);
      if (!measured) return fail(measured.error());
      if (!*measured) return {};
      cores = (*measured)->cores;
      speed_.add((*measured)->burst_seconds / kReferenceBurstSeconds, side == postgres::Side::target ? 2 : 1);
      return {};
    };
    if (!found_.stored) {
      const Status done = on(found_.source_string, postgres::Side::source,
                             found_.source.server.free_connections, result_.source_cores);
      if (!done) return done;
    }
    return on(found_.target_string, postgres::Side::target, found_.target->free_connections,
              result_.target_cores);
  }

  Status measure_tables() {
    Result<Scratch> scratch = Scratch::open(found_.target_string, found_.source.server.encoding, stop_);
    if (!scratch) return measuring_.noted(fail(scratch.error()));
    const postgres::CancelOnStop cancel_on_stop(stop_, scratch->connection());
    Result<Sampler> sampler = Sampler::open(found_, *scratch, deadline_, stop_);
    if (!sampler) return measuring_.noted(fail(sampler.error()));
    if (Status done = measuring_.noted(measure_fixed_costs(*sampler)); !done) return done;
    const bool large_objects =
        found_.plan_options.with_large_objects && found_.source.large_objects.count > 0;
    if (large_objects && found_.stored) {
      result_.notes.emplace_back(
          "large objects of an archive are not measured: the rates that pghaul ships are used");
    } else if (large_objects) {
      const Status tried = sampler->sample_large_objects(result_.rates);
      tried_large_objects_ = tried.has_value();
      if (Status done = measuring_.noted(tried); !done) return done;
    }
    return measuring_.sample_tables(*sampler, samples_until_);
  }

  Status measure_fixed_costs(Sampler& sampler) {
    const Result<double> transaction = sampler.transaction_seconds();
    if (!transaction) return fail(transaction.error());
    const Result<double> truncate = sampler.truncate_seconds();
    if (!truncate) return fail(truncate.error());
    const Result<double> table = sampler.create_table_seconds();
    if (!table) return fail(table.error());
    result_.measured = true;
    result_.rates.transaction = *transaction;
    result_.rates.truncate = *truncate;
    result_.rates.make_table = *table;
    return {};
  }

  /// Measures the source's objects: the target will hold as many.
  Status measure_comparison() {
    const auto start = Sampler::Clock::now();
    if (start > samples_until_ || found_.stored) return {};  // with an archive they aren't compared
    postgres::Connection& source = found_.source_hold->connection();
    const postgres::CancelOnStop cancel_on_stop(stop_, source);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - start).count();
    if (Status limited = source.execute(fmt::format("SET LOCAL statement_timeout = {}", left)); !limited)
      return limited;
    const Result<discovery::Objects> objects = discovery::source_objects(source, found_, options_);
    if (!objects) return objects.error().during("reading the source's catalogs");
    const double seconds = measure::seconds_since(start);
    const double answers = result_.rates.compare_questions * found_.lines.source.round_trip;
    result_.rates.at_the_end += std::max(0.0, seconds - answers);
    return {};
  }

  void put_together() {
    const double speed = speed_.value().value_or(1);
    plan::Machines& machines = result_.machines;
    if (result_.source_cores) machines.cores_of(plan::Party::source) = *result_.source_cores;
    if (result_.target_cores) machines.cores_of(plan::Party::target) = *result_.target_cores;
    result_.factors = factors_of(found_.source, result_.samples, speed);
    if (found_.lines.round_trip() >= plan::kFar) result_.factors.work = speed;
    plan::Rates& rates = result_.rates;
    for (double* rate : {&rates.check_referencing, &rates.check_referenced, &rates.sequence,
                         &rates.refresh_gb, &rates.pg_restore}) {
      *rate *= speed;
    }
    if (!tried_large_objects_) {
      for (double* rate : {&rates.large_object, &rates.large_objects_gb, &rates.large_object_read,
                           &rates.large_objects_read_gb}) {
        *rate *= speed;
      }
    }
    plan::add_lines(rates, found_.lines);
    result_.doubt = doubt_of(found_.source, result_.samples, tried_large_objects_);
    if (found_.stored) result_.doubt.overall = std::hypot(result_.doubt.overall, kDoubtOfFiles);
  }

  discovery::Discovery& found_;
  const discovery::Options& options_;
  std::stop_token stop_;
  std::chrono::duration<double> budget_;
  Sampler::Clock::time_point deadline_;
  Sampler::Clock::time_point samples_until_;
  Calibration result_;
  Measuring measuring_{found_, stop_, result_};
  bool tried_large_objects_ = false;
  Mean speed_;  // speed of the processors: times the shipped rates' machine
};

/// The median of factors, each with the weight of what it stands for: a disturbed one does not count.
class Median {
 public:
  void add(double factor, double weight) {
    if (factor > 0) all_.emplace_back(factor, weight);
  }
  [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
  [[nodiscard]] double middle(double otherwise) const {
    std::vector<std::pair<double, double>> sorted = all_;
    std::ranges::sort(sorted);
    double half = 0;
    for (const auto& [factor, weight] : sorted) half += weight / 2;
    for (const auto& [factor, weight] : sorted) {
      half -= weight;
      if (half <= 0) return factor;
    }
    return otherwise;
  }

 private:
  std::vector<std::pair<double, double>> all_;
};

/// The factors of all samples of one class of tables.
struct Pool {
  Median copy, read_back, analyze, read_source, pack, unpack, index, text_index, any_index;
  Median from_source, to_target;

  void add(const catalog::Catalog& source, const TableSample& sample) {
    const double weight = bytes_of(source.relations[sample.relation]);
    copy.add(sample.copy, weight);
    read_back.add(sample.read_back, weight);
    analyze.add(sample.analyze, weight);
    from_source.add(sample.from_source, weight);
    to_target.add(sample.to_target, weight);
    read_source.add(sample.read_source, weight);
    pack.add(sample.pack, weight);
    unpack.add(sample.unpack, weight);
    for (const auto& [place, factor] : sample.indexes) {
      const catalog::IndexInfo& info = source.indexes[place];
      const auto bytes = static_cast<double>(info.bytes + 1);
      (info.text_key ? text_index : index).add(factor, bytes);
      any_index.add(factor, bytes);
    }
  }
};

}  // namespace

Calibration shipped(const discovery::Discovery& found) {
  Calibration calibration;
  calibration.rates = found.plan_options.rates;
  calibration.machines = found.plan_options.machines;
  calibration.doubt = {.overall = 0.5, .kind = 0.3, .task = 0.3};
  return calibration;
}

plan::Uncertainty doubt_of(const catalog::Catalog& source, const std::vector<TableSample>& samples,
                           bool tried_large_objects) {
  double sampled = 0;
  double all = 0;
  bool tiny = false;
  Mean spread;
  std::set<catalog::Oid> shapes;
  for (const TableSample& sample : samples) {
    const catalog::Relation& relation = source.relations[sample.relation];
    shapes.insert(shape_of(relation));
    tiny = tiny || plan::is_tiny(relation);
    if (sample.copy_spread > 0) spread.add(sample.copy_spread, bytes_of(relation));
  }
  for (const catalog::Relation& relation : source.relations) {
    all += bytes_of(relation);
    if (shapes.contains(shape_of(relation)) || (tiny && plan::is_tiny(relation)))
      sampled += bytes_of(relation);
  }
  const auto large_objects = static_cast<double>(source.large_objects.bytes);
  all += large_objects;
  if (tried_large_objects) sampled += large_objects;
  const double share = all > 0 ? sampled / all : 0;
  plan::Uncertainty doubt;
  doubt.task = std::max(doubt.task, spread.value().value_or(0));
  doubt.kind = share * doubt.kind + (1 - share) * kGuessedCheckDoubt;
  // Pieces that differ among themselves were disturbed, as the copy will be.
  doubt.overall = std::hypot(doubt.overall, spread.value().value_or(0) / 2);
  return doubt;
}

Result<Calibration> calibrate(discovery::Discovery& found, const discovery::Options& options,
                              std::chrono::duration<double> budget, const std::stop_token& stop) {
  return ServerMeasuring(found, options, budget, stop).run();
}

plan::Factors factors_of(const catalog::Catalog& source, const std::vector<TableSample>& samples,
                         double otherwise) {
  Pool large, tiny;
  std::map<catalog::Oid, const TableSample*> of_shape;
  std::map<Place, double> of_index;
  std::map<catalog::Oid, double> of_parent;
  for (const TableSample& sample : samples) {
    const catalog::Relation& relation = source.relations[sample.relation];
    (plan::is_tiny(relation) ? tiny : large).add(source, sample);
    if (!plan::is_tiny(relation)) of_shape[shape_of(relation)] = &sample;
    for (const auto& [place, factor] : sample.indexes) {
      of_index[place] = factor;
      if (source.indexes[place].parent != 0) of_parent[source.indexes[place].parent] = factor;
    }
  }
  const auto pool_of = [&](const catalog::Relation& relation) -> const Pool& {
    return plan::is_tiny(relation) ? tiny : large;
  };
  plan::Factors factors;
  for (const catalog::Relation& relation : source.relations) {
    const Pool& pool = pool_of(relation);
    const auto found = of_shape.find(shape_of(relation));
    const TableSample none;
    const TableSample& sample = found == of_shape.end() ? none : *found->second;
    const auto factor = [&](double own, const Median& others) {
      return own > 0 ? own : others.middle(otherwise);
    };
    factors.copy.push_back(factor(sample.copy, pool.copy));
    factors.read_back.push_back(factor(sample.read_back, pool.read_back));
    factors.analyze.push_back(factor(sample.analyze, pool.analyze));
    factors.from_source.push_back(sample.from_source > 0 ? sample.from_source : pool.from_source.middle(1));
    factors.to_target.push_back(sample.to_target > 0 ? sample.to_target : pool.to_target.middle(1));
    factors.read_source.push_back(factor(sample.read_source, pool.read_source));
    factors.pack.push_back(factor(sample.pack, pool.pack));
    factors.unpack.push_back(factor(sample.unpack, pool.unpack));
  }
  for (Place place = 0; place < source.indexes.size(); ++place) {
    const catalog::IndexInfo& index = source.indexes[place];
    const Pool& pool = pool_of(source.relations[index.relation]);
    double factor = (index.text_key ? pool.text_index : pool.index).middle(pool.any_index.middle(otherwise));
    const auto parent = of_parent.find(index.parent);
    if (index.parent != 0 && parent != of_parent.end()) factor = parent->second;
    if (const auto own = of_index.find(place); own != of_index.end()) factor = own->second;
    factors.index.push_back(factor);
  }
  return factors;
}

void multiply(Calibration& calibration, const catalog::Catalog& source, double by) {
  plan::Factors& factors = calibration.factors;
  for (std::vector<double>* all : {&factors.copy, &factors.read_back, &factors.analyze}) {
    all->resize(source.relations.size(), 1);
  }
  factors.index.resize(source.indexes.size(), 1);
  for (std::vector<double>* all : {&factors.copy, &factors.read_back, &factors.analyze, &factors.index}) {
    for (double& factor : *all) factor *= by;
  }
  plan::Rates& rates = calibration.rates;
  for (double* rate : {&rates.transaction, &rates.truncate, &rates.statement, &rates.check_referencing,
                       &rates.check_referenced, &rates.large_object, &rates.large_objects_gb,
                       &rates.large_object_read, &rates.large_objects_read_gb, &rates.sequence,
                       &rates.refresh_gb, &rates.make_table, &rates.pg_restore, &rates.at_the_end}) {
    *rate *= by;
  }
}

}  // namespace pghaul::estimate
