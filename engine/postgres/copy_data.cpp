#include "postgres/copy_data.h"

#include <optional>
#include <utility>

#include "postgres/libpq_copy_data.h"
#include "postgres/raw_copy_data.h"
#include "postgres/raw_stream.h"

namespace pghaul::postgres {

Result<std::unique_ptr<CopyData>> begin_copy_out(Connection& connection, const std::string& sql,
                                                 const std::string& what) {
  if (const std::optional<RawStream> stream = RawStream::of(connection.handle())) {
    auto data = std::make_unique<RawCopyData>(connection, *stream, what);
    if (const Status begun = data->begin(sql); !begun) return fail(begun.error());
    return data;
  }
  auto data = std::make_unique<LibpqCopyData>(connection, what);
  if (const Status begun = data->begin(sql); !begun) return fail(begun.error());
  return data;
}

}  // namespace pghaul::postgres
