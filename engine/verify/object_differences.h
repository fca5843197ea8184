#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "catalog/objects.h"
#include "verify/wording_question.h"

namespace pghaul::verify {

/// The scope of a comparison of two databases' objects.
struct ObjectComparison {
  bool same_major = true;  // the servers deparse definitions alike
  bool with_owner = true;
  bool with_acl = true;
  bool everything = true;  // no choice of tables was made: what only the target has is a difference
  /// Asks the target whether definitions in other words mean the same, with one answer for each question;
  /// empty: it can't be asked.
  std::function<std::vector<Wording>(const std::vector<WordingQuestion>&)> ask_target = {};
  std::set<std::string>
      prepared;  // objects of others on the target, which the source may lack; named likewise
  std::vector<std::string> left_out;  // objects that are reported elsewhere, named as in ObjectDifference
};

struct ObjectDifference {
  std::string object;            // "index orders_pkey of public.orders"
  std::string message;           // the difference
  std::string not_carried = {};  // the class's reason: then the copy is not at fault
};

/// Compares class by class; both have the same classes in the same order.
[[nodiscard]] std::vector<ObjectDifference> object_differences(std::vector<catalog::ObjectClass> source,
                                                               std::vector<catalog::ObjectClass> target,
                                                               const ObjectComparison& how);

}  // namespace pghaul::verify
