#include "discovery/source_reader.h"

#include <optional>
#include <string>

#include "discovery/archive_folder.h"
#include "discovery/archive_source.h"
#include "discovery/server_source.h"

namespace pghaul::discovery {

std::unique_ptr<SourceReader> make_source_reader(Discovery& found, const Options& options,
                                                 const Endpoints& ends, const std::stop_token& stop) {
  if (std::optional<std::string> folder = archive_folder(options.source)) {
    return std::make_unique<ArchiveSource>(found, options, stop, std::move(*folder));
  }
  return std::make_unique<ServerSource>(found, options, *ends.source, stop);
}

}  // namespace pghaul::discovery
