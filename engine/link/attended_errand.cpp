#include "link/attended_errand.h"

#include <utility>

#include "postgres/liveness_check.h"

namespace pghaul::link {

Result<Errand> run_attended_errand(NearHalf& link, const Errand& errand,
                                   const postgres::ConnectionString& server, const std::stop_token& stop) {
  Errand answer;
  const Status done = postgres::with_liveness_check(server, link.side(), stop,
                                                    word_in(errand.words, "errand") + " at the far half",
                                                    [&](const std::stop_token& given_up) -> Status {
                                                      Result<Errand> came = link.run_errand(errand, given_up);
                                                      if (!came) return fail(came.error());
                                                      answer = std::move(*came);
                                                      return {};
                                                    });
  if (!done) return fail(done.error());
  return answer;
}

}  // namespace pghaul::link
