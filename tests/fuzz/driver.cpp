// Feeds a fuzz target without libFuzzer: inputs of its corpus, changed at random by a fixed seed. Arguments
// as libFuzzer takes them: -runs=N -seed=N FOLDER… What made it fail is printed, and kept in ./fuzz-failure.

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

constexpr std::size_t kLongest = 4096;

std::string current;  // input

void keep_input() {
  std::ofstream("fuzz-failure", std::ios::binary) << current;
  std::fprintf(stderr, "The input, also in ./fuzz-failure:\n");
  for (const char c : current) {
    const auto byte = static_cast<unsigned char>(c);
    std::fprintf(stderr, byte >= 32 && byte < 127 && c != '\\' ? "%c" : "\\x%02x", byte);
  }
  std::fprintf(stderr, "\n");
}

extern "C" void on_abort(int) {
  keep_input();
  _exit(134);
}

class Mutator {
 public:
  Mutator(std::vector<std::string> corpus, std::uint64_t seed) : corpus_(std::move(corpus)), random_(seed) {
    if (corpus_.empty()) corpus_.emplace_back();
  }

  std::string next() {
    std::string input = any();
    const std::size_t changes = below(6);
    for (std::size_t i = 0; i < changes; ++i) change(input);
    if (input.size() > kLongest) input.resize(kLongest);
    return input;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  const std::string& any() { return corpus_[below(corpus_.size())]; }

  void change(std::string& input) {
    static constexpr std::string_view kOdd[] = {
        "\n",    " ",   "'",        "\"",         "\\",
        "\0",    "%",   "%00",      "-1",         "0",
        ";",     "://", "@",        "4294967295", "18446744073709551616",
        "1e999", "nan", "\xff\xff", "\x1b["};
    const std::size_t at = below(input.size() + 1);
    switch (below(6)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 1:
        input.insert(at, kOdd[below(std::size(kOdd))]);
        break;
      case 2:
        input.erase(at, below(16));
        break;
      case 3:
        input.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 4: {
        const std::string& other = any();
        const std::size_t from = below(other.size() + 1);
        input.insert(at, other, from, below(64));
        break;
      }
      default:
        input.insert(at, std::string(input, at, below(64)));
        break;
    }
  }

  std::vector<std::string> corpus_;
  std::mt19937_64 random_;
};

}  // namespace

int main(int count, char** arguments) {
  std::uint64_t runs = 10'000;
  std::uint64_t seed = 1;
  std::vector<std::string> corpus;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument.starts_with("-runs=")) {
      runs = std::stoull(argument.substr(6));
    } else if (argument.starts_with("-seed=")) {
      seed = std::stoull(argument.substr(6));
    } else if (std::filesystem::is_directory(argument)) {
      std::vector<std::filesystem::path> files;
      for (const auto& entry : std::filesystem::directory_iterator(argument)) files.push_back(entry.path());
      std::ranges::sort(files);
      for (const auto& path : files) {
        std::ifstream file(path, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
      }
    } else {
      std::fprintf(stderr, "unknown argument or no folder: %s\n", argument.c_str());
      return 2;
    }
  }
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_input);
  std::signal(SIGABRT, on_abort);
  const auto try_one = [](std::string input) {
    current = std::move(input);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
  };
  for (const std::string& input : corpus) try_one(input);
  Mutator mutator(std::move(corpus), seed);
  for (std::uint64_t run = 0; run < runs; ++run) try_one(mutator.next());
  std::printf("%llu inputs from seed %llu\n", static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(seed));
}
