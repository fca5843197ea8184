#include "postgres/let_go.h"

namespace pghaul::postgres {

LetGo::LetGo(const std::stop_token& stop, const Connection& connection) : lifeline_(connection.lifeline()) {
  callback_.emplace(stop, Break{lifeline_.get()});
}

LetGo::~LetGo() {
  callback_.reset();
  lifeline_->withdraw();
}

}  // namespace pghaul::postgres
