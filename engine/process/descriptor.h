#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace pghaul::process {

/// A file descriptor of ours; -1: none.
///
/// Ownership  closed when destroyed; moves, never copies.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  /// Takes `number`, and moves it out of the way of standard input, output and error.
  static Descriptor beyond_standard(int number) {
    if (number < 0 || number > STDERR_FILENO) return Descriptor(number);
    const Descriptor low(number);
    return Descriptor(fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  }

  [[nodiscard]] int number() const noexcept { return number_; }
  [[nodiscard]] bool open() const noexcept { return number_ >= 0; }
  void reset() noexcept {
    if (number_ >= 0) close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

}  // namespace pghaul::process
