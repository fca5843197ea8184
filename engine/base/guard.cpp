#include "base/guard.h"

#include <exception>
#include <new>
#include <system_error>

namespace pghaul {
namespace {

constexpr const char* kOutOfMemory = "out of memory";  // short enough to be stored without an allocation

/// Does the work of caught_error(), whose catch block handles what this throws.
Error error_of_exception(std::string_view doing) {
  const std::string when = " while " + std::string(doing);
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {ErrorCode::system, kOutOfMemory + when, {},
            "run fewer jobs at a time, each of which needs room for the widest row of its table, or give "
            "pghaul more memory"};
  } catch (const std::system_error& thrown) {
    if (thrown.code() == std::errc::resource_unavailable_try_again) {
      return {ErrorCode::system, std::string("cannot start a thread") + when + ": " + thrown.what(), {},
              "run fewer jobs at a time, or raise the limit on processes (ulimit -u; of a container: its "
              "limit on pids)"};
    }
    return {ErrorCode::system, thrown.what() + when, {}, {}};
  } catch (const std::exception& thrown) {
    return {ErrorCode::internal, std::string("unexpected: ") + thrown.what() + when, {},
            "this is a defect of pghaul: please report it with the command and this message"};
  } catch (...) {
    return {ErrorCode::internal, "an unknown exception was thrown" + when, {},
            "this is a defect of pghaul, or of the program that uses it"};
  }
}

}  // namespace

Error caught_error(std::string_view doing) noexcept {
  try {
    return error_of_exception(doing);
  } catch (...) {
    return {ErrorCode::system, kOutOfMemory, {}, {}};
  }
}

}  // namespace pghaul
