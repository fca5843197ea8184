#include "schema/create_database.h"

#include <gtest/gtest.h>

namespace pghaul::schema {
namespace {

catalog::Server like(char provider, const std::string& locale = {}) {
  catalog::Server server;
  server.encoding = "UTF8";
  server.collate = "C.UTF-8";
  server.ctype = "it's";
  server.locale_provider = provider;
  server.icu_locale = locale;
  return server;
}

std::string statement(const catalog::Server& server, int version) {
  const Result<std::string> made = create_database("a \"b\"", server, version);
  return made ? *made : made.error().message;
}

constexpr const char* kBeginning =
    "CREATE DATABASE \"a \"\"b\"\"\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE "
    "'it''s'";

TEST(CreateDatabase, GivesItTheEncodingAndTheLocaleOfAnother) {
  EXPECT_EQ(statement(like('c'), 140000), kBeginning);
  EXPECT_EQ(statement(like('c'), 150000), std::string(kBeginning) + " LOCALE_PROVIDER libc");
  EXPECT_EQ(statement(like('i', "de"), 150000),
            std::string(kBeginning) + " LOCALE_PROVIDER icu ICU_LOCALE 'de'");
  EXPECT_EQ(statement(like('b', "C.UTF-8"), 170000),
            std::string(kBeginning) + " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'");
}

TEST(CreateDatabase, PutsItIntoATablespace) {
  const Result<std::string> made = create_database("a", like('c', ""), 140000, "fast \"disk\"");
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->ends_with(" TABLESPACE \"fast \"\"disk\"\"\"")) << *made;
}

TEST(CreateDatabase, RefusesWhereTheServerIsTooOldForTheProvider) {
  for (const auto& [provider, version] : {std::pair('i', 140000), std::pair('b', 160000)}) {
    const Result<std::string> made = create_database("a", like(provider, "de"), version);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::refused);
  }
}

}  // namespace
}  // namespace pghaul::schema
