#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "postgres/connection.h"

namespace pghaul::postgres {

/// Cancels what the connection waits for if a stop is requested in its lifetime: by a cancel request, and
/// should the server ignore that, by breaking the connection a second later.
class CancelOnStop {
 public:
  CancelOnStop(const std::stop_token& stop, const Connection& connection);
  ~CancelOnStop();
  CancelOnStop(CancelOnStop&&) = delete;
  CancelOnStop& operator=(CancelOnStop&&) = delete;

 private:
  struct Break {
    Lifeline* lifeline;
    void operator()() const noexcept { lifeline->cancel_then_sever(); }
  };
  std::shared_ptr<Lifeline> lifeline_;
  std::optional<std::stop_callback<Break>> callback_;
};

}  // namespace pghaul::postgres
