-- For a database whose encoding is LATIN1.
\encoding UTF8
CREATE TABLE "größe" ("é" text PRIMARY KEY, c "char", n name, j jsonb, x xml, ts tsvector, e text[]);
COMMENT ON TABLE "größe" IS 'À bientôt';
INSERT INTO "größe" VALUES ('ÀÉÎõü ÿ', 'x', 'ñame', '{"é": 1}', '<é/>', 'ça', '{é,"ü,"}') ON CONFLICT DO NOTHING;
INSERT INTO "größe" ("é") SELECT chr(i) FROM generate_series(1, 255) i;
CREATE TYPE "été" AS ENUM ('juin', 'août');
CREATE DOMAIN "règle" AS text CHECK (VALUE <> 'ô');
CREATE TABLE of_types (v "été", d "règle", es "été"[], b bytea);
INSERT INTO of_types VALUES ('août', 'é', '{août}', '\xe9ff00');
CREATE VIEW "vue é" AS SELECT "é" || 'é' AS "è" FROM "größe";
CREATE FUNCTION "fonction é"(text) RETURNS text LANGUAGE sql AS 'SELECT $1 || ''é''';
CREATE TABLE wide (v text);
INSERT INTO wide SELECT repeat('é', 100000);
-- Names within rows
CREATE TABLE of_names (c regclass, p regprocedure, t regtype[]);
INSERT INTO of_names VALUES ('"größe"', '"fonction é"(text)', '{"\"été\"","\"règle\"[]"}');
-- Partitions chosen by the hash of a text, which is that of its bytes
CREATE TABLE hashed (k text, v int) PARTITION BY HASH (k);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE hashed_1 (v int, k text);
ALTER TABLE hashed ATTACH PARTITION hashed_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO hashed SELECT 'é' || i, i FROM generate_series(1, 2000) i;
