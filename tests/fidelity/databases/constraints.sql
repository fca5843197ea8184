-- Constraints and indexes of every kind.
CREATE SCHEMA constraints;
SET search_path = constraints, public;
CREATE EXTENSION btree_gist SCHEMA public;

-- Foreign keys: cyclic, to oneself, of every action, deferrable, not valid with rows that violate it
CREATE TABLE a (id int PRIMARY KEY, b int);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO a SELECT i, i FROM generate_series(1, 100) i;
INSERT INTO b SELECT i, i FROM generate_series(1, 100) i;
ALTER TABLE a ADD CONSTRAINT "a to b" FOREIGN KEY (b) REFERENCES b DEFERRABLE;
CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree);
INSERT INTO tree SELECT i, nullif(i / 2, 0) FROM generate_series(1, 1000) i;
CREATE TABLE actions (r int REFERENCES a ON DELETE RESTRICT, c int REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE, d int DEFAULT 1 REFERENCES a ON DELETE SET DEFAULT);
INSERT INTO actions VALUES (1, 2, 3), (NULL, NULL, NULL);
CREATE TABLE pairs (x int, y text, z int, UNIQUE (x, y));
INSERT INTO pairs VALUES (1, 'a', 1), (NULL, 'b', 2), (NULL, 'b', 3);
CREATE TABLE to_pairs (x int, y text, FOREIGN KEY (x, y) REFERENCES pairs (x, y) MATCH FULL);
INSERT INTO to_pairs VALUES (1, 'a'), (NULL, NULL);
CREATE TABLE orphans (id int, a int);
INSERT INTO orphans VALUES (1, 1), (2, -99);
ALTER TABLE orphans ADD CONSTRAINT violated FOREIGN KEY (a) REFERENCES a NOT VALID;
\if :v15
CREATE TABLE set_some (x int, y text, FOREIGN KEY (x, y) REFERENCES pairs (x, y) ON DELETE SET NULL (y));
\endif
\if :v18
CREATE TABLE not_enforced (a int, CONSTRAINT fk FOREIGN KEY (a) REFERENCES a NOT ENFORCED, CONSTRAINT ck CHECK (a > 0) NOT ENFORCED);
INSERT INTO not_enforced VALUES (-1), (-99);
CREATE TABLE not_null_names (a int CONSTRAINT "a is there" NOT NULL, b int, CONSTRAINT later NOT NULL b NO INHERIT);
INSERT INTO not_null_names VALUES (1, 2);
CREATE TABLE not_null_not_valid (a int);
INSERT INTO not_null_not_valid VALUES (NULL), (1);
ALTER TABLE not_null_not_valid ADD CONSTRAINT nn NOT NULL a NOT VALID;
CREATE TABLE booked (room int, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS));
INSERT INTO booked VALUES (1, '[2020-01-01,2020-02-01)'), (1, '[2020-02-01,2020-03-01)'), (2, '[2020-01-01,2021-01-01)');
CREATE TABLE visits (room int, during daterange, FOREIGN KEY (room, PERIOD during) REFERENCES booked (room, PERIOD during));
INSERT INTO visits VALUES (1, '[2020-01-15,2020-02-15)');
\endif

-- Checks: not valid with rows that violate them, calling functions that read tables, of whole rows
CREATE FUNCTION is_known(int) RETURNS bool LANGUAGE sql STABLE AS 'SELECT EXISTS (SELECT FROM constraints.a WHERE id = $1)';
CREATE TABLE checked (a int CONSTRAINT known CHECK (constraints.is_known(a)), n int NOT NULL DEFAULT 1, CHECK (a IS NOT NULL OR n > 0));
INSERT INTO checked VALUES (1, 1), (100, 2);
ALTER TABLE checked ADD CONSTRAINT violated CHECK (n > 100) NOT VALID;
ALTER TABLE checked ADD CONSTRAINT of_the_row CHECK (checked IS NOT NULL);
-- It comes before what it reads, by name and by OID
CREATE TABLE "A reads b" (v int);
CREATE FUNCTION is_in_zz(int) RETURNS bool LANGUAGE plpgsql AS $$BEGIN RETURN EXISTS (SELECT FROM constraints.zz_read WHERE id = $1); END$$;
CREATE TABLE zz_read (id int PRIMARY KEY, filler text);
INSERT INTO zz_read SELECT i, repeat('x', 1000) FROM generate_series(1, 3000) i;
ALTER TABLE "A reads b" ADD CHECK (constraints.is_in_zz(v));
INSERT INTO "A reads b" VALUES (2999), (3000);
CREATE FUNCTION turns_against(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE TABLE once_true (a int CHECK (constraints.turns_against(a)));
INSERT INTO once_true VALUES (1), (2);

-- Exclusion, uniqueness
CREATE TABLE meetings (room int, at tsrange, cancelled bool, EXCLUDE USING gist (room WITH =, at WITH &&) WHERE (NOT cancelled) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO meetings VALUES (1, '[2020-01-01 10:00,2020-01-01 11:00)', false), (1, '[2020-01-01 10:30,2020-01-01 11:00)', true), (2, '[2020-01-01 10:30,2020-01-01 12:00)', false);
CREATE TABLE excluded_by_hash (v text, EXCLUDE USING hash (v WITH =));
INSERT INTO excluded_by_hash VALUES ('x'), ('y');
CREATE TABLE uniques (a int, b text COLLATE "C", c text, UNIQUE (a) INCLUDE (c) DEFERRABLE, CONSTRAINT "named ""unique""" UNIQUE (b, c) WITH (fillfactor = 70));
INSERT INTO uniques VALUES (1, 'x', 'y'), (NULL, 'x', NULL), (NULL, 'x', NULL);
ALTER TABLE uniques ADD CONSTRAINT from_index EXCLUDE USING btree (a WITH =);
CREATE UNIQUE INDEX becomes_constraint ON uniques (c, a);
ALTER TABLE uniques ADD CONSTRAINT was_index UNIQUE USING INDEX becomes_constraint;
\if :v15
CREATE TABLE not_distinct (a int, b int, UNIQUE NULLS NOT DISTINCT (a));
INSERT INTO not_distinct VALUES (1, 1), (NULL, 2);
CREATE UNIQUE INDEX not_distinct_b ON not_distinct (b, a) NULLS NOT DISTINCT WHERE b > 0;
\endif
COMMENT ON CONSTRAINT "a to b" ON a IS 'a constraint''s comment';
COMMENT ON CONSTRAINT violated ON checked IS E'two\nlines';

-- Indexes: every access method, operator classes, collations, included, partial, expressions
CREATE TABLE documents (id int, body text, tags text[], at timestamptz, place point, words tsvector, data jsonb, span int4range, ip inet, n int);
INSERT INTO documents SELECT i, 'Document number ' || i, ARRAY['t' || i % 10, 'x'], '2020-01-01 00:00+00'::timestamptz + i * interval '1 h', point(i, -i), to_tsvector('simple', 'number ' || i),
  jsonb_build_object('i', i), int4range(i, i + 10), '10.0.0.0'::inet + i, i % 7 FROM generate_series(1, 2000) i;
CREATE INDEX ON documents (id DESC NULLS LAST, n ASC NULLS FIRST);
CREATE INDEX ON documents (body text_pattern_ops, body COLLATE "C" DESC);
CREATE INDEX ON documents ((lower(body) COLLATE "POSIX"), (n + 1)) INCLUDE (at, ip) WHERE n > 3 AND body LIKE 'D%';
CREATE INDEX ON documents USING hash (body);
CREATE INDEX ON documents USING gin (tags) WITH (fastupdate = off, gin_pending_list_limit = 128);
CREATE INDEX ON documents USING gin (data jsonb_path_ops, words);
CREATE INDEX ON documents USING gist (place) WITH (buffering = on);
CREATE INDEX ON documents USING gist (words, span, n gist_int4_ops);
CREATE INDEX ON documents USING spgist (ip);
CREATE INDEX ON documents USING spgist (place kd_point_ops);
CREATE INDEX ON documents USING brin (at, n) WITH (pages_per_range = 16, autosummarize = on);
\if :v13
CREATE INDEX with_opclass_parameter ON documents USING gist (words tsvector_ops (siglen = 100));
CREATE INDEX ON documents (at) WITH (deduplicate_items = off);
\endif
\if :v14
CREATE INDEX ON documents USING brin (n int4_minmax_multi_ops (values_per_range = 16), at timestamptz_bloom_ops);
\endif
CREATE INDEX "odd index
name; -- 100%" ON documents (n) WITH (fillfactor = 60) TABLESPACE fidelity_space;
CREATE INDEX statistics_of_expression ON documents ((n * 2), (id * 2));
ALTER INDEX statistics_of_expression ALTER COLUMN 1 SET STATISTICS 0, ALTER COLUMN 2 SET STATISTICS 1000;
ALTER TABLE documents CLUSTER ON "odd index
name; -- 100%";
COMMENT ON INDEX statistics_of_expression IS 'an index''s comment';
ALTER INDEX statistics_of_expression OWNER TO CURRENT_USER;

-- Extended statistics
CREATE STATISTICS on_two (ndistinct, dependencies) ON id, n FROM documents;
\if :v12
CREATE STATISTICS "most common; values" (mcv) ON n, at FROM documents;
\endif
\if :v13
ALTER STATISTICS on_two SET STATISTICS 0;
\endif
\if :v14
CREATE STATISTICS of_expressions ON (n % 2), (lower(body)) FROM documents;
\endif
COMMENT ON STATISTICS on_two IS 'of two columns';

-- Replica identity of every kind
CREATE TABLE identity_full (a int);
ALTER TABLE identity_full REPLICA IDENTITY FULL;
CREATE TABLE identity_nothing (a int PRIMARY KEY);
ALTER TABLE identity_nothing REPLICA IDENTITY NOTHING;
CREATE TABLE identity_index (a int NOT NULL, b int);
CREATE UNIQUE INDEX is_identity ON identity_index (a);
ALTER TABLE identity_index REPLICA IDENTITY USING INDEX is_identity, CLUSTER ON is_identity;
CREATE TABLE identity_key (a int NOT NULL, CONSTRAINT identity_unique UNIQUE (a));
ALTER TABLE identity_key REPLICA IDENTITY USING INDEX identity_unique;

-- In other tablespaces
CREATE TABLE elsewhere (id int PRIMARY KEY USING INDEX TABLESPACE fidelity_space, v text) TABLESPACE fidelity_space;
INSERT INTO elsewhere VALUES (1, 'x');
