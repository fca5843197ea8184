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
