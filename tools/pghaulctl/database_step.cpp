#include <fmt/format.h>

#include "changeover.h"

namespace pghaul::platform {
namespace {

/// Writes the columns of pg_database for who compares texts, and by which locale, as a version has them.
const char* locale_columns(int version) {
  if (version >= 170000) return "datlocprovider, datlocale";
  return version >= 150000 ? "datlocprovider, daticulocale" : "'c', ''";
}

/// Makes the empty database that the copy fills; the copy carries its settings and privileges.
class DatabaseStep : public Step {
 public:
  explicit DatabaseStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "database"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} has a database {}", all_.to, all_.app.database);
  }

  [[nodiscard]] Result<bool> is_so() override {
    auto server = all_.target().connect("postgres");
    if (!server) return false;
    const auto found = server->query("SELECT FROM pg_catalog.pg_database WHERE datname = " +
                                     server->literal(all_.app.database));
    if (!found) return tl::make_unexpected(found.error());
    return !found->empty();
  }

  [[nodiscard]] Result<std::string> take() override {
    Server& source = *all_.source().server;
    const auto found =
        source.query(fmt::format("SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, "
                                 "pg_catalog.pg_get_userbyid(datdba), {} "
                                 "FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
                                 locale_columns(source.version())));
    if (!found) return tl::make_unexpected(found.error());
    const std::vector<std::string>& old = found->front();
    auto server = all_.target().connect("postgres");
    if (!server) return tl::make_unexpected(server.error());
    std::string create =
        fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {} OWNER {}",
                    server->identifier(all_.app.database), server->literal(old[0]), server->literal(old[1]),
                    server->literal(old[2]), server->identifier(old[3]));
    if (old[4] == "i") create += " LOCALE_PROVIDER icu ICU_LOCALE " + server->literal(old[5]);
    if (old[4] == "b") create += " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + server->literal(old[5]);
    auto created = server->run(create);
    if (created) created = all_.survey();
    if (!created) return tl::make_unexpected(created.error());
    return std::string();
  }

 private:
  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> database_step(Changeover& changeover) {
  return std::make_unique<DatabaseStep>(changeover);
}

}  // namespace pghaul::platform
