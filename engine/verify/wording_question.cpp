#include "verify/wording_question.h"

#include <algorithm>
#include <string_view>

#include "postgres/quote.h"
#include "verify/definition_parts.h"
#include "verify/one_statement.h"

namespace pghaul::verify {
namespace {

using catalog::Aspect;
using catalog::Name;
using catalog::Object;
using catalog::ObjectClass;
using postgres::quote;
using postgres::quote_literal;
using Form = Aspect::Form;
using Questions = std::optional<std::vector<WordingQuestion>>;

WordingQuestion about_view(std::string of_source, std::string of_target) {
  return {.of_source = std::move(of_source),
          .of_target = std::move(of_target),
          .prepare = {},
          .before = "CREATE TEMPORARY VIEW pg_temp.pghaul_wording AS ",
          .after = {},
          .read = "SELECT pg_catalog.pg_get_viewdef('pg_temp.pghaul_wording'::pg_catalog.regclass)"};
}

WordingQuestion about_expression(const std::string& of_source, const std::string& of_target,
                                 const std::string& from) {
  const auto view = [&](const std::string& expression) {
    return "SELECT (" + expression + ") AS value" + from;
  };
  return about_view(view(of_source), view(of_target));
}

std::string columns_of(const Name& relation, const std::string& alias = {}) {
  return quote(relation.schema, relation.name) + (alias.empty() ? "" : " AS " + alias);
}

/// Asks about the expressions that differ, if nothing else does.
Questions about_parts(const DefinitionParts& ours, const DefinitionParts& theirs, const std::string& from) {
  if (ours.frame != theirs.frame || ours.expressions.size() != theirs.expressions.size()) return std::nullopt;
  std::vector<WordingQuestion> questions;
  for (std::size_t i = 0; i < ours.expressions.size(); ++i) {
    if (ours.expressions[i] == theirs.expressions[i]) continue;
    questions.push_back(about_expression(ours.expressions[i], theirs.expressions[i], from));
  }
  return questions;
}

Questions about_parts(const std::string& of_source, const std::string& of_target, const std::string& from) {
  return about_parts(take_apart(of_source), take_apart(of_target), from);
}

/// Asks about CREATE STATISTICS … ON … FROM the relation.
Questions about_statistics(const std::string& of_source, const std::string& of_target) {
  const DefinitionParts theirs = take_apart(of_target);
  const std::size_t from = theirs.frame.rfind(" FROM ");
  if (from == std::string::npos) return std::nullopt;
  return about_parts(take_apart(of_source), theirs, theirs.frame.substr(from));
}

/// Asks about a rule, which is made on a view that has the relation's name and columns.
Questions about_rule(const std::string& of_source, const std::string& of_target, const Name& relation) {
  const std::string name = quote(relation.schema, relation.name);
  const std::string instead = "pg_temp." + quote(relation.name);
  const auto moved = [&](std::string rule) {
    const std::size_t at = rule.find(" TO " + name);
    return at == std::string::npos || !rule.starts_with("CREATE RULE ")
               ? std::string()
               : rule.replace(at + 4, name.size(), instead);
  };
  WordingQuestion question{
      .of_source = moved(of_source),
      .of_target = moved(of_target),
      .prepare = "CREATE TEMPORARY VIEW " + instead + " AS SELECT * FROM " + name,
      .before = {},
      .after = {},
      .read =
          "SELECT pg_catalog.replace(pg_catalog.pg_get_ruledef(r.oid), ' TO ' || "
          "pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), ' TO pg_temp.' || "
          "pg_catalog.quote_ident(c.relname)) FROM pg_catalog.pg_rewrite AS r JOIN pg_catalog.pg_class AS c "
          "ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE "
          "c.relnamespace = pg_catalog.pg_my_temp_schema() AND r.rulename <> '_RETURN'"};
  if (question.of_source.empty() || question.of_target.empty()) return std::nullopt;
  return std::vector{std::move(question)};
}

const std::string& aspect_of(const ObjectClass& of, const Object& object, std::string_view name) {
  const auto found = std::ranges::find(of.aspects, name, &Aspect::name);
  return object.aspects.at(static_cast<std::size_t>(found - of.aspects.begin()));
}

/// Asks about a routine; a procedure has no result.
WordingQuestion about_routine(const ObjectClass& of, const Object& target) {
  const std::string& result = aspect_of(of, target, "result");
  return {.of_source = {},
          .of_target = {},
          .prepare = {},
          .before = (result.empty() ? "CREATE PROCEDURE pg_temp." : "CREATE FUNCTION pg_temp.") +
                    quote(target.name.name) + "(",
          .after = ")" + (result.empty() ? "" : " RETURNS " + result) + " LANGUAGE sql ",
          .read = {}};
}

std::string read_routine(const std::string& function) {
  return "SELECT pg_catalog." + function +
         "(p.oid) FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = pg_catalog.pg_my_temp_schema()";
}

WordingQuestion about_body(const ObjectClass& of, const Object& target) {
  WordingQuestion question = about_routine(of, target);
  question.before += aspect_of(of, target, "arguments") + std::exchange(question.after, {});
  question.read = read_routine("pg_get_function_sqlbody");
  return question;
}

WordingQuestion about_arguments(const ObjectClass& of, const Object& target) {
  WordingQuestion question = about_routine(of, target);
  question.after += "AS 'SELECT'";
  question.read = read_routine("pg_get_function_arguments");
  return question;
}

bool can_be_asked(const std::string& text) {
  return !text.empty() && stays_within_statement(text);
}

Questions about(const ObjectClass& of, std::size_t aspect, const Object& source, const Object& target) {
  const std::string ours = without_end(source.aspects[aspect]);
  const std::string theirs = without_end(target.aspects[aspect]);
  if (!can_be_asked(ours) || !can_be_asked(theirs)) return std::nullopt;
  const auto with_texts = [&](WordingQuestion question) {
    question.of_source = ours;
    question.of_target = theirs;
    return std::vector{std::move(question)};
  };
  const std::string from = " FROM ";
  switch (of.aspects[aspect].form) {
    case Form::none:
      return std::nullopt;
    case Form::view:
      return std::vector{about_view(ours, theirs)};
    case Form::expression:
      return std::vector{about_expression(ours, theirs, from + columns_of(target.name))};
    case Form::lone_expression:
      return std::vector{about_expression(ours, theirs, {})};
    case Form::parts:
      return about_parts(ours, theirs, from + columns_of(target.name));
    case Form::parts_of_trigger:
      return about_parts(ours, theirs,
                         from + columns_of(target.name, "old") + ", " + columns_of(target.name, "new"));
    case Form::parts_of_statistics:
      return about_statistics(ours, theirs);
    case Form::parts_of_domain:
      return about_parts(
          ours, theirs,
          from + "(SELECT NULL::" + quote(target.name.schema, target.name.name) + " AS value) AS domain");
    case Form::rule:
      return about_rule(ours, theirs, target.name);
    case Form::routine_body:
      return with_texts(about_body(of, target));
    case Form::routine_arguments:
      return with_texts(about_arguments(of, target));
  }
  return std::nullopt;
}

}  // namespace

Questions wording_questions(const ObjectClass& of, std::size_t aspect, const Object& source,
                            const Object& target) {
  if (of.aspects[aspect].form == Form::none) return std::nullopt;
  return about(of, aspect, source, target);
}

}  // namespace pghaul::verify
