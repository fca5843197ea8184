-- A schema of what is hard to carry over, for psql. Runs on PostgreSQL 15 and newer, in an empty database; its
-- roles and its tablespace are made by whoever runs it. Ends with an event trigger that forbids all DDL.
SELECT current_setting('server_version_num')::integer >= 180000 AS has_18 \gset

CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION hstore WITH SCHEMA public;
COMMENT ON EXTENSION hstore IS 'a comment of our own';

CREATE SCHEMA app AUTHORIZATION nasty_owner;
CREATE SCHEMA "Odd ""schema"" 100% ü";
COMMENT ON SCHEMA "Odd ""schema"" 100% ü" IS E'line one\nline two';
COMMENT ON SCHEMA public IS 'not the standard comment';
GRANT CREATE ON SCHEMA public TO nasty_owner;
GRANT USAGE ON SCHEMA app TO "role with ""quotes""";

-- Types and functions.
CREATE TYPE app.mood AS ENUM ('sad', 'it''s "ok"', 'happy');
COMMENT ON TYPE app.mood IS 'INDEX public x; a comment that looks like an entry';
CREATE TYPE app.pair AS (a integer, b text);
CREATE DOMAIN app.positive AS integer CONSTRAINT "must be > 0" CHECK (VALUE > 0);
COMMENT ON CONSTRAINT "must be > 0" ON DOMAIN app.positive IS 'of a domain';
CREATE TYPE app.span AS RANGE (subtype = float8);
CREATE FUNCTION app.lower_of(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS
  $$BEGIN RAISE EXCEPTION 'an event trigger fired during the copy'; END$$;
CREATE PROCEDURE app.proc(INOUT x integer) LANGUAGE plpgsql AS 'BEGIN x := x + 1; END';
CREATE AGGREGATE app.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE OPERATOR app.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
CREATE OPERATOR CLASS app.text_ops_of_ours FOR TYPE text USING btree AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 bttextcmp(text, text);
CREATE CAST (app.pair AS text) WITH INOUT;
CREATE COLLATION app."coll ö" (provider = libc, locale = 'C');
CREATE TEXT SEARCH CONFIGURATION app.search (COPY = pg_catalog.simple);
CREATE TEXT SEARCH DICTIONARY app.dict (TEMPLATE = pg_catalog.simple);
CREATE CONVERSION app.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE SEQUENCE app."seq ""x"" %d" AS smallint INCREMENT -3 MAXVALUE 100 MINVALUE -100 START 7 CYCLE;

-- Tables with every kind of key and index.
CREATE TABLE app.plain (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  label text COLLATE app."coll ö" NOT NULL DEFAULT 'x''y',
  mood app.mood,
  amount app.positive,
  doubled integer GENERATED ALWAYS AS (amount * 2) STORED,
  tags hstore,
  CONSTRAINT "checked ""100%""" CHECK (amount < 1000000)
);
ALTER TABLE app.plain OWNER TO nasty_owner;
COMMENT ON TABLE app.plain IS 'CONSTRAINT app plain plain_pkey postgres';
COMMENT ON COLUMN app.plain.label IS 'a column';
COMMENT ON CONSTRAINT plain_pkey ON app.plain IS 'of a key';
COMMENT ON CONSTRAINT "checked ""100%""" ON app.plain IS 'of a check';
GRANT SELECT (label), UPDATE (mood) ON app.plain TO "role with ""quotes""";
CREATE INDEX plain_expression ON app.plain (app.lower_of(label) app.text_ops_of_ours DESC NULLS LAST, (amount + 1));
ALTER INDEX app.plain_expression ALTER COLUMN 1 SET STATISTICS 400;
ALTER INDEX app.plain_expression ALTER COLUMN 2 SET STATISTICS 0;
COMMENT ON INDEX app.plain_expression IS 'of an index';
CREATE INDEX "plain trgm" ON app.plain USING gin (label gin_trgm_ops) WITH (fastupdate = off) WHERE mood <> 'sad';
CREATE UNIQUE INDEX plain_once ON app.plain (label, mood) INCLUDE (amount) NULLS NOT DISTINCT WITH (fillfactor = 70);
CREATE INDEX elsewhere ON app.plain (mood) TABLESPACE nasty_space;
CREATE INDEX plain_brin ON app.plain USING brin (id) WITH (pages_per_range = 4);
CREATE INDEX plain_hash ON app.plain USING hash (label);
CREATE STATISTICS app.plain_statistics (ndistinct, mcv) ON label, mood FROM app.plain;
COMMENT ON STATISTICS app.plain_statistics IS 'extended';
ALTER STATISTICS app.plain_statistics OWNER TO nasty_owner;
ALTER TABLE app.plain ALTER COLUMN label SET STATISTICS 500, ALTER COLUMN label SET STORAGE EXTERNAL;
ALTER TABLE app.plain CLUSTER ON plain_once;

CREATE TABLE "Odd ""schema"" 100% ü"."Table; DROP ""x"" --
second line 100% ü" (
  "id %s" integer NOT NULL,
  "semi;colon" text NOT NULL,
  "new
line" integer,
  "back\slash" integer,
  CONSTRAINT "key ""of"" 100%
lines ü" PRIMARY KEY ("semi;colon", "id %s") INCLUDE ("back\slash") WITH (fillfactor = 80) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "unique; --" UNIQUE NULLS NOT DISTINCT ("new
line") DEFERRABLE
);
COMMENT ON TABLE "Odd ""schema"" 100% ü"."Table; DROP ""x"" --
second line 100% ü" IS E'multi\n123; 456 789 INDEX app x postgres';
CREATE INDEX "-T index" ON "Odd ""schema"" 100% ü"."Table; DROP ""x"" --
second line 100% ü" ("back\slash");
COMMENT ON CONSTRAINT "unique; --" ON "Odd ""schema"" 100% ü"."Table; DROP ""x"" --
second line 100% ü" IS E'quote '' and\nnewline';

CREATE TABLE app.identified (a integer NOT NULL, b integer NOT NULL, CONSTRAINT identified_b UNIQUE (b));
CREATE UNIQUE INDEX identified_index ON app.identified (a);
ALTER TABLE app.identified REPLICA IDENTITY USING INDEX identified_index;
ALTER TABLE app.identified CLUSTER ON identified_b;
CREATE TABLE app.identified_by_key (a integer PRIMARY KEY, b integer NOT NULL UNIQUE);
ALTER TABLE app.identified_by_key REPLICA IDENTITY USING INDEX identified_by_key_b_key;
ALTER TABLE app.identified_by_key CLUSTER ON identified_by_key_pkey;
CREATE TABLE app.identified_full (a integer);
ALTER TABLE app.identified_full REPLICA IDENTITY FULL;
CREATE UNLOGGED TABLE app.fleeting (a integer PRIMARY KEY);
CREATE TABLE app.no_columns ();
CREATE TABLE app.dropped (a integer, gone text, b text);
ALTER TABLE app.dropped DROP COLUMN gone;
CREATE TABLE app.typed OF app.pair (PRIMARY KEY (a));
CREATE TABLE app.parent (a integer PRIMARY KEY, b text CHECK (b <> ''));
CREATE TABLE app.child (c integer, CONSTRAINT child_c UNIQUE (c)) INHERITS (app.parent);
CREATE TABLE app.rooms (
  room integer, during tsrange,
  CONSTRAINT "no overlap" EXCLUDE USING gist (room WITH =, during WITH &&) DEFERRABLE,
  CONSTRAINT "no large overlap" EXCLUDE USING gist (int4range(room, room + 9) WITH &&) WITH (fillfactor = 60)
    USING INDEX TABLESPACE nasty_space WHERE (room > 10)
);
ALTER TABLE app.rooms CLUSTER ON "no overlap";

-- Partitions: several levels, other column orders, detached definitions, keys attached and not.
CREATE TABLE app.events (id integer NOT NULL, at date NOT NULL, kind text NOT NULL, note text) PARTITION BY RANGE (at);
ALTER TABLE app.events ADD CONSTRAINT events_key PRIMARY KEY (at, id, kind) INCLUDE (note);
ALTER TABLE app.events ADD CONSTRAINT "events unique" UNIQUE (id, at, kind) DEFERRABLE;
CREATE INDEX events_note ON app.events (note);
CREATE TABLE app.events_2024 (note text, kind text NOT NULL, id integer NOT NULL, at date NOT NULL);
CREATE INDEX "already there" ON app.events_2024 (note);
ALTER TABLE app.events ATTACH PARTITION app.events_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE app.events_2025 PARTITION OF app.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (kind);
CREATE TABLE app.events_2025_a PARTITION OF app.events_2025 FOR VALUES IN ('a');
CREATE TABLE app.events_2025_rest PARTITION OF app.events_2025 DEFAULT;
CREATE TABLE app.events_rest PARTITION OF app.events DEFAULT;
CREATE INDEX events_2024_own ON app.events_2024 (kind);
CREATE INDEX events_only ON ONLY app.events (kind);
CREATE INDEX events_elsewhere ON app.events (at) TABLESPACE nasty_space;
CREATE TABLE app.by_hash (id integer NOT NULL, CONSTRAINT by_hash_pkey PRIMARY KEY (id) WITH (fillfactor = 70) USING INDEX TABLESPACE nasty_space) PARTITION BY HASH (id);
CREATE TABLE app.by_hash_0 PARTITION OF app.by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.by_hash_1 PARTITION OF app.by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE app.by_hash REPLICA IDENTITY USING INDEX by_hash_pkey;
ALTER TABLE app.by_hash_0 CLUSTER ON by_hash_0_pkey;
COMMENT ON INDEX app.events_note IS 'of a partitioned index';

-- Foreign keys: cyclic, deferrable, not valid, to and from partitions, of the same table.
ALTER TABLE app.identified ADD CONSTRAINT "to; plain" FOREIGN KEY (a) REFERENCES app.plain (id)
  ON DELETE SET NULL (a) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT "to; plain" ON app.identified IS 'of a foreign key';
ALTER TABLE app.plain ADD CONSTRAINT back FOREIGN KEY (amount) REFERENCES app.identified (b) NOT VALID;
ALTER TABLE app.identified_by_key ADD FOREIGN KEY (b) REFERENCES app.identified_by_key (a);
ALTER TABLE app.by_hash ADD CONSTRAINT hash_to_key FOREIGN KEY (id) REFERENCES app.identified_by_key (a);
ALTER TABLE app.parent ADD CONSTRAINT parent_to_hash FOREIGN KEY (a) REFERENCES app.by_hash (id);
ALTER TABLE app.events_2024 ADD CONSTRAINT one_partition_only FOREIGN KEY (id) REFERENCES app.parent (a);

-- Checks with violating rows, views, rules, triggers, row security.
CREATE TABLE app.violated (a integer);
INSERT INTO app.violated VALUES (-1);
ALTER TABLE app.violated ADD CONSTRAINT "not yet valid" CHECK (a > 0) NOT VALID;
COMMENT ON CONSTRAINT "not yet valid" ON app.violated IS 'of a check made after the rows';
CREATE VIEW app.shown WITH (security_barrier) AS SELECT id, label FROM app.plain WHERE amount > 0;
COMMENT ON VIEW app.shown IS 'a view';
CREATE VIEW app.grouped AS SELECT id, label FROM app.plain GROUP BY id;
COMMENT ON VIEW app.grouped IS 'a view that needs a primary key';
COMMENT ON COLUMN app.grouped.label IS 'a column of a view that needs a primary key';
GRANT SELECT ON app.grouped TO nasty_owner;
CREATE RULE "a rule" AS ON INSERT TO app.shown DO INSTEAD NOTHING;
COMMENT ON RULE "a rule" ON app.shown IS 'of a rule';
CREATE TRIGGER "a trigger" BEFORE INSERT ON app.plain FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.plain DISABLE TRIGGER "a trigger";
COMMENT ON TRIGGER "a trigger" ON app.plain IS 'of a trigger';
CREATE TRIGGER on_events AFTER INSERT ON app.events FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.plain ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "a policy" ON app.plain USING (label = current_user);
COMMENT ON POLICY "a policy" ON app.plain IS 'of a policy';
CREATE MATERIALIZED VIEW app.filled AS SELECT mood, count(*) AS n FROM app.plain GROUP BY mood;
CREATE UNIQUE INDEX filled_mood ON app.filled (mood);
COMMENT ON MATERIALIZED VIEW app.filled IS 'materialized';
CREATE MATERIALIZED VIEW app.empty AS SELECT 1 AS one WITH NO DATA;
CREATE MATERIALIZED VIEW app.upon_grouped AS SELECT id FROM app.grouped;
CREATE MATERIALIZED VIEW app.keyed AS SELECT id, label FROM app.plain GROUP BY id;
COMMENT ON MATERIALIZED VIEW app.keyed IS 'can be made only once there is a key';
CREATE UNIQUE INDEX keyed_id ON app.keyed (id);
ALTER TABLE app.keyed CLUSTER ON keyed_id;
CREATE STATISTICS app.keyed_statistics ON id, label FROM app.keyed;
GRANT SELECT ON app.keyed TO nasty_owner;
CREATE FUNCTION app.atomic() RETURNS SETOF bigint LANGUAGE sql
  BEGIN ATOMIC SELECT id FROM (SELECT id, label FROM app.plain GROUP BY id) AS needs_the_key; END;
GRANT INSERT ON app.violated TO nasty_owner WITH GRANT OPTION;
REVOKE ALL ON FUNCTION app.lower_of(text) FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE nasty_owner IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC;

CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere');
CREATE USER MAPPING FOR nasty_owner SERVER elsewhere OPTIONS (user 'x', password 'y');
CREATE FOREIGN TABLE app.far (a integer) SERVER elsewhere;
GRANT USAGE ON FOREIGN SERVER elsewhere TO nasty_owner;
CREATE PUBLICATION "pub ""x""" FOR TABLE app.plain (id, label) WHERE (id > 7);
CREATE PUBLICATION schemas FOR TABLES IN SCHEMA app;
COMMENT ON PUBLICATION "pub ""x""" IS 'of a publication';
CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
SELECT lo_create(4711);
COMMENT ON LARGE OBJECT 4711 IS 'a large object';
ALTER LARGE OBJECT 4711 OWNER TO nasty_owner;
GRANT SELECT ON LARGE OBJECT 4711 TO "role with ""quotes""";

\if :has_18
CREATE TABLE app.temporal (a integer, during tsrange, CONSTRAINT temporal_key PRIMARY KEY (a, during WITHOUT OVERLAPS) WITH (fillfactor = 33));
CREATE TABLE app.temporal_child (a integer, during tsrange, b integer,
  CONSTRAINT temporal_child_fk FOREIGN KEY (a, PERIOD during) REFERENCES app.temporal (a, PERIOD during),
  CONSTRAINT not_enforced FOREIGN KEY (b) REFERENCES app.identified (b) NOT ENFORCED);
INSERT INTO app.temporal_child VALUES (NULL, NULL, NULL);
ALTER TABLE app.temporal_child ADD CONSTRAINT not_yet_not_null NOT NULL b NOT VALID;
COMMENT ON CONSTRAINT not_yet_not_null ON app.temporal_child IS 'of NOT NULL';
CREATE TABLE app.virtual (a integer, b integer GENERATED ALWAYS AS (a * 2) VIRTUAL);
\endif

CREATE EVENT TRIGGER stop_drop ON sql_drop WHEN TAG IN ('DROP PROCEDURE') EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER stop_drop DISABLE;
CREATE EVENT TRIGGER stop_ddl ON ddl_command_start EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER stop_ddl ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER stop_ddl IS 'of an event trigger';
