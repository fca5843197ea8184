-- Tables that go as text, with numbers of which versions before 12 write more digits than those since.
SET extra_float_digits = 3;
CREATE EXTENSION cube;
CREATE TYPE float_range AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE measured AS (v float8, note text);
CREATE TYPE both_sizes AS (v float8, w float4);
CREATE TABLE of_ranges (c regclass, v float_range[], w float8, x float4, p point, t text);
INSERT INTO of_ranges VALUES ('of_ranges', '{"[0.1,0.3)"}', 0.1, 0.1, '(0.1,-0.2)', '0.10000000000000001'),
  ('pg_class', '{empty}', 5e-324, 1e-45, '(1e300,0.7)', E'1.50\t1'), (NULL, NULL, 'NaN', '-Infinity', NULL, NULL);
INSERT INTO of_ranges SELECT 'pg_class', NULL, random() * i, random() * i, point(random(), i / 3.0), NULL FROM generate_series(1, 1000) i;
CREATE TABLE of_cube (v cube, vs cube[]);
INSERT INTO of_cube VALUES ('(0.1,0.2),(0.3,0.4)', '{"(0.1)"}');
CREATE TABLE of_composites (v measured[], c regclass);
INSERT INTO of_composites VALUES (ARRAY[ROW(0.1, '1.50')]::measured[], NULL);
CREATE TABLE of_both_sizes (v both_sizes, c regclass);
INSERT INTO of_both_sizes VALUES (ROW(0.1, 0.1), NULL), (NULL, NULL);
