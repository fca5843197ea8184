-- Every built-in type's special values, and types of every kind that a user can make.
CREATE SCHEMA types;
SET search_path = types, public;
SET TimeZone = 'UTC';
SET extra_float_digits = 3;
SET client_min_messages = warning;

-- Numbers
CREATE TABLE of_bool (id int PRIMARY KEY, v bool);
INSERT INTO of_bool VALUES (1, true), (2, false), (3, NULL);
CREATE TABLE of_int (id int PRIMARY KEY, v2 int2, v4 int4, v8 int8);
INSERT INTO of_int VALUES (1, -32768, -2147483648, -9223372036854775808), (2, 32767, 2147483647, 9223372036854775807),
  (3, 0, 0, 0), (4, NULL, NULL, NULL), (-5, 1, -1, 1);
CREATE TABLE of_float (id int PRIMARY KEY, v4 float4, v8 float8);
INSERT INTO of_float VALUES (1, 'NaN', 'NaN'), (2, 'Infinity', 'Infinity'), (3, '-Infinity', '-Infinity'),
  (4, '-0', '-0'), (5, 1e-45, 5e-324), (6, 3.4028235e38, 1.7976931348623157e308), (7, 0.1, 0.1),
  (8, 1.0/3, 1.0/3), (9, 16777217, 9007199254740993), (10, NULL, NULL), (11, 1.17549435e-38, 2.2250738585072014e-308);
CREATE TABLE of_float_arrays (v4 float4[], v8 float8[], range numrange);
INSERT INTO of_float_arrays VALUES ('{NaN,Infinity,-0,0.5}', '{-Infinity,NaN,NULL,0.25}', '[NaN,NaN]');
CREATE TABLE of_numeric (id int PRIMARY KEY, v numeric, p numeric(10,3), zero_scale numeric(5));
INSERT INTO of_numeric VALUES (1, 'NaN', 'NaN', 'NaN'), (2, 0, 0, 0), (3, -0.000, -0.001, -99999), (4, NULL, NULL, NULL),
  (5, 10::numeric ^ 1000, 9999999.999, 1), (6, ('1' || repeat('0', 131071))::numeric, 1, 1),
  (7, ('0.' || repeat('0', 16382) || '1')::numeric, 1, 1), (8, '1.500', 1.5, 2), (9, '1.5', 1.50, 2),
  (10, 1e-100, 0, 0), (11, (repeat('9', 5000) || '.' || repeat('7', 5000))::numeric, 1, 1);
\if :v14
INSERT INTO of_numeric VALUES (20, 'Infinity', NULL, NULL), (21, '-Infinity', NULL, NULL);
\endif
\if :v15
CREATE TABLE of_numeric_scales (thousands numeric(3,-3), tiny numeric(3,5));
INSERT INTO of_numeric_scales VALUES (123456, 0.00123), (-999499, -0.00999);
\endif
CREATE TABLE of_money (id int PRIMARY KEY, v money);
INSERT INTO of_money VALUES (1, '92233720368547758.07'), (2, '-92233720368547758.08'), (3, 0), (4, NULL), (5, '1234.56');
CREATE TABLE of_oids (id int PRIMARY KEY, o oid, x xid, c cid, t tid, l pg_lsn, ov oidvector, iv int2vector);
INSERT INTO of_oids VALUES (1, 4294967295, '4294967295', '4294967295', '(4294967295,65535)', 'FFFFFFFF/FFFFFFFF', '1 4294967295', '-1 32767'),
  (2, 0, '0', '0', '(0,0)', '0/0', '', ''), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (4, 2147483648, '3', '1', '(1,1)', '1/0', '7', '0');
CREATE TABLE of_snapshots (v txid_snapshot);
INSERT INTO of_snapshots VALUES ('1:9223372036854775807:'), ('10:20:10,14,15'), (NULL);
\if :v13
CREATE TABLE of_xid8 (v xid8, s pg_snapshot);
INSERT INTO of_xid8 VALUES ('18446744073709551615', '10:20:10,14'), ('0', NULL), (NULL, '1:1:');
\endif

-- Text and bytes
CREATE TABLE of_text (id int PRIMARY KEY, v text, vc varchar(20), bp char(5), n name, c "char");
INSERT INTO of_text VALUES (1, '', '', '', '', ''), (2, NULL, NULL, NULL, NULL, NULL), (3, '\N', '\N', '\N', '\N', 'N'),
  (4, E'tab\tnewline\ncarriage\rreturn\\backslash\b\f\v', E'\r\n', E' \t ', E'\n', E'\n'), (5, 'NULL', 'NULL', 'NULL', 'NULL', '\'),
  (6, U&'\+01F600\+10FFFF\00E9e\0301\200B\FEFF', U&'\+01F600', U&'\+01F600', repeat('n', 63), 'x'), (7, '\.', '\.', '\.', '\.', '.'),
  (8, '  spaces  ', '  spaces  ', ' a   ', ' a ', ' '), (9, E'\\\\.\n\\.', '"', '''', '"', ''''), (10, E'\x01\x02\x7f', E'\x1b', E'\x07', E'\x01', E'\x01'),
  (11, '-- ; $$ $1 %s %n {} :v ', ':''v''', '%', ';', ';'), (12, repeat('é', 100000), repeat('é', 20), repeat('é', 5), repeat('é', 31), 'z');
-- Above 127 only its binary form is the same in every version.
CREATE TABLE of_char (v "char");
INSERT INTO of_char SELECT i::"char" FROM generate_series(-128, 127) i;
CREATE TABLE of_bytea (id int PRIMARY KEY, v bytea, b bit(3), vb varbit, u uuid);
INSERT INTO of_bytea VALUES (1, '', '000', '', '00000000-0000-0000-0000-000000000000'), (2, NULL, NULL, NULL, NULL),
  (3, '\x00', '111', '0', 'ffffffff-ffff-ffff-ffff-ffffffffffff'), (4, '\x5c4e0a0d00ff', '101', repeat('10', 50000)::varbit, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
  (5, decode(repeat('00', 100000), 'hex'), '001', '1111111', NULL);

-- Dates and times
CREATE TABLE of_dates (id int PRIMARY KEY, d date, ts timestamp, tz timestamptz, p timestamp(0));
INSERT INTO of_dates VALUES (1, 'infinity', 'infinity', 'infinity', 'infinity'), (2, '-infinity', '-infinity', '-infinity', '-infinity'),
  (3, '4714-11-24 BC', '4714-11-24 00:00:00 BC', '4714-11-24 00:00:00+00 BC', '0001-01-01 BC'),
  (4, '5874897-12-31', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '9999-12-31 23:59:59'),
  (5, NULL, NULL, NULL, NULL), (6, '2000-01-01', '2000-01-01', '2000-01-01 00:00+00', '2000-01-01'),
  (7, '2024-02-03', '2024-02-03 04:05:06.000001', '2024-02-03 04:05:06.000001-11:30', '1969-12-31 23:59:59'), (8, '0001-12-31 BC', '1582-10-15', '1900-01-01 00:00+01:23:45', '1582-10-04');
CREATE TABLE of_times (id int PRIMARY KEY, t time, tz timetz, i interval, days interval day to second(0));
INSERT INTO of_times VALUES (1, '00:00', '00:00+15:59:59', '0', '0'), (2, '24:00:00', '24:00:00-15:59:59', '178000000 years', '1 day'),
  (3, '23:59:59.999999', '23:59:59.999999+00', '-178000000 years -1 mon +1 day -00:00:00.000001', '-3 days +04:05:06.7'),
  (4, NULL, NULL, NULL, NULL), (5, '12:34:56', '12:34:56+05:45', '1 mon', '30 days'), (6, '12:34', '12:34+01', '30 days', '720:00:00'),
  (7, '12:34', '11:34+00', '720:00:00', '29 days 24:00:00'), (8, '00:00:00.1', '00:00:00.1-07', 'P1Y2M-3DT-4H5M6.789S', '0'),
  (9, '00:00', '00:00+00', make_interval(months => 2147483647, days => -2147483648), '0');
\if :v17
INSERT INTO of_times VALUES (20, NULL, NULL, 'infinity', NULL), (21, NULL, NULL, '-infinity', NULL);
\endif

-- Networks, documents, shapes, words
CREATE TABLE of_networks (id int PRIMARY KEY, i inet, c cidr, m macaddr, m8 macaddr8);
INSERT INTO of_networks VALUES (1, '0.0.0.0', '0.0.0.0/0', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00'),
  (2, '255.255.255.255/32', '255.255.255.255/32', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff'), (3, '::', '::/0', NULL, NULL),
  (4, '2001:db8::1/64', '2001:db8::/32', '08:00:2b:01:02:03', '08:00:2b:ff:fe:01:02:03'), (5, '192.168.1.5/24', '10/8', NULL, NULL),
  (6, '::ffff:1.2.3.4/128', '::ffff:1.2.3.4/128', NULL, NULL), (7, NULL, NULL, NULL, NULL);
CREATE TABLE of_json (id int PRIMARY KEY, j json, b jsonb);
INSERT INTO of_json VALUES (1, 'null', 'null'), (2, NULL, NULL), (3, ' { "a" : 1 , "a" : 2 }
', '{"a":1,"a":2}'), (4, '""', '""'), (5, '[]', '{}'), (6, '{"\u00e9\ud83d\ude00":"\u0000 only json"}', '{"":[1e400, -0.0, 12345678901234567890.123456789, true, null, {"x":[[[]]]}]}'),
  (7, '"\\u0041\n\/"', '"\u0041\n\/"'), (8, (repeat('[', 500) || repeat(']', 500))::json, (repeat('[', 500) || repeat(']', 500))::jsonb);
INSERT INTO of_json SELECT 100 + i, '1', jsonb_build_object('key', repeat(md5(i::text), 1000), 'n', i) FROM generate_series(1, 20) i;
\if :v12
CREATE TABLE of_jsonpath (v jsonpath);
INSERT INTO of_jsonpath VALUES ('$'), ('strict $.a[*] ? (@.b > 1 && @ like_regex "^x" flag "i")'), ('$."quoted \"key\""'), (NULL), ('$[0 to last].keyvalue().key');
\endif
CREATE TABLE of_xml (id int PRIMARY KEY, v xml);
INSERT INTO of_xml VALUES (1, ''), (2, NULL), (3, '<a b="c">&lt;é</a>'), (4, 'content <b/> only'), (5, xmlparse(document '<?xml version="1.0"?><!DOCTYPE d [<!ELEMENT d ANY>]><d/>')), (6, '<?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?><é/>'), (7, '<?xml version="1.1"?><a> </a> ');
CREATE TABLE of_shapes (id int PRIMARY KEY, p point, li line, ls lseg, b box, pa path, po polygon, c circle);
INSERT INTO of_shapes VALUES (1, '(NaN,Infinity)', '{1,-1,0}', '[(0,0),(1e300,-1e-300)]', '((1,1),(-1,-1))', '[(0,0),(1,1)]', '((0,0),(0,1),(1,0))', '<(0,0),0>'),
  (2, '(-0,0)', '{0,1,-0.1}', '[(-Infinity,NaN),(0,0)]', '((Infinity,1),(0,-Infinity))', '((0,0),(1,1))', '((NaN,1))', '<(1,2),Infinity>'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (4, '(0.1,0.2)', '{-1,0,3}', '[(1,1),(1,1)]', '((0,0),(0,0))', '[(5,5)]', '((1,2))', '<(NaN,0),1>');
CREATE TABLE of_words (id int PRIMARY KEY, v tsvector, q tsquery);
INSERT INTO of_words VALUES (1, '', ''), (2, NULL, NULL), (3, $$'a':1A,2B,16383D 'it''s':3C 'b c' '\\':5$$, $$'it''s':*AB & !('x y' | z <-> \\ <5> w:D)$$),
  (4, to_tsvector('simple', repeat('word other ', 1000)), 'a <-> (b | c) & !!d'), (5, 'é:1 "quoted":2', $$'\\''':A$$);

-- Arrays
CREATE TABLE of_arrays (id int PRIMARY KEY, i int[], t text[], m int[][], tz timestamptz[], n numeric[], b bytea[], j jsonb[], p point[], bx box[]);
INSERT INTO of_arrays VALUES (1, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (3, '{NULL}', '{NULL,"NULL","",null}', '{{1,NULL},{3,4}}', '{infinity,NULL,"2020-01-01 00:00+00"}', '{NaN,NULL,1.50}', '{"\\x","\\x00",NULL}', '{null,"null","{\"a\": [1, 2]}"}', '{"(1,2)",NULL}', '{(1,1),(0,0);(2,2),(1,1)}'),
  (4, '[0:1]={1,2}', E'{"a,b","{}","\\"","\\\\"," x ",\té}', '[0:1][-3:-2]={{1,2},{3,4}}', NULL, '{}', NULL, NULL, NULL, NULL),
  (5, '[-2147483648:-2147483647]={1,2}', array_fill(NULL::text, '{2,3}', '{5,-5}'), '{{{{{{1}}}}}}', NULL, NULL, NULL, NULL, NULL, NULL),
  (6, ARRAY(SELECT generate_series(1, 100000)), ARRAY(SELECT repeat('x', i) FROM generate_series(0, 300) i), NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- Ranges
CREATE TABLE of_ranges (id int PRIMARY KEY, i int4range, b int8range, n numrange, t tsrange, tz tstzrange, d daterange, a int4range[]);
INSERT INTO of_ranges VALUES (1, 'empty', 'empty', 'empty', 'empty', 'empty', 'empty', '{}'), (2, '(,)', '(,)', '(,)', '(,)', '(,)', '(,)', '{empty,"(,)",NULL}'),
  (3, '[1,10]', '(1,10)', '[1.50,1.5]', '[-infinity,infinity]', '(-infinity,infinity)', '[-infinity,infinity]', '[3:4]={"[1,2)","[5,)"}'), (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (5, '(,5]', '[5,)', '(NaN,)', '["2020-01-01 00:00","2020-01-02"]', '[,2020-01-01 00:00+05)', '(2020-01-01,2020-02-01]', NULL);
\if :v14
CREATE TABLE of_multiranges (id int PRIMARY KEY, i int4multirange, n nummultirange, t tstzmultirange, d datemultirange, a int4multirange[]);
INSERT INTO of_multiranges VALUES (1, '{}', '{}', '{}', '{}', '{}'), (2, NULL, NULL, NULL, NULL, NULL), (3, '{[1,2],[4,5),(10,)}', '{(,)}', '{[-infinity,infinity]}', '{empty}', '{"{}","{[1,2)}",NULL}');
\endif

-- Enums: labels that were added later sort between others.
CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TYPE mood ADD VALUE 'happy' BEFORE 'ok';
ALTER TYPE mood ADD VALUE 'it''s "odd", {NULL} \ ()' AFTER 'sad';
ALTER TYPE mood ADD VALUE 'é😀';
ALTER TYPE mood RENAME VALUE 'ok' TO '';
CREATE TYPE "Empty Enum" AS ENUM ();
CREATE TABLE of_enums (v mood, a mood[], e "Empty Enum");
INSERT INTO of_enums VALUES ('sad', '{}', NULL), ('', '{sad,NULL,""}', NULL), ('it''s "odd", {NULL} \ ()', ARRAY[['it''s "odd", {NULL} \ ()', 'é😀']]::mood[], NULL), (NULL, NULL, NULL);

-- Domains
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN small_positive AS positive CONSTRAINT small CHECK (VALUE < 100) DEFAULT 7;
CREATE DOMAIN not_null_text AS text NOT NULL DEFAULT '';
CREATE DOMAIN moods AS mood[] CHECK (cardinality(VALUE) < 5);
CREATE DOMAIN odd_text AS text COLLATE "C" CHECK (VALUE <> 'x');
ALTER DOMAIN positive ADD CONSTRAINT not_thirteen CHECK (VALUE <> 13) NOT VALID;
CREATE TABLE of_domains (id int PRIMARY KEY, p positive, s small_positive, n not_null_text, m moods, o odd_text, a positive[], sa small_positive[]);
INSERT INTO of_domains VALUES (1, 1, 99, '', '{}', '', '{}', '{}'), (2, NULL, NULL, 'x', NULL, NULL, NULL, NULL), (3, 2147483647, 1, '\N', '{happy,NULL}', 'é', '{1,NULL,3}', '{{1,2},{3,4}}');

-- Composites: nested, of user types, with dropped attributes
CREATE TYPE pair AS (x int, y text);
CREATE TYPE nested AS (p pair, ps pair[], m mood, d small_positive, n numeric(5,2), r int4range);
CREATE TYPE shrunk AS (a int, gone text, b text);
CREATE TABLE of_composites (id int PRIMARY KEY, p pair, ps pair[], n nested, ns nested[], s shrunk);
INSERT INTO of_composites VALUES (1, '(,)', '{}', '(,,,,,)', '{}', '(,,)'), (2, NULL, NULL, NULL, NULL, NULL),
  (3, ROW(1, 'a,b"(c)\'), ARRAY[ROW(1, NULL), NULL, ROW(NULL, '')]::pair[], ROW(ROW(1, 'x'), ARRAY[ROW(2, '"')]::pair[], 'happy', 5, 1.5, '[1,5)'), ARRAY[ROW(NULL, '{}', NULL, NULL, NULL, 'empty')]::nested[], ROW(1, 'gone', 'b'));
ALTER TYPE shrunk DROP ATTRIBUTE gone;
ALTER TYPE shrunk ADD ATTRIBUTE c int;
INSERT INTO of_composites (id, s) VALUES (4, ROW(2, 'after', 3));
CREATE DOMAIN pair_domain AS pair CHECK ((VALUE).x > 0);
CREATE TABLE a_table (a int, b text, c positive);
CREATE TABLE of_row_types (r a_table, rs a_table[], d pair_domain, ds pair_domain[]);
ALTER TABLE a_table ADD COLUMN d date;
INSERT INTO of_row_types VALUES (ROW(1, 'x', 5, '2020-01-01'), ARRAY[ROW(NULL, NULL, NULL, NULL)]::a_table[], ROW(1, ''), '{}'), (NULL, NULL, NULL, NULL);
ALTER TABLE a_table DROP COLUMN b;
INSERT INTO of_row_types VALUES (ROW(2, 6, 'infinity'), '{}', ROW(NULL, 'x'), ARRAY[ROW(1, '2')]::pair_domain[]);

-- Ranges of the user's own
CREATE TYPE float_range AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE text_range AS RANGE (subtype = text, collation = "C");
CREATE TYPE mood_range AS RANGE (subtype = mood);
CREATE TABLE of_user_ranges (f float_range, t text_range, m mood_range);
INSERT INTO of_user_ranges VALUES ('[-Infinity,NaN]', '["",a)', '[sad,"")'), ('empty', '(,)', '(,)'), (NULL, NULL, NULL),
  ('[0.1,0.2)', '["\"","\\\\")', '[sad,happy]');
-- These go as text, in which versions before 12 write other digits of most fractions than later ones.
CREATE TABLE of_arrays_of_user_ranges (fs float_range[], ms mood_range[]);
INSERT INTO of_arrays_of_user_ranges VALUES ('{empty,"[0.5,0.75)"}', '{"[happy,)",NULL}'), ('{}', '{}'), (NULL, NULL);
\if :v14
CREATE TYPE date_span AS RANGE (subtype = date, multirange_type_name = "many date spans");
CREATE TABLE of_user_multiranges (v "many date spans", m mood_multirange, a mood_multirange[], d date_span);
INSERT INTO of_user_multiranges VALUES ('{[2020-01-01,2020-01-05],[2021-01-01,)}', '{[sad,happy)}', '{"{}","{[sad,sad]}"}', '[2020-01-01,2020-01-01]'), ('{}', '{}', '{}', 'empty'), (NULL, NULL, NULL, NULL);
\endif

-- Base types: one without binary functions, one with
\if :superuser
CREATE TYPE text_only;
CREATE FUNCTION text_only_in(cstring) RETURNS text_only LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION text_only_out(text_only) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE text_only (INPUT = text_only_in, OUTPUT = text_only_out, LIKE = text);
CREATE TYPE both_forms;
CREATE FUNCTION both_forms_in(cstring) RETURNS both_forms LANGUAGE internal IMMUTABLE STRICT AS 'int8in';
CREATE FUNCTION both_forms_out(both_forms) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int8out';
CREATE FUNCTION both_forms_recv(internal) RETURNS both_forms LANGUAGE internal IMMUTABLE STRICT AS 'int8recv';
CREATE FUNCTION both_forms_send(both_forms) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int8send';
CREATE TYPE both_forms (INPUT = both_forms_in, OUTPUT = both_forms_out, RECEIVE = both_forms_recv, SEND = both_forms_send, LIKE = int8);
CREATE TABLE of_base_types (t text_only, ts text_only[], b both_forms, bs both_forms[]);
INSERT INTO of_base_types VALUES ('', '{}', '-9223372036854775808', '{}'), (E'\t\n\\N', '{"",NULL,"\\"}', '1', '{1,NULL}'), (NULL, NULL, NULL, NULL);
\endif

-- Names of objects: what is stored is an OID, and it is another one after a copy.
CREATE FUNCTION "odd fn"(int, mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 2 * $1';
CREATE FUNCTION twice(text) RETURNS text LANGUAGE sql AS 'SELECT $1 || $1';
CREATE OPERATOR <~> (leftarg = int, rightarg = int, procedure = int4pl);
CREATE OPERATOR <~> (leftarg = text, rightarg = text, procedure = textcat);
CREATE FUNCTION same_pair(pair, pair) RETURNS bool LANGUAGE sql AS 'SELECT $1.x = $2.x';
CREATE OPERATOR === (leftarg = pair, rightarg = pair, procedure = same_pair);
CREATE TEXT SEARCH CONFIGURATION "my config" (COPY = english);
CREATE TEXT SEARCH DICTIONARY my_dictionary (TEMPLATE = simple);
CREATE TABLE of_names (id int PRIMARY KEY, c regclass, p regproc, pr regprocedure, o regoper, opr regoperator, t regtype, r regrole, n regnamespace, cf regconfig, d regdictionary);
INSERT INTO of_names VALUES (1, 'of_names', 'types."odd fn"', 'types."odd fn"(int, types.mood)', 'types.===', 'types.===(types.pair, types.pair)', 'types.mood', 'fidelity_owner', 'types', 'types."my config"', 'types.my_dictionary'),
  (2, 'pg_class', 'now', 'now()', '||/', '+(int,int)', 'int[]', 'postgres', 'pg_catalog', 'english', 'simple'), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, '-', '-', '-', '0', '0', '-', '-', '-', '-', '-'), (5, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295),
  (6, 'information_schema.tables', 'pg_catalog.numeric_out', 'types.twice(text)', NULL, NULL, 'types.nested[]', NULL, 'information_schema', 'simple', 'english_stem');
-- A name that several functions have: printed with its schema, read with its arguments, and none of it in regproc
CREATE TABLE of_overloaded (pr regprocedure, opr regoperator);
INSERT INTO of_overloaded VALUES ('types.twice(int)', 'types.<~>(int, int)'), ('types.twice(text)', 'types.<~>(text, text)');
CREATE TABLE of_name_arrays (c regclass[], t regtype[], p regprocedure[]);
INSERT INTO of_name_arrays VALUES ('{types.of_names,NULL,pg_class}', '{types.mood,int,types.pair[]}', ARRAY['types."odd fn"(int, types.mood)'::regprocedure, 'now()']), ('{}', '{}', NULL);
CREATE DOMAIN table_name AS regclass;
CREATE TYPE with_name AS (t regtype, n int);
CREATE TABLE of_names_within (d table_name, c with_name, cs with_name[]);
INSERT INTO of_names_within VALUES ('types.of_names', ROW('types.mood', 1), ARRAY[ROW('types.pair', 2), ROW('int', NULL)]::with_name[]);
\if :v13
CREATE COLLATION my_collation (provider = libc, locale = 'C');
CREATE TABLE of_collations (v regcollation);
INSERT INTO of_collations VALUES ('types.my_collation'), ('"C"'), ('ucs_basic'), (NULL);
\endif
CREATE TABLE of_grants (v aclitem, a aclitem[]);
INSERT INTO of_grants VALUES ('fidelity_reader=r*w/fidelity_owner', '{=r/postgres,fidelity_group=arwdDxt/fidelity_owner}'), (NULL, '{}');
CREATE TABLE of_cursors (v refcursor);
INSERT INTO of_cursors VALUES (''), ('it''s a cursor'), (NULL);
