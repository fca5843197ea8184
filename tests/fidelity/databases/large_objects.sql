-- Large objects with owners, grants and comments; empty, sparse, large, many.
SELECT lo_from_bytea(100, ''), lo_from_bytea(101, '\x00'), lo_from_bytea(102, E'plain\\000bytes\\377'), lo_create(103), lo_create(4294967295), lo_create(2147483648);
SELECT lo_from_bytea(110, decode(repeat('00ff5c0a', 1000000), 'hex'));
SELECT lo_from_bytea(111, decode(string_agg(md5(i::text), ''), 'hex')) FROM generate_series(1, 100000) i;
-- Sizes about one page of 2,048 bytes
SELECT lo_from_bytea(120 + i, convert_to(repeat('x', 2048 + i), 'UTF8')) FROM generate_series(-1, 1) i;
-- A hole before, one between, and zeros written over
SELECT lo_create(130), lo_put(130, 1000000, 'far behind');
SELECT lo_from_bytea(131, '\x0102'), lo_put(131, 100000, '\x03'), lo_put(131, 50000, '\x04');
SELECT lo_from_bytea(132, convert_to(repeat('cut', 5000), 'UTF8'));
BEGIN;
SELECT lo_open(132, 131072 | 262144) AS descriptor \gset
SELECT lo_truncate(:descriptor, 3000);
COMMIT;
SELECT lo_from_bytea(200 + i, convert_to('small ' || i, 'UTF8')) FROM generate_series(1, 500) i;
SELECT lo_unlink(300);
ALTER LARGE OBJECT 102 OWNER TO fidelity_owner;
GRANT SELECT ON LARGE OBJECT 102 TO fidelity_reader, PUBLIC;
GRANT SELECT, UPDATE ON LARGE OBJECT 110 TO fidelity_group WITH GRANT OPTION;
\if :superuser
REVOKE ALL ON LARGE OBJECT 103 FROM CURRENT_USER;
\endif
ALTER LARGE OBJECT 201 OWNER TO fidelity_owner;
COMMENT ON LARGE OBJECT 101 IS 'one ''zero'' byte
on two lines \ é';
COMMENT ON LARGE OBJECT 4294967295 IS 'the last OID';
CREATE TABLE refers (o oid, what text);
INSERT INTO refers VALUES (4294967295, 'the last'), (110, 'the large one');
