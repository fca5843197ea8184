-- Extensions with their types, their configuration tables, and tables of theirs that users changed.
CREATE SCHEMA extensions;
CREATE EXTENSION hstore SCHEMA extensions;
CREATE EXTENSION citext;
CREATE EXTENSION ltree;
CREATE EXTENSION cube;
\if :superuser
CREATE EXTENSION earthdistance;
\endif
CREATE EXTENSION isn;
CREATE EXTENSION seg;
CREATE EXTENSION intarray;
CREATE EXTENSION pg_trgm SCHEMA extensions;
CREATE EXTENSION btree_gin;
\if :superuser
CREATE EXTENSION bloom;
\endif
CREATE EXTENSION unaccent;
CREATE EXTENSION pgcrypto SCHEMA extensions;
CREATE EXTENSION tablefunc;
CREATE EXTENSION lo;
CREATE EXTENSION "uuid-ossp";
\if :superuser
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION dict_xsyn;
COMMENT ON EXTENSION citext IS 'another comment than its own';
GRANT EXECUTE ON FUNCTION extensions.crypt(text, text) TO fidelity_reader;
REVOKE EXECUTE ON FUNCTION extensions.gen_salt(text) FROM PUBLIC;
\endif
SET search_path = public, extensions;

CREATE TABLE of_hstore (id int PRIMARY KEY, v hstore, a hstore[]);
INSERT INTO of_hstore VALUES (1, '', '{}'), (2, NULL, NULL), (3, 'a=>1, "b c"=>"NULL", d=>NULL, ""=>"", "\""=>"\\"', ARRAY['x=>1'::hstore, NULL]);
CREATE TABLE of_citext (v citext, a citext[]);
INSERT INTO of_citext VALUES ('', '{}'), ('AbC', '{A,NULL,"NULL"}'), (NULL, NULL), (E'\t\\N', NULL);
CREATE DOMAIN email AS citext CHECK (VALUE ~ '@');
CREATE TABLE of_email (v email PRIMARY KEY);
INSERT INTO of_email VALUES ('Me@example.org');
CREATE TABLE of_ltree (v ltree, q lquery, t ltxtquery, a ltree[]);
INSERT INTO of_ltree VALUES ('', NULL, NULL, '{}'), ('a.b.c_1', 'a.*{1,2}.!b@*', 'a & !(b* | c@%)', '{a.b,NULL,""}');
\if :superuser
CREATE TABLE of_cube (v cube, e earth, a cube[]);
INSERT INTO of_cube VALUES ('(1,2),(3,4)', ll_to_earth(10, 20), '{"(1)",NULL}'), ('(0)', NULL, NULL), ('()', NULL, '{}');
\endif
CREATE TABLE of_isn (a isbn, b issn13, c upc, d ean13);
INSERT INTO of_isn VALUES ('978-0-393-04002-9', '1436-4522', '220356483481', '978-0-393-04002-9'), (NULL, NULL, NULL, NULL);
CREATE TABLE of_seg (v seg);
INSERT INTO of_seg VALUES ('5.0'), ('~5.0 .. <7'), ('1.50(+-)0.1'), ('> 3'), (NULL);
CREATE TABLE of_query_int (v query_int, a int[]);
INSERT INTO of_query_int VALUES ('1&(2|!3)', '{1,2}'), (NULL, NULL);
CREATE TABLE of_lo (v lo);
INSERT INTO of_lo VALUES (lo_from_bytea(5000, 'content')), (NULL);
CREATE TRIGGER manage BEFORE UPDATE OR DELETE ON of_lo FOR EACH ROW EXECUTE FUNCTION lo_manage(v);
CREATE INDEX ON of_hstore USING gist (v);
CREATE INDEX ON of_citext (v);
CREATE INDEX ON of_ltree USING gist (v);
CREATE INDEX ON of_query_int USING gist (a gist__intbig_ops);
CREATE INDEX ON of_citext USING gin ((v::text) gin_trgm_ops);
CREATE TABLE of_bloom (a int, b int, c text);
INSERT INTO of_bloom SELECT i, i % 10, 'x' || i FROM generate_series(1, 500) i;
\if :superuser
CREATE INDEX ON of_bloom USING bloom (a, b, c) WITH (length = 96, col1 = 4);
\endif
CREATE INDEX ON of_bloom USING gin (a, b);

\if :superuser
CREATE TEXT SEARCH DICTIONARY my_synonyms (TEMPLATE = xsyn_template, RULES = 'xsyn_sample', MATCHORIG = true);
\endif
CREATE TEXT SEARCH CONFIGURATION unaccented (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION unaccented ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
\if :superuser
CREATE VIEW statistics AS SELECT query FROM pg_stat_statements;
\endif
