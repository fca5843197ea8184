#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pghaul::plan {

/// A resource that tasks share: the cores of one of three machines, or a line that rows cross, one way. A
/// line is like a machine with one core.
enum class Party : std::uint8_t { source, target, client, from_source, to_target, from_target };
inline constexpr std::size_t kParties = 6;

/// The number of cores of each party that a task keeps busy while nothing else runs.
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
  /// Spreads the same work over 1 / `part` times the time.
  Load& operator*=(double part) noexcept {
    for (double* busy : {&source, &target, &client, &from_source, &to_target, &from_target}) *busy *= part;
    return *this;
  }
};

/// The machines on which the parties run. Parties on one machine share its cores.
struct Machines {
  std::array<std::uint8_t, kParties> place{};  // by party: its machine, below kParties
  std::array<double, kParties> cores{};        // by machine

  /// Puts all parties on one machine.
  Machines(double shared_cores)  // NOLINT(google-explicit-constructor)
      : place{0, 0, 0, 3, 4, 5}, cores{shared_cores, 0, 0, 1, 1, 1} {}
  /// Puts each party on a machine of its own.
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
