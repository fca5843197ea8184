#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"

/// A database's objects in a form by which two servers can be compared: plain values, like model.h.
namespace pghaul::catalog {

/// One property that the objects of a class have.
struct Aspect {
  enum class Kind {
    text,          // the same on both sides, or different
    names,         // with names of types in it, which only some versions put in quotes
    expression,    // SQL as the server words it; a restored one may come back in slightly other words
    wording,       // SQL whose words also change with the server's major version
    owner,         // a role
    grants,        // lines as "reader SELECT by owner", each a difference from what is usual
    surroundings,  // as expression, and names another object, which a choice of tables may leave behind
    secret,        // may hold passwords: never shown
    hidden,        // as secret, and shown only to some: compared where both sides have it
  };
  /// The form of a text that is SQL, by which a server can be made to word it as it would word its own.
  enum class Form {
    none,
    view,                 // all of a view
    expression,           // over the columns of the relation that the object is a part of
    parts,                // a definition, the expressions in which are over these columns
    parts_of_trigger,     // a definition with expressions over these columns
    parts_of_statistics,  // likewise, over the columns of OLD and NEW
    parts_of_domain,      // likewise, over those of the relation that the definition names
    lone_expression,      // likewise, over VALUE
    rule,                 // all of a rule of the relation
    routine_body,         // a body in SQL; other aspects are "arguments" and "result"
    routine_arguments,    // arguments with their defaults; another aspect is "result"
  };
  std::string name;  // as in "its definition"
  Kind kind = Kind::text;
  Form form = Form::none;
};

/// An object, or a part of one.
struct Object {
  Name name;                         // the object's own, or that of what it is a part of
  std::string part;                  // which part: a column, an index, a function's arguments …
  std::vector<std::string> aspects;  // as the class lists them; empty: there is none
};

struct ObjectClass {
  /// The way in which a name is composed for people.
  enum class Shown {
    of,     // column a of public.t; says nothing new when public.t is missing
    after,  // function public.f(integer)
    alone,  // cast (integer AS public.celsius)
  };
  std::string label;  // "column"
  Shown shown = Shown::after;
  std::vector<Aspect> aspects;
  std::vector<Object> objects;
  bool only_sources = false;     // objects that only the target has are no difference
  std::string not_carried = {};  // why neither a copy nor pg_dump brings them: differences count as left out
};

}  // namespace pghaul::catalog
