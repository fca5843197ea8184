#include "support/copy_data_editor.h"

#include <gtest/gtest.h>

namespace pghaul::support {
namespace {

std::string message(char type, const std::string& body) {
  const std::size_t length = body.size() + 4;
  return std::string(1, type) + '\0' + '\0' + static_cast<char>(length >> 8) +
         static_cast<char>(length & 255) + body;
}

/// Edits bytes that come `portion` at a time.
std::string edited(const std::string& bytes, std::size_t portion) {
  CopyDataEditor editor;
  std::string passed;
  bool done = false;
  for (std::size_t at = 0; at < bytes.size(); at += portion) {
    bool found = false;
    passed += editor.edit(std::string_view(bytes).substr(at, portion), done ? "" : "wrong", "right", found);
    done = done || found;
  }
  return passed;
}

TEST(CopyDataEditor, ReplacesATextInRowsHoweverTheyArrive) {
  const std::string bytes =
      message('T', "wrong") + message('d', "a wrong row") + message('d', "wrong") + message('C', "");
  const std::string wanted =
      message('T', "wrong") + message('d', "a right row") + message('d', "wrong") + message('C', "");
  for (std::size_t portion = 1; portion <= bytes.size(); ++portion) {
    EXPECT_EQ(edited(bytes, portion), wanted) << portion << " bytes at a time";
  }
}

TEST(CopyDataEditor, HoldsNothingBackBeyondAMessage) {
  CopyDataEditor editor;
  bool found = false;
  EXPECT_EQ(editor.edit(message('d', "wro"), "wrong", "right", found), message('d', "wro"));
  EXPECT_FALSE(found);
}

TEST(CopyDataEditor, KnowsThatAClientsFirstMessageHasNoType) {
  CopyDataEditor editor(false);
  const std::string first = std::string("\0\0\0\x09", 4) + "wrong";
  bool found = false;
  EXPECT_EQ(editor.edit(first + message('d', "wrong"), "wrong", "right", found),
            first + message('d', "right"));
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace pghaul::support
