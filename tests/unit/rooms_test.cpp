#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Room {
  std::set<std::string> may_include;  // rooms, or single headers of rooms
  std::vector<std::string> brings;    // prefixes of third-party headers that enter here
};

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> all;
  for (std::string word; stream >> word;) all.push_back(word);
  return all;
}

std::map<std::string, Room> read_table(const fs::path& file) {
  std::map<std::string, Room> rooms;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t colon = line.find(':');
    const std::size_t bar = line.find('|');
    Room& room = rooms[line.substr(0, colon)];
    for (const std::string& word : words(line.substr(colon + 1, bar - colon - 1)))
      room.may_include.insert(word);
    room.brings = words(line.substr(bar + 1));
  }
  return rooms;
}

std::vector<std::pair<char, std::string>> includes(const fs::path& file) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<std::pair<char, std::string>> all;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, kInclude)) all.emplace_back(match[1].str()[0], match[2].str());
  }
  return all;
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& prefixes) {
  return std::ranges::any_of(prefixes, [&](const std::string& prefix) { return text.starts_with(prefix); });
}

class Rooms : public testing::Test {
 protected:
  const fs::path engine = fs::path(PGHAUL_ROOT) / "engine";
  const std::map<std::string, Room> rooms = read_table(engine / "rooms.txt");
};

TEST_F(Rooms, AreAllInTheTable) {
  for (const fs::directory_entry& entry : fs::directory_iterator(engine)) {
    const std::string name = entry.path().filename();
    if (!entry.is_directory() || name == "include") continue;
    EXPECT_TRUE(rooms.contains(name)) << "engine/" << name << " is missing from rooms.txt";
  }
}

TEST_F(Rooms, IncludeOnlyTheRoomsBelowThem) {
  for (const auto& [name, room] : rooms) {
    for (const fs::directory_entry& file : fs::directory_iterator(engine / name)) {
      for (const auto& [mark, header] : includes(file.path())) {
        if (mark != '"') continue;
        const std::string from = header.substr(0, header.find('/'));
        const bool allowed =
            from == name || room.may_include.contains(from) || room.may_include.contains(header);
        EXPECT_TRUE(allowed) << file.path() << " may not include " << header;
      }
    }
  }
}

TEST_F(Rooms, LetEachThirdPartyHeaderInByOneRoom) {
  std::vector<std::string> guarded;
  for (const auto& [name, room] : rooms)
    guarded.insert(guarded.end(), room.brings.begin(), room.brings.end());
  ASSERT_FALSE(guarded.empty());
  for (const auto& [name, room] : rooms) {
    for (const fs::directory_entry& file : fs::directory_iterator(engine / name)) {
      for (const auto& [mark, header] : includes(file.path())) {
        if (mark != '<' || !starts_with_any(header, guarded)) continue;
        EXPECT_TRUE(starts_with_any(header, room.brings)) << file.path() << " brings in " << header;
      }
    }
  }
}

/// Whether the line calls, outside of a comment, what makes a process or has this one become another program.
bool starts_process(const std::string& line) {
  static const std::regex kCall(
      R"(\b(v?fork|clone3?|posix_spawnp?|f?exec(|l|le|lp|v|ve|vp|vpe|veat)|system|popen)\s*\()");
  static const std::vector<std::string> kWords = {"fork", "clone", "spawn", "exec", "system", "popen"};
  const std::string code = line.substr(0, line.find("//"));
  const bool may = std::ranges::any_of(kWords, [&](const std::string& w) { return code.find(w) != w.npos; });
  return may && std::regex_search(code, kCall);
}

/// Returns the files of the folder that start processes.
std::set<std::string> starters(const fs::path& folder) {
  std::set<std::string> files;
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);) {
      if (starts_process(line)) files.insert(file.path().filename());
    }
  }
  return files;
}

TEST_F(Rooms, StartProcessesInOneOnly) {
  for (const auto& [name, room] : rooms)
    EXPECT_EQ(starters(engine / name).empty(), name != "process") << name;
}

TEST_F(Rooms, AreBesideProgramsThatStartProcessesInOneFileEach) {
  const fs::path tools = fs::path(PGHAUL_ROOT) / "tools";
  EXPECT_EQ(starters(tools / "pghaul"), std::set<std::string>{"on_end.cpp"});
  EXPECT_EQ(starters(tools / "pghaulctl"), std::set<std::string>{"program.cpp"});
}

}  // namespace
