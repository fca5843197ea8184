#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "postgres/connection.h"

namespace pghaul::job {

/// While it lives, a stop ends what the connection waits for: by a cancel request, and should the server not
/// listen, by breaking the connection a second later.
class LetGo {
 public:
  LetGo(const std::stop_token& stop, const postgres::Connection& connection)
      : callback_(stop, Break{connection.lifeline()}) {}

 private:
  struct Break {
    std::shared_ptr<postgres::Lifeline> lifeline;
    void operator()() const;
  };
  std::stop_callback<Break> callback_;
};

}  // namespace pghaul::job
