#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pghaul::plan {

/// What tasks share: the cores of three, and the lines that rows cross, each way on its own. A line is like a
/// machine with one core.
enum class Party : std::uint8_t { source, target, client, from_source, to_target, from_target };
inline constexpr std::size_t kParties = 6;

/// How many cores of each a task keeps busy while nothing else runs.
struct Load {
  double source = 0;
  double target = 1;
  double client = 0;
  double from_source = 0;
  double to_target = 0;
  double from_target = 0;

  [[nodiscard]] std::array<double, kParties> each() const noexcept {
    return {source, target, client, from_source, to_target, from_target};
  }
  /// The same work in 1 / `part` times the time.
  Load& operator*=(double part) noexcept {
    for (double* busy : {&source, &target, &client, &from_source, &to_target, &from_target}) *busy *= part;
    return *this;
  }
};

/// Where the parties run. Those on one machine share its cores.
struct Machines {
  std::array<std::uint8_t, kParties> place{};  // of each party: which machine, below kParties
  std::array<double, kParties> cores{};        // of each machine

  /// All parties on one machine.
  Machines(double shared_cores)  // NOLINT(google-explicit-constructor)
      : place{0, 0, 0, 3, 4, 5}, cores{shared_cores, 0, 0, 1, 1, 1} {}
  /// Each on its own.
  Machines(double source, double target, double client)
      : place{0, 1, 2, 3, 4, 5}, cores{source, target, client, 1, 1, 1} {}

  [[nodiscard]] bool shared(Party one, Party other) const noexcept {
    return place[static_cast<std::size_t>(one)] == place[static_cast<std::size_t>(other)];
  }
  /// Moves `one` to the machine of `other`, which has the cores of the larger of the two.
  void join(Party one, Party other) noexcept;
  [[nodiscard]] double& cores_of(Party one) noexcept { return cores[place[static_cast<std::size_t>(one)]]; }
  [[nodiscard]] double cores_of(Party one) const noexcept {
    return cores[place[static_cast<std::size_t>(one)]];
  }
};

}  // namespace pghaul::plan
