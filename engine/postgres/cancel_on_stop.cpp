#include "postgres/cancel_on_stop.h"

namespace pghaul::postgres {

CancelOnStop::CancelOnStop(const std::stop_token& stop, const Connection& connection)
    : lifeline_(connection.lifeline()) {
  callback_.emplace(stop, Break{lifeline_.get()});
}

CancelOnStop::~CancelOnStop() {
  callback_.reset();
  lifeline_->withdraw();
}

}  // namespace pghaul::postgres
