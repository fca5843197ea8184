-- How rows lie on disk: TOAST of every kind, wide rows, many columns, none, dropped ones, dead rows.
CREATE SCHEMA storage;
SET search_path = storage, public;

CREATE TABLE toast_kinds (id int, plain text, main text, external text, extended text);
ALTER TABLE toast_kinds ALTER plain SET STORAGE PLAIN, ALTER main SET STORAGE MAIN, ALTER external SET STORAGE EXTERNAL, ALTER extended SET STORAGE EXTENDED;
CREATE FUNCTION noise(bytes int, seed int) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$SELECT left(string_agg(md5(seed || '.' || i), ''), bytes) FROM generate_series(1, bytes / 32 + 1) i$$;
INSERT INTO toast_kinds SELECT i, noise(i * 10, i), noise(i * 300, i), noise(i * 5000, i), noise(i * 5000, i) FROM generate_series(0, 60) i;
INSERT INTO toast_kinds SELECT 1000 + i, repeat('p', i), repeat('m', i * 1000), repeat('e', i * 10000), repeat('x', i * 10000) FROM generate_series(0, 60) i;
ALTER TABLE toast_kinds ALTER external SET STORAGE MAIN;  -- values that lie there stay as they were
INSERT INTO toast_kinds VALUES (2000, NULL, NULL, repeat('z', 100000), NULL);
CREATE TABLE toast_options (a text, b text) WITH (toast_tuple_target = 200, toast.autovacuum_enabled = false, fillfactor = 50, autovacuum_vacuum_scale_factor = 0.3);
INSERT INTO toast_options SELECT noise(400, i), noise(100, i) FROM generate_series(1, 100) i;
\if :v14
CREATE TABLE compressed (p text COMPRESSION pglz, d text COMPRESSION default);
INSERT INTO compressed SELECT repeat('abc', 5000), repeat('def', 5000) FROM generate_series(1, 10);
SELECT 'lz4' = ANY (enumvals) AS has_lz4 FROM pg_settings WHERE name = 'default_toast_compression' \gset
\if :has_lz4
CREATE TABLE compressed_lz4 (l text COMPRESSION lz4, p text COMPRESSION pglz);
INSERT INTO compressed_lz4 SELECT noise(3000, i) || repeat('abc', 5000), repeat('def', 5000) FROM generate_series(1, 10) i;
ALTER TABLE compressed_lz4 ALTER l SET COMPRESSION pglz;
INSERT INTO compressed_lz4 SELECT repeat('abc', 5000), NULL;
\endif
\endif

-- Rows wider than any buffer.
CREATE TABLE wide (id int, b bytea, t text);
ALTER TABLE wide ALTER b SET STORAGE EXTERNAL, ALTER t SET STORAGE EXTERNAL;
INSERT INTO wide SELECT 1, decode(noise(2000000, 1), 'hex'), repeat(E'a\t\n\\', 1000000);
INSERT INTO wide VALUES (2, NULL, ''), (3, '', NULL);
INSERT INTO wide SELECT 4, convert_to(repeat(E'\t bytes \\', 2000000), 'UTF8'), NULL;
INSERT INTO wide SELECT 5, NULL, repeat('x', 30000000);

-- Columns: 1,600, none, some gone
SELECT format('CREATE TABLE most_columns (%s)', string_agg(format('c%s %s', i, CASE i % 4 WHEN 0 THEN 'int' WHEN 1 THEN 'bool' WHEN 2 THEN 'int2' ELSE '"char"' END), ', ' ORDER BY i)) FROM generate_series(1, 1600) i \gexec
INSERT INTO most_columns (c1) VALUES (true), (NULL);
SELECT format('INSERT INTO most_columns VALUES (%s)', string_agg(CASE i % 4 WHEN 0 THEN '-1' WHEN 1 THEN 'false' WHEN 2 THEN '7' ELSE '''x''' END, ', ' ORDER BY i)) FROM generate_series(1, 1600) i \gexec
INSERT INTO most_columns (c1600) VALUES (42);
CREATE TABLE no_columns ();
INSERT INTO no_columns SELECT FROM generate_series(1, 5);
CREATE TABLE no_columns_no_rows ();
CREATE TABLE all_dropped (a int, b text);
INSERT INTO all_dropped VALUES (1, 'x'), (2, 'y');
ALTER TABLE all_dropped DROP a, DROP b;
CREATE TABLE some_dropped (gone_first int, a int, gone_middle text, b text DEFAULT 'b', gone_last bytea);
INSERT INTO some_dropped VALUES (1, 2, 'x', 'y', '\x00'), (NULL, NULL, NULL, NULL, NULL);
ALTER TABLE some_dropped DROP gone_first, DROP gone_middle, DROP gone_last, ADD later int DEFAULT 99, ADD "........pg.dropped.9........" text;
INSERT INTO some_dropped VALUES (3, 'z', 100, 'looks dropped');
CREATE TABLE added_with_default (a int);
INSERT INTO added_with_default SELECT generate_series(1, 1000);
ALTER TABLE added_with_default ADD b text DEFAULT 'never written to these rows', ADD c int NOT NULL DEFAULT 7, ADD d text DEFAULT '';

-- Generated columns, identity
\if :v12
CREATE TABLE generated (a int, doubled int GENERATED ALWAYS AS (a * 2) STORED, b text, upper_b text GENERATED ALWAYS AS (upper(b)) STORED NOT NULL);
INSERT INTO generated (a, b) SELECT i, 'row ' || i FROM generate_series(1, 100) i;
CREATE TABLE all_generated (g int GENERATED ALWAYS AS (42) STORED);
INSERT INTO all_generated DEFAULT VALUES;
INSERT INTO all_generated DEFAULT VALUES;
\endif
\if :v18
CREATE TABLE virtual_columns (a int, v int GENERATED ALWAYS AS (a + 1) VIRTUAL, b text);
INSERT INTO virtual_columns (a, b) VALUES (1, 'x'), (NULL, NULL);
\endif
CREATE TABLE identities (always int GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 10), note text);
INSERT INTO identities (note) VALUES ('first'), ('second');
INSERT INTO identities OVERRIDING SYSTEM VALUE VALUES (-5, 'chosen');

-- Rows dead, updated, deleted; empty pages at either end; large enough to be split
CREATE TABLE churned (id int PRIMARY KEY, v text) WITH (fillfactor = 30);
INSERT INTO churned SELECT i, 'old ' || i FROM generate_series(1, 20000) i;
UPDATE churned SET v = 'new ' || id WHERE id % 3 = 0;
DELETE FROM churned WHERE id < 3000 OR id > 15000 OR id % 5 = 0;
CREATE TABLE emptied AS SELECT i FROM generate_series(1, 10000) i;
DELETE FROM emptied;
CREATE TABLE many (id bigint PRIMARY KEY, n numeric, t text, at timestamptz);
INSERT INTO many SELECT i, i * 1.01, md5(i::text) || ' ' || i, '2020-01-01 00:00+00'::timestamptz + i * interval '1 s' FROM generate_series(-5000, 60000) i;
CREATE TABLE duplicates (v text);
INSERT INTO duplicates SELECT 'the same row' FROM generate_series(1, 1000);
CREATE UNLOGGED TABLE unlogged (id serial PRIMARY KEY, v text);
INSERT INTO unlogged (v) SELECT 'row ' || i FROM generate_series(1, 100) i;
CREATE TEMPORARY TABLE left_out (v text);
