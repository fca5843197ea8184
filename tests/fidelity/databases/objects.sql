-- Objects that are not tables: views, functions, triggers, rules, and what else a schema holds.
CREATE SCHEMA objects AUTHORIZATION fidelity_owner;
CREATE SCHEMA "Other Schema";
COMMENT ON SCHEMA objects IS 'a schema''s comment';
SET search_path = objects, public;

CREATE TABLE base (id int PRIMARY KEY, name text NOT NULL DEFAULT 'it''s', at timestamptz DEFAULT now(), payload jsonb DEFAULT '{"a": [1]}');
COMMENT ON TABLE base IS E'two lines\nand a backslash \\ and "quotes" and ''quotes''';
COMMENT ON COLUMN base.name IS 'é 😀';
INSERT INTO base SELECT i, 'row ' || i, '2020-01-01 00:00+00' FROM generate_series(1, 200) i;
ALTER TABLE base ALTER name SET STATISTICS 321, ALTER id SET (n_distinct = -0.5, n_distinct_inherited = 100);
CREATE TABLE log (what text, op text);
ALTER TABLE log REPLICA IDENTITY FULL;

-- Functions: of each kind, polymorphic, variadic, with defaults, with settings, with odd quoting
CREATE FUNCTION f_defaults(a int, b text DEFAULT 'x', VARIADIC c int[] DEFAULT '{}') RETURNS text LANGUAGE sql STABLE PARALLEL SAFE COST 5 AS 'SELECT $1 || $2';
CREATE FUNCTION f_out(INOUT a int, OUT b text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, "Other Schema" SET work_mem = '5MB' AS $f$BEGIN b := $$dollar$$ || a; END$f$;
\if :superuser
CREATE FUNCTION f_table(anyarray) RETURNS TABLE (v anyelement, n bigint) LANGUAGE sql ROWS 7 LEAKPROOF AS 'SELECT u, o FROM unnest($1) WITH ORDINALITY x (u, o)';
\endif
CREATE FUNCTION f_setof() RETURNS SETOF base LANGUAGE sql WINDOW IMMUTABLE AS 'SELECT * FROM objects.base';
ALTER FUNCTION f_setof() CALLED ON NULL INPUT;
CREATE FUNCTION "f ""quoted""; DROP"(int) RETURNS int LANGUAGE sql STRICT AS 'SELECT $1 -- a comment
';
CREATE FUNCTION f_overloaded(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f_overloaded(text) RETURNS int LANGUAGE sql AS 'SELECT 2';
CREATE PROCEDURE p_commits(a int) LANGUAGE plpgsql AS 'BEGIN COMMIT; END';
\if :v14
CREATE FUNCTION f_atomic(a int) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM objects.base WHERE id > a; END;
CREATE PROCEDURE p_out(OUT a int) LANGUAGE sql AS 'SELECT 1';
\endif
COMMENT ON FUNCTION f_overloaded(text) IS 'of text';
CREATE AGGREGATE my_sum(int) (SFUNC = int4pl, STYPE = int, INITCOND = '10', COMBINEFUNC = int4pl, PARALLEL = SAFE, MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = int);
\if :superuser
CREATE AGGREGATE my_percentile(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
\endif

-- Operators, operator classes and families, casts, conversions, a procedural language's wrapper
CREATE FUNCTION eq(base, base) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1.id = $2.id';
CREATE OPERATOR ~=~ (leftarg = base, rightarg = base, procedure = eq, commutator = ~=~, restrict = eqsel, join = eqjoinsel, hashes, merges);
CREATE OPERATOR !! (rightarg = int, procedure = int4abs);
CREATE FUNCTION backwards(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)';
\if :superuser
CREATE OPERATOR FAMILY backward_family USING btree;
CREATE OPERATOR CLASS backward_ops FOR TYPE int USING btree FAMILY backward_family AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 backwards(int, int);
CREATE INDEX backwards_index ON base (id backward_ops);
\endif
CREATE TYPE celsius AS (degrees numeric);
CREATE FUNCTION celsius(int) RETURNS celsius LANGUAGE sql AS 'SELECT ROW($1)::objects.celsius';
CREATE CAST (int AS celsius) WITH FUNCTION celsius(int) AS ASSIGNMENT;
CREATE CAST (celsius AS text) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (int AS celsius) IS 'a cast''s comment';
\if :superuser
CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));
\endif
CREATE CONVERSION my_conversion FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE COLLATION my_collation FROM "C";
CREATE TABLE collated (v text COLLATE my_collation);
INSERT INTO collated VALUES ('b'), ('A');
CREATE TEXT SEARCH DICTIONARY my_dict (TEMPLATE = snowball, language = 'german', stopwords = 'german');
CREATE TEXT SEARCH CONFIGURATION my_config (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION my_config ADD MAPPING FOR asciiword, word WITH my_dict, simple;
\if :superuser
CREATE TEXT SEARCH TEMPLATE my_template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH PARSER my_parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE ACCESS METHOD my_heap TYPE INDEX HANDLER bthandler;
\endif

-- Views: recursive, with checks, updatable, security barriers, columns renamed, depending on each other
CREATE VIEW v_plain AS SELECT id AS "the id", name || '%' AS n FROM base WHERE name <> E'back\\slash';
CREATE VIEW v_checked WITH (security_barrier) AS SELECT * FROM base WHERE id > 5 WITH LOCAL CHECK OPTION;
CREATE VIEW v_on_view AS SELECT * FROM v_plain JOIN v_checked ON "the id" = id;
CREATE RECURSIVE VIEW v_recursive (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v_recursive WHERE n < 10;
CREATE VIEW v_empty AS SELECT;
CREATE VIEW v_grouped AS SELECT id, name, count(*) FROM base GROUP BY id;  -- depends on the primary key
ALTER VIEW v_plain ALTER n SET DEFAULT 'from the view';
COMMENT ON VIEW v_plain IS 'a view''s comment';
COMMENT ON COLUMN v_plain."the id" IS 'a view''s column';
\if :v15
CREATE VIEW v_invoker WITH (security_invoker = true) AS SELECT * FROM base;
\endif
-- Two views that refer to each other
CREATE VIEW v_circle_a AS SELECT 1 AS x;
CREATE VIEW v_circle_b AS SELECT x FROM v_circle_a;
CREATE OR REPLACE FUNCTION reads_view() RETURNS int LANGUAGE sql AS 'SELECT x FROM objects.v_circle_b';
CREATE OR REPLACE VIEW v_circle_a AS SELECT objects.reads_view() AS x;

-- Materialized views: populated or not, on each other, by way of a view, with indexes
CREATE MATERIALIZED VIEW mv_first AS SELECT id, name, at FROM base WHERE id <= 100;
CREATE UNIQUE INDEX mv_first_id ON mv_first (id);
CREATE VIEW v_between AS SELECT max(id) AS m FROM mv_first;
CREATE MATERIALIZED VIEW "a mv before what it reads" AS SELECT m + 1 AS m FROM v_between WITH NO DATA;
REFRESH MATERIALIZED VIEW "a mv before what it reads";
CREATE MATERIALIZED VIEW mv_unpopulated AS SELECT * FROM base WITH NO DATA;
CREATE MATERIALIZED VIEW mv_on_unpopulated AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW mv_options WITH (fillfactor = 50) TABLESPACE fidelity_space AS SELECT id % 10 AS k, count(*) AS n FROM base GROUP BY 1;
CREATE INDEX ON mv_options (n DESC);
ALTER MATERIALIZED VIEW mv_options CLUSTER ON mv_options_n_idx;
COMMENT ON MATERIALIZED VIEW mv_first IS 'a comment';
ALTER MATERIALIZED VIEW mv_first OWNER TO fidelity_owner;
GRANT SELECT ON base, v_between TO fidelity_owner;
GRANT SELECT ON mv_first TO fidelity_reader;

-- Triggers of every kind and enable state; none may fire while rows are copied
CREATE FUNCTION on_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO objects.log VALUES (TG_NAME, TG_OP); RETURN NEW; END$$;
CREATE TRIGGER t_origin BEFORE INSERT OR UPDATE OF name, at ON base FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION on_change();
CREATE TRIGGER t_always AFTER INSERT ON base FOR EACH ROW EXECUTE FUNCTION on_change('arg''1', '2\');
CREATE TRIGGER t_replica AFTER INSERT OR DELETE ON base FOR EACH STATEMENT EXECUTE FUNCTION on_change();
CREATE TRIGGER t_disabled BEFORE TRUNCATE ON base EXECUTE FUNCTION on_change();
CREATE TRIGGER "t ""transition""" AFTER UPDATE ON base REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION on_change();
CREATE CONSTRAINT TRIGGER t_constraint AFTER INSERT ON base DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION on_change();
CREATE TRIGGER t_instead INSTEAD OF INSERT ON v_on_view FOR EACH ROW EXECUTE FUNCTION on_change();
ALTER TABLE base ENABLE ALWAYS TRIGGER t_always, ENABLE REPLICA TRIGGER t_replica, DISABLE TRIGGER t_disabled;
COMMENT ON TRIGGER t_always ON base IS 'a trigger''s comment';
CREATE FUNCTION on_log() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'fired'; END$$;
CREATE TABLE guarded (v int);
INSERT INTO guarded VALUES (1);
CREATE TRIGGER guard BEFORE INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION on_log();
ALTER TABLE guarded ENABLE ALWAYS TRIGGER guard;

-- Rules of every enable state; none may rewrite what is copied
CREATE TABLE ruled (v int);
INSERT INTO ruled VALUES (1), (2);
CREATE RULE r_also AS ON INSERT TO ruled DO ALSO INSERT INTO log VALUES ('rule', NEW.v::text);
CREATE RULE "r instead" AS ON INSERT TO ruled WHERE NEW.v > 10 DO INSTEAD NOTHING;
CREATE RULE r_nothing AS ON DELETE TO ruled DO INSTEAD NOTHING;
CREATE RULE r_returning AS ON UPDATE TO v_plain DO INSTEAD UPDATE base SET name = NEW.n WHERE id = OLD."the id" RETURNING id, name;
CREATE RULE r_notify AS ON DELETE TO base DO ALSO NOTIFY "a channel", 'x';
ALTER TABLE ruled ENABLE ALWAYS RULE "r instead", DISABLE RULE r_nothing, ENABLE REPLICA RULE r_also;
COMMENT ON RULE r_nothing ON ruled IS 'a rule''s comment';
CREATE TABLE all_instead (v int);
INSERT INTO all_instead VALUES (1), (2);
CREATE RULE swallow AS ON INSERT TO all_instead DO INSTEAD NOTHING;

-- Event triggers: they would refuse everything that makes a schema
CREATE FUNCTION refuse_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN IF current_setting('objects.refuse', true) = 'on' THEN RAISE EXCEPTION 'no DDL here'; END IF; END$$;
CREATE FUNCTION count_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO objects.log VALUES (TG_EVENT, TG_TAG); END$$;
\if :superuser
CREATE EVENT TRIGGER e_start ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'CREATE INDEX') EXECUTE FUNCTION refuse_ddl();
CREATE EVENT TRIGGER e_end ON ddl_command_end EXECUTE FUNCTION count_ddl();
CREATE EVENT TRIGGER e_drop ON sql_drop EXECUTE FUNCTION count_ddl();
ALTER EVENT TRIGGER e_drop DISABLE;
ALTER EVENT TRIGGER e_start ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER e_start IS 'an event trigger''s comment';
\endif
DELETE FROM log;
INSERT INTO log VALUES ('the only row', 'that was here');

-- Publications
\if :superuser
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, delete');
\endif
CREATE PUBLICATION some_tables FOR TABLE base, log;
CREATE PUBLICATION nothing;
\if :v15
CREATE PUBLICATION filtered FOR TABLE base (id, name) WHERE (id > 10);
\if :superuser
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA "Other Schema", TABLE log;
\endif
\endif
COMMENT ON PUBLICATION some_tables IS 'a publication''s comment';
\if :superuser
ALTER EVENT TRIGGER e_end DISABLE;
\endif
DELETE FROM log WHERE what LIKE 'ddl%';
\if :superuser
ALTER EVENT TRIGGER e_end ENABLE REPLICA;
\endif

-- Settings that belong to the database
SELECT current_database() AS database \gset
ALTER DATABASE :"database" SET search_path = 'no such schema', public;
ALTER DATABASE :"database" SET work_mem = '7MB';
ALTER DATABASE :"database" SET DateStyle = 'SQL, DMY';
\if :superuser
ALTER DATABASE :"database" SET "objects.custom_setting" = 'it''s "x"';
ALTER ROLE fidelity_reader IN DATABASE :"database" SET statement_timeout = '1s';
ALTER ROLE fidelity_reader IN DATABASE :"database" SET search_path = '$user', objects;
\endif
