#include "estimate/archive_calibration.h"

#include <utility>

#include "estimate/measuring.h"

namespace pghaul::estimate {
namespace {

using Clock = StoreSampler::Clock;

/// Measures what the forecast of an archive is made of.
class ArchiveMeasuring {
 public:
  ArchiveMeasuring(discovery::Discovery& found, const discovery::Options& options,
                   std::chrono::duration<double> budget, const std::stop_token& stop)
      : found_(found),
        options_(options),
        stop_(stop),
        budget_(budget),
        deadline_(Clock::now() + std::chrono::duration_cast<Clock::duration>(budget)) {
    result_.common = shipped(found);
    result_.common.rates = {};
  }

  Result<ArchiveCalibration> run(const std::string& folder) {
    if (const Status done = measure_processors(); !done) return fail(done.error());
    Result<DiskTrial> disk = try_disk(folder);
    if (disk) {
      result_.disk = *disk;
    } else {
      result_.common.notes.push_back(disk.error().message);
    }
    if (const Status done = measuring_.noted(measure_tables()); !done) return fail(done.error());
    put_together();
    return std::move(result_);
  }

 private:
  Status measure_processors() {
    const Result<std::optional<Cores>> measured = measuring_.measure_processor(
        found_.source_string, postgres::Side::source, found_.source.server.free_connections, budget_);
    if (!measured) return fail(measured.error());
    if (!*measured) return {};
    result_.common.source_cores = (*measured)->cores;
    speed_ = (*measured)->burst_seconds / kReferenceBurstSeconds;
    return {};
  }

  Status measure_tables() {
    Result<StoreSampler> sampler = StoreSampler::open(found_, options_, deadline_, stop_);
    if (!sampler) return fail(sampler.error());
    plan::Rates& rates = result_.common.rates;
    const Result<double> transaction = sampler->transaction_seconds();
    if (!transaction) return fail(transaction.error());
    rates.transaction = *transaction;
    result_.common.measured = true;
    if (found_.source.large_objects.count > 0) {
      const Result<StoreSampler::Objects> objects = sampler->sample_large_objects(rates);
      if (objects) result_.large_objects = *objects;
      if (const Status done = measuring_.noted(objects ? Status{} : fail(objects.error())); !done)
        return done;
    }
    return measuring_.sample_tables(*sampler, deadline_);
  }

  void put_together() {
    Calibration& common = result_.common;
    if (common.source_cores) common.machines.cores_of(plan::Party::source) = *common.source_cores;
    common.factors = factors_of(found_.source, common.samples, speed_);
    common.doubt = doubt_of(found_.source, common.samples, result_.large_objects.bytes > 0);
    plan::add_lines(common.rates, found_.lines);
    if (result_.disk) common.rates.store_file = result_.disk->make_file;
  }

  discovery::Discovery& found_;
  const discovery::Options& options_;
  std::stop_token stop_;
  std::chrono::duration<double> budget_;
  Clock::time_point deadline_;
  ArchiveCalibration result_;
  Measuring measuring_{found_, stop_, result_.common};
  double speed_ = 1;  // speed of the source's processor: times the shipped rates' machine
};

}  // namespace

Result<ArchiveCalibration> calibrate_archive(discovery::Discovery& found, const discovery::Options& options,
                                             const std::string& folder, std::chrono::duration<double> budget,
                                             const std::stop_token& stop) {
  return ArchiveMeasuring(found, options, budget, stop).run(folder);
}

}  // namespace pghaul::estimate
