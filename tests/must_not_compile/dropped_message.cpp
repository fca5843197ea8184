// A visitor says what it does with each kind of message. Expected: a kind of message has no handler
#include "changes/visit.h"

using namespace pghaul::changes;

void see(const Message& message) {
  visit(
      message, [](const OneOf<Insert, Update, Delete, Truncate> auto&) {},
      [](const OneOf<Begin, Commit, Description, Origin, Type> auto&) {}
#ifndef WRONG
      , [](const Emitted&) {}
#endif
  );
}
