-- Owners, grants, default privileges, row security.
CREATE SCHEMA security AUTHORIZATION fidelity_owner;
GRANT USAGE ON SCHEMA security TO fidelity_reader, PUBLIC;
GRANT CREATE ON SCHEMA security TO fidelity_group WITH GRANT OPTION;
SET search_path = security, public;

CREATE TABLE secret (id int PRIMARY KEY, owner name, body text);
INSERT INTO secret SELECT i, CASE i % 2 WHEN 0 THEN 'fidelity_owner' ELSE 'fidelity_reader' END, 'row ' || i FROM generate_series(1, 100) i;
ALTER TABLE secret OWNER TO fidelity_owner;
ALTER TABLE secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON secret USING (owner = current_user);
CREATE POLICY "insert; some" ON secret AS RESTRICTIVE FOR INSERT TO fidelity_reader, fidelity_group WITH CHECK (id > 1000 AND body <> 'it''s');
CREATE POLICY for_update ON secret FOR UPDATE TO PUBLIC USING (true) WITH CHECK (EXISTS (SELECT FROM secret s WHERE s.id = secret.id));
COMMENT ON POLICY own_rows ON secret IS 'a policy''s comment';
CREATE TABLE forced_not_enabled (id int);
ALTER TABLE forced_not_enabled FORCE ROW LEVEL SECURITY;
CREATE POLICY asleep ON forced_not_enabled FOR SELECT USING (false);
INSERT INTO forced_not_enabled VALUES (1);
CREATE TABLE enabled_without_policy (id int);
INSERT INTO enabled_without_policy VALUES (1), (2);
ALTER TABLE enabled_without_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE enabled_without_policy OWNER TO fidelity_owner;

-- Grants on everything, on columns, with options, by others, none at all
GRANT SELECT, INSERT ON secret TO fidelity_reader WITH GRANT OPTION;
GRANT SELECT (id, body), UPDATE (body), REFERENCES (id) ON secret TO PUBLIC;
GRANT SELECT (owner) ON secret TO fidelity_group WITH GRANT OPTION;
REVOKE ALL ON forced_not_enabled FROM postgres;
GRANT ALL ON forced_not_enabled TO "fidelity ""odd"" 'role' \ 100%; é", "--fidelity-option";
SET ROLE fidelity_reader;
GRANT SELECT ON secret TO fidelity_group;
RESET ROLE;
CREATE FUNCTION private() RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE ALL ON FUNCTION private() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION private() TO fidelity_reader;
CREATE PROCEDURE public_procedure() LANGUAGE sql AS '';
ALTER PROCEDURE public_procedure() OWNER TO "--fidelity-option";
CREATE TYPE private_type AS ENUM ('a');
REVOKE ALL ON TYPE private_type FROM PUBLIC;
CREATE DOMAIN private_domain AS int;
ALTER DOMAIN private_domain OWNER TO fidelity_group;
GRANT USAGE ON DOMAIN private_domain TO fidelity_reader WITH GRANT OPTION;
CREATE SEQUENCE private_sequence;
GRANT USAGE, UPDATE ON SEQUENCE private_sequence TO fidelity_reader;
REVOKE ALL ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO fidelity_owner;
CREATE VIEW owned_view AS SELECT * FROM secret;
ALTER VIEW owned_view OWNER TO "fidelity ""odd"" 'role' \ 100%; é";
GRANT SELECT, TRIGGER ON owned_view TO PUBLIC;
CREATE TABLE owned_by_odd (id serial PRIMARY KEY, v text);
INSERT INTO owned_by_odd (v) VALUES ('x');
ALTER TABLE owned_by_odd OWNER TO "fidelity ""odd"" 'role' \ 100%; é";
\if :v15
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
\endif
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO fidelity_owner;
COMMENT ON SCHEMA public IS 'another comment than usual';
-- A built-in function and relation with other grants than they came with
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
GRANT SELECT ON pg_catalog.pg_statistic TO fidelity_reader;
GRANT SELECT (usename, passwd) ON pg_catalog.pg_shadow TO fidelity_reader;

-- Default privileges; they must not give what is restored anything it did not have
ALTER DEFAULT PRIVILEGES IN SCHEMA security GRANT SELECT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE fidelity_owner GRANT ALL ON SEQUENCES TO fidelity_reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE fidelity_owner IN SCHEMA security GRANT USAGE ON TYPES TO fidelity_group;
ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO fidelity_group;
ALTER DEFAULT PRIVILEGES FOR ROLE "fidelity ""odd"" 'role' \ 100%; é" GRANT USAGE ON SCHEMAS TO PUBLIC;
CREATE TABLE born_with_defaults (id int);
CREATE TABLE born_and_revoked (id int);
REVOKE ALL ON born_and_revoked FROM PUBLIC, fidelity_group;
\if :v17
GRANT MAINTAIN ON secret TO fidelity_reader;
\endif
