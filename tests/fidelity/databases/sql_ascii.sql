-- For a database whose encoding is SQL_ASCII: bytes of no encoding, or of several at once.
SET client_encoding = 'SQL_ASCII';
CREATE TABLE mixed (id int, v text, j jsonb);
INSERT INTO mixed VALUES (1, E'latin1 \xe9', '"plain"'), (2, E'utf8 \xc3\xa9', NULL), (3, E'neither \xff\xfe\x80', NULL), (4, E'euc \xa4\xa2', NULL), (5, '', NULL);
INSERT INTO mixed SELECT 1000 + i, convert_from(decode(lpad(to_hex(i), 2, '0'), 'hex'), 'SQL_ASCII') FROM generate_series(1, 255) i;
SELECT format('CREATE TABLE %I (v int)', convert_from('\x6e616d655fe9ff', 'SQL_ASCII')) \gexec
SELECT format('COMMENT ON TABLE mixed IS %L', convert_from('\x636f6d6d656e7420e9', 'SQL_ASCII')) \gexec
CREATE TABLE defaults (v text DEFAULT E'\xe9', CHECK (v <> E'\xff'));
INSERT INTO defaults DEFAULT VALUES;
