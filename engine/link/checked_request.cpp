#include "link/checked_request.h"

#include <utility>

#include "postgres/liveness_check.h"

namespace pghaul::link {

Result<RemoteRequest> request_with_liveness_check(NearHalf& link, const RemoteRequest& request,
                                                  const postgres::ConnectionString& server,
                                                  const std::stop_token& stop) {
  RemoteRequest answer;
  const Status done = postgres::with_liveness_check(
      server, link.side(), stop, field_in(request.fields, "errand") + " at the far half",
      [&](const std::stop_token& given_up) -> Status {
        Result<RemoteRequest> came = link.run_request(request, given_up);
        if (!came) return fail(came.error());
        answer = std::move(*came);
        return {};
      });
  if (!done) return fail(done.error());
  return answer;
}

}  // namespace pghaul::link
