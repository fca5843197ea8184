#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "schema/programs.h"

namespace pghaul::discovery {

/// Reads the source into a Discovery: a server, or an archive. Its functions are called in their order.
///
/// Ownership  none of the discovery and the options, which outlive it.
/// Threads    one.
class SourceReader {
 public:
  SourceReader() = default;
  SourceReader(const SourceReader&) = delete;
  SourceReader& operator=(const SourceReader&) = delete;
  virtual ~SourceReader() = default;

  /// Takes a first look. Returns the version that pg_dump has to know; 0: any will do.
  [[nodiscard]] virtual Result<int> open() = 0;
  /// Reads the schema and the catalog, which belong to one state of the source. Adds findings where it may
  /// not be read.
  [[nodiscard]] virtual Status read(const std::vector<schema::Programs>& programs) = 0;
  [[nodiscard]] virtual Status read_large_objects() = 0;
  /// Names what can't be carried, or makes it a finding; forgets what is not chosen.
  virtual void leave_out() = 0;
  /// Reads what may come out otherwise on a target of another locale.
  [[nodiscard]] virtual Status read_locale_dependents() = 0;
  /// Reads which tables have statistics that are worth to be given to the target.
  [[nodiscard]] virtual Status read_statistics() = 0;
};

/// Makes the reader of the source that the options name: of the server at `ends.source`, or of an archive.
[[nodiscard]] std::unique_ptr<SourceReader> make_source_reader(Discovery& found, const Options& options,
                                                               const Endpoints& ends,
                                                               const std::stop_token& stop);

}  // namespace pghaul::discovery
