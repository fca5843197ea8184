#pragma once

#include <functional>
#include <string>
#include <vector>

#include "catalog/objects.h"
#include "verify/wording_question.h"

namespace pghaul::verify {

/// What of two databases' objects is to be compared.
struct ObjectComparison {
  bool same_major = true;  // the servers word definitions alike
  bool with_owner = true;
  bool with_acl = true;
  bool everything = true;  // no choice of tables was made: the target has nothing else
  /// Has the target say whether definitions in other words mean the same, with one answer for each question;
  /// empty: it can't be asked.
  std::function<std::vector<Wording>(const std::vector<WordingQuestion>&)> ask_target = {};
  std::vector<std::string> left_out;  // named elsewhere, as ObjectDifference names them: not to be told again
};

struct ObjectDifference {
  std::string object;            // "index orders_pkey of public.orders"
  std::string message;           // what differs
  std::string not_carried = {};  // as of its class: then it is no fault of a copy
};

/// Compares class by class; both have the same classes in the same order.
[[nodiscard]] std::vector<ObjectDifference> object_differences(std::vector<catalog::ObjectClass> source,
                                                               std::vector<catalog::ObjectClass> target,
                                                               const ObjectComparison& how);

}  // namespace pghaul::verify
