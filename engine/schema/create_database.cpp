#include "schema/create_database.h"

#include <fmt/format.h>

#include "postgres/quote.h"

namespace pghaul::schema {
namespace {

using postgres::quote_literal;

constexpr int kFirstWithProviders = 150000;
constexpr int kFirstWithBuiltin = 170000;

std::string provider_of(const catalog::Server& like) {
  switch (like.locale_provider) {
    case 'i':
      return " LOCALE_PROVIDER icu ICU_LOCALE " + quote_literal(like.icu_locale);
    case 'b':
      return " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + quote_literal(like.icu_locale);
    default:
      return " LOCALE_PROVIDER libc";
  }
}

}  // namespace

Result<std::string> create_database(const std::string& name, const catalog::Server& like, int version,
                                    const std::string& tablespace) {
  const int needed = like.locale_provider == 'b'   ? kFirstWithBuiltin
                     : like.locale_provider == 'i' ? kFirstWithProviders
                                                   : 0;
  if (version < needed) {
    return fail(ErrorCode::refused,
                fmt::format("the source's locale {} is of {}, which the target's server has for a database "
                            "from PostgreSQL {} on",
                            like.icu_locale, like.locale_provider == 'b' ? "PostgreSQL itself" : "ICU",
                            needed / 10000),
                "create the target database with a locale of your choice, and leave --create out");
  }
  return fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}{}{}",
                     postgres::quote(name), quote_literal(like.encoding), quote_literal(like.collate),
                     quote_literal(like.ctype), version >= kFirstWithProviders ? provider_of(like) : "",
                     tablespace.empty() ? "" : " TABLESPACE " + postgres::quote(tablespace));
}

}  // namespace pghaul::schema
