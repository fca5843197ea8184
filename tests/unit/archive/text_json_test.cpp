#include "archive/text_json.h"

#include <gtest/gtest.h>

#include <string>

namespace pghaul::archive {
namespace {

TEST(TextJson, GivesBackAnyBytes) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string& text : {std::string(), std::string("größe"), std::string("\xF0\x9F\x90\x98"), all})
    EXPECT_EQ(text_of_json(nlohmann::json::parse(text_as_json(text).dump())), text);
}

TEST(TextJson, WritesTextAsTextWhereItIsUtf8) {
  EXPECT_TRUE(text_as_json("größe").is_string());
  EXPECT_TRUE(text_as_json("\xF4\x8F\xBF\xBF").is_string());  // U+10FFFF
}

TEST(TextJson, WritesAsBytesWhatNoReaderOfJsonWouldTake) {
  for (const char* text :
       {"\xFF", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"})
    EXPECT_TRUE(text_as_json(text).is_object());
}

TEST(TextJson, IsNoTextOtherwise) {
  for (const char* json : {"1", "null", "[]", "{}", R"({"hex": "f"})", R"({"hex": "fg"})", R"({"hex": 12})",
                           R"({"hex": "ff", "more": 1})"}) {
    EXPECT_FALSE(text_of_json(nlohmann::json::parse(json))) << json;
  }
}

}  // namespace
}  // namespace pghaul::archive
