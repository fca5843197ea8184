#include "tasks/index_row_hint.h"

#include <gtest/gtest.h>

namespace pghaul::tasks {
namespace {

catalog::Server with_default(const char* method) {
  catalog::Server server;
  server.settings["default_toast_compression"] = method;
  return server;
}

Error refusal(std::string message, std::string sqlstate) {
  Error error;
  error.code = ErrorCode::server_error;
  error.message = std::move(message);
  error.sqlstate = std::move(sqlstate);
  error.hint = "the server's";
  return error;
}

std::string hint(const Error& error, const std::string& asked, const char* target = "pglz") {
  return with_compression_hint(error, asked, with_default("pglz"), with_default(target)).hint;
}

TEST(IndexRowHint, NamesTheMethodThatMakesAKeyTooLarge) {
  const Error too_large =
      refusal("cannot build index k_v: the target says: index row size 2728 exceeds …", "54000");
  EXPECT_NE(hint(too_large, "lz4").find("with lz4, as --toast-compression says"), std::string::npos);
  EXPECT_NE(hint(too_large, "", "lz4").find("as its default_toast_compression says"), std::string::npos);
  EXPECT_EQ(hint(too_large, ""), "the server's");
  EXPECT_EQ(hint(too_large, "pglz", "lz4"), "the server's");
}

TEST(IndexRowHint, LeavesOtherErrorsAlone) {
  EXPECT_EQ(hint(refusal("index row size", "23505"), "lz4"), "the server's");
  EXPECT_EQ(hint(refusal("too many columns", "54000"), "lz4"), "the server's");
}

}  // namespace
}  // namespace pghaul::tasks
