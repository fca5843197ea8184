-- Names made to break whoever does not quote them.
CREATE SCHEMA "Schema ""one""; DROP SCHEMA public; --";
CREATE SCHEMA "new
line	tab";
CREATE SCHEMA "--schema=x";
CREATE SCHEMA "pg.dots.everywhere";
SET search_path = "Schema ""one""; DROP SCHEMA public; --", public;

CREATE TABLE "table" ("select" int PRIMARY KEY, "from" text, "WHERE" int);
INSERT INTO "table" VALUES (1, 'reserved', 2);
CREATE TABLE "it's ""quoted""" ("it's" int, """" text, "''" text);
INSERT INTO "it's ""quoted""" VALUES (1, '"', '''');
CREATE TABLE "a
table
" ("col
umn" int, "	" int, " " int, """ """ int);
INSERT INTO "a
table
" VALUES (1, 2, 3, 4);
CREATE TABLE "new
line	tab"."--
-- Name: fake; Type: TABLE; Schema: public; Owner: postgres" (v int);
INSERT INTO "new
line	tab"."--
-- Name: fake; Type: TABLE; Schema: public; Owner: postgres" VALUES (1);
CREATE TABLE "; DROP TABLE ""table""; --" (";" int, "--" int, "/*" int, "*/" int, "$$" int, "$1" int, ":v" int, "\" int, "\n" int, "%s" int, "%" int, "?" int, "{}" int);
INSERT INTO "; DROP TABLE ""table""; --" VALUES (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
CREATE TABLE "back\slash" ("c:\new" text);
INSERT INTO "back\slash" VALUES ('\');
CREATE TABLE "100% %s %n %d" ("%" text);
INSERT INTO "100% %s %n %d" VALUES ('%');
CREATE TABLE "größe_表_😀" ("ключ" int PRIMARY KEY, "é" text, U&"e\0301" text);
INSERT INTO "größe_表_😀" VALUES (1, 'one', 'decomposed');
CREATE TABLE "sixty_three_bytes_long_name_of_a_table_that_fills_all_its_space" ("sixty_three_bytes_long_name_of_a_column_that_fills_all_its_spac" int PRIMARY KEY, "éééééééééééééééééééééééééééééééx" int);
INSERT INTO "sixty_three_bytes_long_name_of_a_table_that_fills_all_its_space" VALUES (1, 2);
CREATE INDEX "sixty_three_bytes_long_name_of_an_index_that_fills_all_its_spac" ON "sixty_three_bytes_long_name_of_a_table_that_fills_all_its_space" ("éééééééééééééééééééééééééééééééx");
CREATE TABLE "--schema=x"."--data-only" ("-t" int);
INSERT INTO "--schema=x"."--data-only" VALUES (1);
CREATE TABLE "--schema=x"."-n" ("--" int);
CREATE TABLE "pg.dots.everywhere"."a.b.c" ("d.e" int);
INSERT INTO "pg.dots.everywhere"."a.b.c" VALUES (1);
CREATE TABLE "pg.dots.everywhere"."*" ("?" int);
INSERT INTO "pg.dots.everywhere"."*" VALUES (1);
CREATE TABLE "pg.dots.everywhere"."a|b[c]" (x int);
INSERT INTO "pg.dots.everywhere"."a|b[c]" VALUES (1);
CREATE TABLE " leading and trailing " (" " int);
INSERT INTO " leading and trailing " VALUES (1);
CREATE TABLE "UPPER" (a int);
CREATE TABLE "Upper" (a int);
CREATE TABLE upper (a int);
INSERT INTO "UPPER" VALUES (1);
INSERT INTO "Upper" VALUES (2);
INSERT INTO upper VALUES (3);
-- Like those of the system's catalogs
CREATE TABLE pg_class (relname text, oid int);
INSERT INTO "Schema ""one""; DROP SCHEMA public; --".pg_class VALUES ('not the catalog', 1);
CREATE TABLE public.pg_attribute (attname text);
INSERT INTO public.pg_attribute VALUES ('not the catalog');
CREATE FUNCTION public.count(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION public.quote_ident(text) RETURNS text LANGUAGE sql AS $$SELECT 'not that one'::text$$;
CREATE TYPE public.int4 AS ENUM ('not a number');
CREATE TABLE public.of_int4 (v public.int4, w pg_catalog.int4);
INSERT INTO public.of_int4 VALUES ('not a number', 4);
CREATE TABLE public."null" (null_ text, "null" text, "NULL" text);
INSERT INTO public."null" VALUES (NULL, 'null', 'NULL');

-- Every other kind of object under such a name
CREATE SEQUENCE "seq'uence;
%";
SELECT nextval('"seq''uence;
%"');
CREATE VIEW "vi""ew\" AS SELECT 1 AS "a""b";
CREATE MATERIALIZED VIEW "mat'view
;--" AS SELECT 1 AS "c""d";
CREATE UNIQUE INDEX "in""dex
;" ON "mat'view
;--" ("c""d");
ALTER TABLE "table" ADD CONSTRAINT "check'
""" CHECK ("WHERE" > 0), ADD CONSTRAINT "un;ique" UNIQUE ("from", "WHERE");
CREATE TABLE "refers;" ("a""b" int CONSTRAINT "fk""
;" REFERENCES "table", "serial""'" serial);
INSERT INTO "refers;" VALUES (1);
CREATE TYPE "ty""pe
;" AS ENUM ('');
CREATE DOMAIN "do'main" AS "ty""pe
;" CONSTRAINT "con""straint" CHECK (VALUE IS NOT NULL);
CREATE TABLE "of ""types""" (a "ty""pe
;", b "do'main"[]);
INSERT INTO "of ""types""" VALUES ('', '{""}');
CREATE FUNCTION "trigger""()"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER "tri""gger
;" BEFORE INSERT ON "refers;" FOR EACH ROW EXECUTE FUNCTION "trigger""()"('$1', '%s', '''\');
CREATE POLICY "pol'icy""" ON "refers;" USING ("a""b" = 1);
CREATE RULE "ru""le;" AS ON UPDATE TO "refers;" DO ALSO NOTHING;
CREATE STATISTICS "stat""s;" ON "select", "from" FROM "table";
CREATE PUBLICATION "pub""lication;
%" FOR TABLE "refers;";
CREATE TABLE "par""ted" ("k""" int) PARTITION BY LIST ("k""");
CREATE TABLE "par""ted;
1" PARTITION OF "par""ted" FOR VALUES IN (1);
INSERT INTO "par""ted" VALUES (1);
CREATE INDEX "par""ted index;" ON "par""ted" ("k""");
COMMENT ON TABLE "table" IS $$\. \N ' " ; -- $1 %s
\restrict x
\connect postgres
$$;
COMMENT ON COLUMN "refers;"."a""b" IS E'\\';
