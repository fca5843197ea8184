#include "plan/catalog_findings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/catalog_builder.h"

namespace pghaul::plan {
namespace {

using Severity = Finding::Severity;

class CatalogFindings : public testing::Test {
 protected:
  CatalogFindings() : target_(support::empty_target()) { options_.jobs = 2; }

  std::vector<Finding> all() {
    return catalog_findings(source_.catalog, target_, contents_, replace_, options_);
  }
  /// The only finding; fails if there are none or more.
  Finding only() {
    const std::vector<Finding> findings = all();
    EXPECT_EQ(findings.size(), 1U);
    return findings.empty() ? Finding{} : findings[0];
  }
  void expect_only(Severity severity, const std::string& code, const std::string& object) {
    const Finding finding = only();
    EXPECT_EQ(finding.code, code);
    EXPECT_EQ(finding.object, object);
    EXPECT_EQ(finding.severity, severity) << finding.message;
    EXPECT_NE(finding.message, "");
    EXPECT_NE(finding.hint, "");
  }
  void expect_refusal(const std::string& code, const std::string& object = {}) {
    expect_only(Severity::refusal, code, object);
  }
  void expect_warning(const std::string& code, const std::string& object = {}) {
    expect_only(Severity::warning, code, object);
  }

  support::CatalogBuilder source_;
  catalog::Server target_;
  catalog::Contents contents_;
  bool replace_ = false;
  PlanOptions options_;
};

TEST_F(CatalogFindings, DoubtsATargetThatIsMuchLargerOrInUse) {
  constexpr std::int64_t kGigabyte = 1'000'000'000;
  const auto codes = [&](std::int64_t source, std::int64_t target, std::int64_t sessions) {
    source_.catalog.server.database_bytes = source;
    target_.database_bytes = target;
    std::string all;
    for (const Finding& one : doubts_about_target(source_.catalog, target_, contents_, sessions)) {
      EXPECT_EQ(one.severity, Severity::refusal);
      EXPECT_NE(one.hint.find("--confirm-larger"), std::string::npos);
      all += one.code + " ";
    }
    return all;
  };
  EXPECT_EQ(codes(1, 5 * kGigabyte, 3), "") << "there is nothing in it";
  contents_.objects = {{.kind = "table", .name = {"public", "t"}}};
  EXPECT_EQ(codes(2 * kGigabyte, 4 * kGigabyte, 0), "");
  EXPECT_EQ(codes(8'000'000, 90'000'000, 0), "") << "small databases are larger than others for no reason";
  EXPECT_EQ(codes(2 * kGigabyte, 5 * kGigabyte, 0), "target_larger ");
  EXPECT_EQ(codes(2 * kGigabyte, kGigabyte, 1), "target_in_use ");
  target_.system_identifier = source_.catalog.server.system_identifier = "one";
  target_.database_oid = source_.catalog.server.database_oid = 5;
  EXPECT_EQ(codes(2 * kGigabyte, kGigabyte, 1), "") << "that they are the same database is all that is said";
}

TEST_F(CatalogFindings, SaysHowManyRowsWouldGo) {
  contents_.objects = {{.kind = "table", .name = {"public", "t"}}};
  const std::vector<Finding> findings =
      catalog_findings(source_.catalog, target_, contents_, false, options_, 1234567);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].message.find("(table: 1; about 1,234,567 rows)"), std::string::npos)
      << findings[0].message;
}

TEST_F(CatalogFindings, WarnsOfAnotherLocaleAndNamesWhatDependsOnIt) {
  source_.catalog.server.collate = source_.catalog.server.ctype = "en_US.UTF-8";
  target_.collate = target_.ctype = "en_US.utf8";
  EXPECT_TRUE(all().empty());
  target_.ctype = "C";
  expect_warning("locale_differs", target_.database);
  source_.catalog.locale_dependents = {"check c of public.t"};
  EXPECT_NE(only().message.find("on which depend check c of public.t"), std::string::npos);
  target_.ctype = target_.collate;
  target_.locale_provider = 'i';
  target_.icu_locale = "de";
  EXPECT_NE(only().message.find("de by ICU"), std::string::npos) << only().message;
}

TEST_F(CatalogFindings, WarnsOfAnotherCollationVersionOnlyWhereSomethingDependsOnIt) {
  source_.catalog.server.collation_version = "153.14";
  target_.collation_version = "153.120";
  EXPECT_TRUE(all().empty());
  source_.catalog.locale_dependents = {"partition key of public.t"};
  const Finding finding = only();
  EXPECT_EQ(finding.code, "collation_version_differs");
  EXPECT_EQ(finding.severity, Severity::warning);
}

TEST_F(CatalogFindings, FindsNothingWrongWithAPlainPair) {
  source_.table("t");
  EXPECT_TRUE(all().empty());
}

TEST_F(CatalogFindings, RefusesASourceThatIsTheTarget) {
  target_ = source_.catalog.server;
  contents_.objects = {{.kind = "table", .name = {"public", "t"}}};
  expect_refusal("same_database", "shop");
}

TEST_F(CatalogFindings, DoesNotGuessWhereServersDoNotSayWhoTheyAre) {
  target_ = source_.catalog.server;
  target_.system_identifier = source_.catalog.server.system_identifier = "";
  EXPECT_TRUE(all().empty());
}

TEST_F(CatalogFindings, AllowsAnotherDatabaseOfTheSameServer) {
  target_ = source_.catalog.server;
  target_.database_oid += 1;
  EXPECT_TRUE(all().empty());
}

TEST_F(CatalogFindings, RefusesATargetThatHoldsAnything) {
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    contents_.objects.push_back({.kind = "table", .name = {"public", name}});
  }
  contents_.objects.push_back({.kind = "function", .name = {"public", "g"}});
  contents_.large_objects = 3;
  expect_refusal("target_not_empty", "shop");
  EXPECT_EQ(only().message,
            "the target database shop is not empty (function: 1, table: 6, large object: 3), it holds "
            "public.a, public.b, public.c, public.d, public.e, …");
  EXPECT_EQ(only().hint, "to remove all of that and copy: --confirm shop");
  replace_ = true;
  EXPECT_TRUE(all().empty());
}

TEST_F(CatalogFindings, QuotesTheNameToConfirmForTheShell) {
  contents_.large_objects = 1;
  target_.database = "it's; rm -rf";
  EXPECT_EQ(only().hint, "to remove all of that and copy: --confirm 'it'\\''s; rm -rf'");
}

TEST_F(CatalogFindings, RefusesWithoutTheRightToCreate) {
  target_.may_create = false;
  expect_refusal("no_create_right", "shop");
}

TEST_F(CatalogFindings, RefusesAHotStandbyAsTarget) {
  target_.in_recovery = true;
  expect_refusal("target_in_recovery", "shop");
}

TEST_F(CatalogFindings, RefusesServersThatAreTooOld) {
  source_.catalog.server.version = 100023;
  expect_refusal("source_too_old");
  source_.catalog.server.version = 110022;
  target_.version = 120022;
  expect_refusal("target_too_old");
}

TEST_F(CatalogFindings, WarnsOfASourceThatIsNewer) {
  target_.version = 140010;
  expect_warning("source_newer");
  target_.version = 150001;  // minor versions don't matter
  EXPECT_TRUE(all().empty());
}

TEST_F(CatalogFindings, NamesEachRoleThatTheTargetLacks) {
  source_.catalog.owners = {"app", "boss"};
  source_.catalog.grantees = {"boss", "clerk"};
  const std::vector<Finding> findings = all();
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].code, "missing_role");
  EXPECT_EQ(findings[0].object, "boss");
  EXPECT_EQ(findings[0].hint,
            "create it on the target, with its password if it logs in, as --roles does, or pass --no-owner "
            "--no-acl");
  EXPECT_EQ(findings[1].object, "clerk");
  EXPECT_TRUE(findings[1].hint.ends_with(", or pass --no-acl")) << findings[1].hint;
}

TEST_F(CatalogFindings, NeedsNoRolesForWhatIsNotCopied) {
  source_.catalog.owners = {"boss"};
  source_.catalog.grantees = {"clerk"};
  options_.with_owner = false;
  expect_refusal("missing_role", "clerk");
  options_.with_acl = false;
  EXPECT_TRUE(all().empty());
}

TEST_F(CatalogFindings, RefusesWhatTheTargetCannotInstall) {
  source_.catalog.server.extensions = {{"plpgsql", "1.0"}, {"postgis", "3.4"}};
  target_.extensions = {{"plpgsql", "1.0"}};
  EXPECT_TRUE(all().empty());  // it does not say what it offers
  target_.available_extensions = {{"hstore", "1.8"}};
  expect_refusal("missing_extension", "postgis");
  target_.available_extensions = {{"postgis", "3.4"}};
  EXPECT_TRUE(all().empty());
}

TEST_F(CatalogFindings, WarnsOfAnotherVersionOfAnExtension) {
  source_.catalog.server.extensions = {{"postgis", "3.4"}};
  target_.available_extensions = {{"postgis", "3.5"}};
  expect_warning("extension_version", "postgis");
}

TEST_F(CatalogFindings, RefusesWithoutATablespace) {
  source_.catalog.tablespaces = {"fast"};
  expect_refusal("missing_tablespace", "fast");
}

TEST_F(CatalogFindings, RefusesATablespaceThatTheRoleMayNotUse) {
  source_.catalog.tablespaces = {"fast"};
  target_.tablespaces = {"fast"};
  EXPECT_TRUE(all().empty());
  target_.closed_tablespaces = {"fast"};
  expect_refusal("closed_tablespace", "fast");
}

TEST_F(CatalogFindings, RefusesOwnersThatTheRoleIsNoMemberOf) {
  source_.catalog.owners = {"app", "other"};
  target_.roles = {"app", "other"};
  target_.superuser = false;
  target_.own_roles = {"app"};
  expect_refusal("not_a_member", "other");
  target_.own_roles = {"app", "other"};
  EXPECT_TRUE(all().empty());
  target_.own_roles = {"app"};
  target_.superuser = true;
  EXPECT_TRUE(all().empty());
  target_.superuser = false;
  options_.with_owner = false;
  EXPECT_TRUE(all().empty());
}

TEST_F(CatalogFindings, WarnsOfEncodingsThatDoNotTakeEveryByte) {
  source_.catalog.server.encoding = "LATIN1";
  EXPECT_TRUE(all().empty());
  target_.encoding = "LATIN2";
  expect_warning("encoding_differs", "shop");
  source_.catalog.server.encoding = "SQL_ASCII";
  target_.encoding = "UTF8";
  expect_warning("encoding_differs", "shop");
}

TEST_F(CatalogFindings, WarnsOfFewerWorkersThanWanted) {
  target_.free_connections = 3;
  expect_warning("fewer_connections");
  EXPECT_NE(only().message.find("1 worker instead of 2"), std::string::npos) << only().message;
  target_.free_connections = 2;
  expect_refusal("no_connections");
}

TEST_F(CatalogFindings, SaysEverythingAtOnce) {
  source_.catalog.owners = {"boss"};
  source_.catalog.tablespaces = {"fast"};
  contents_.large_objects = 1;
  target_.may_create = false;
  EXPECT_EQ(all().size(), 4U);
}

}  // namespace
}  // namespace pghaul::plan
