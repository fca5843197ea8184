#include "schema/archive_tablespaces.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace pghaul::schema {
namespace {

/// Writes what pg_dump writes: pg_backup_archiver.c, WriteHead() and WriteToc().
class Writer {
 public:
  explicit Writer(char minor) : minor_(minor) {
    text_ = "PGDMP";
    bytes({1, minor, 0, 4, 8, 1});
    if (minor >= 15) bytes({0});
    if (minor < 15) number(-1);
    for (int i = 0; i < 7; ++i) number(i);
    for (const char* text : {"shop", "15.18", "15.18"}) word(text);
  }
  Writer& entries(int count) { return number(count); }
  Writer& entry(const char* tablespace, char state = 3) {
    number(7).number(0);
    for (const char* text : {"1259", "16385", "t", "TABLE"}) word(text);
    number(2);
    for (const char* text : {"CREATE TABLE t ();", "DROP TABLE t;", "", "public"}) word(text);
    word(tablespace);
    if (minor_ >= 14) word("heap");
    if (minor_ >= 16) number('r');
    word("app").word("false").word("3");
    number(-1);  // no further dependency
    bytes({state, 0, 0, 0, 0, 0, 0, 0, 0});
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  Writer& bytes(const std::vector<char>& all) {
    text_.append(all.begin(), all.end());
    return *this;
  }
  Writer& number(int value) {
    text_ += value < 0 ? '\1' : '\0';
    const int size = value < 0 ? -value : value;
    for (int i = 0; i < 4; ++i) text_ += static_cast<char>(size >> (8 * i) & 0xFF);
    return *this;
  }
  Writer& word(const std::string& text) {
    number(static_cast<int>(text.size()));
    text_ += text;
    return *this;
  }

  char minor_;
  std::string text_;
};

TEST(ArchiveTablespaces, AreRenamedInEachVersionOfTheFormat) {
  const std::string longer(300, 'x');
  for (const char minor : std::to_array<char>({12, 13, 14, 15, 16})) {
    const Writer given = Writer(minor).entries(3).entry("old").entry("").entry("other");
    const Writer wanted = Writer(minor).entries(3).entry(longer.c_str()).entry("").entry("other");
    const Result<std::string> renamed = with_tablespaces(given.text(), {{"old", longer}, {"", "never"}});
    ASSERT_TRUE(renamed) << renamed.error().message;
    EXPECT_EQ(*renamed, wanted.text()) << int{minor};
  }
}

TEST(ArchiveTablespaces, OfWhatIsNoSuchArchiveAreNotTouched) {
  const std::string whole = Writer(14).entries(2).entry("old").entry("old").text();
  for (const std::string& other :
       {std::string(), std::string("PGDMP"), whole.substr(0, whole.size() - 3), Writer(17).entries(0).text(),
        Writer(14).entries(9).text(), Writer(14).entries(1).entry("old", 2).text()}) {
    EXPECT_FALSE(with_tablespaces(other, {{"old", "new"}}));
  }
}

}  // namespace
}  // namespace pghaul::schema
