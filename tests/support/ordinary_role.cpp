#include "support/ordinary_role.h"

#include <cstdlib>

#include "support/cluster.h"

namespace pghaul::support {

bool runs_as_ordinary_role() {
  return std::getenv("PGHAUL_TEST_ORDINARY_ROLE") != nullptr;
}

void make_ordinary_role(const Cluster& server) {
  server.psql("postgres",
              std::string("DO $$ BEGIN CREATE ROLE ") + kOrdinaryRole +
                  " LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
}

}  // namespace pghaul::support
