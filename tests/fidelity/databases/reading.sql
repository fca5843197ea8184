-- What is computed on the target out of tables other than its own: each needs rows, or a key, that must be there
-- before. What reads comes first by name, what is read last.
CREATE SCHEMA reading;
SET search_path = reading, public;

CREATE TABLE zz_rates (code text, factor numeric NOT NULL);
INSERT INTO zz_rates SELECT 'c' || i, i FROM generate_series(0, 99) i;
-- Not in SQL: that would be planned, and so looked for its table, when a table is made that calls it.
CREATE FUNCTION rate(text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS
  'BEGIN RETURN (SELECT factor FROM reading.zz_rates WHERE code = $1); END';
CREATE FUNCTION same_rate(text, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT reading.rate($1) = reading.rate($2)';
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = same_rate);

-- Indexes: by an expression, by a predicate, through an operator; of a partition; of a constraint
CREATE TABLE aa_orders (id int, code text, amount numeric, v text);
INSERT INTO aa_orders SELECT i, 'c' || (i % 100), 2, repeat(md5(i::text), 10) FROM generate_series(1, 20000) i;
CREATE INDEX by_value ON aa_orders ((amount * rate(code)), v);
CREATE INDEX only_dear ON aa_orders (id) WHERE rate(code) > 10;
CREATE INDEX like_ten ON aa_orders (id) WHERE code === 'c10';
CREATE TABLE aa_parts (id int, code text) PARTITION BY RANGE (id);
CREATE TABLE aa_part PARTITION OF aa_parts FOR VALUES FROM (0) TO (10000);
INSERT INTO aa_parts SELECT i, 'c' || (i % 100) FROM generate_series(1, 5000) i;
CREATE INDEX by_rate ON aa_parts (rate(code));
CREATE TABLE aa_excluding (code text, EXCLUDE USING btree ((rate(code)) WITH =));
INSERT INTO aa_excluding SELECT code FROM zz_rates;
CREATE TABLE o1 AS SELECT i, md5(i::text) AS a FROM generate_series(1, 60000) i;
CREATE INDEX ON o1 (a);
CREATE TABLE o2 AS SELECT i, md5(i::text) AS a FROM generate_series(1, 60000) i;
CREATE INDEX ON o2 (a);

-- Checks of tables and of domains, generated columns, partition keys
CREATE TABLE aa_checked (code text CHECK (rate(code) IS NOT NULL));
INSERT INTO aa_checked SELECT code FROM zz_rates;
-- It reads a table that comes late itself.
CREATE FUNCTION is_checked(text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS
  'BEGIN RETURN EXISTS (SELECT FROM reading.aa_checked WHERE code = $1); END';
CREATE TABLE a_first (code text CHECK (is_checked(code)), padding text);
INSERT INTO a_first SELECT code, repeat('x', 1000) FROM zz_rates;
CREATE DOMAIN known_code AS text CHECK (rate(VALUE) IS NOT NULL);
CREATE TYPE with_code AS (n int, code known_code);
CREATE TABLE aa_in_domain (code known_code, codes known_code[], whole with_code);
INSERT INTO aa_in_domain SELECT code, ARRAY[code], ROW(1, code)::with_code FROM zz_rates;
CREATE TABLE aa_by_rate (code text) PARTITION BY LIST ((rate(code)));
CREATE TABLE aa_by_rate_1 PARTITION OF aa_by_rate FOR VALUES IN (1);
INSERT INTO aa_by_rate VALUES ('c1');
\if :v12
CREATE TABLE aa_generated (id int, code text, factor numeric GENERATED ALWAYS AS (rate(code)) STORED);
INSERT INTO aa_generated SELECT i, 'c' || (i % 100) FROM generate_series(1, 5000) i;
\endif

-- Materialized views that read others through a text, or in a function's body
CREATE MATERIALIZED VIEW zz_words AS SELECT to_tsvector('simple', code || ' word') AS words FROM zz_rates;
CREATE MATERIALIZED VIEW aa_statistics AS SELECT * FROM ts_stat('SELECT words FROM reading.zz_words');
CREATE FUNCTION counted_words() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM reading.aa_statistics';
CREATE MATERIALIZED VIEW aa_count AS SELECT counted_words() AS words;

-- Grouped by a primary key, which has to stand first: parsed bodies, and views
CREATE TABLE p (id int PRIMARY KEY, name text);
INSERT INTO p SELECT i, 'name ' || i FROM generate_series(1, 1000) i;
CREATE VIEW grouped AS SELECT id, name FROM p GROUP BY id;
CREATE MATERIALIZED VIEW stored AS SELECT * FROM grouped;
CREATE UNIQUE INDEX ON stored (id);
\if :v14
CREATE FUNCTION per_p() RETURNS bigint IMMUTABLE BEGIN ATOMIC SELECT count(*) FROM (SELECT id, name FROM p GROUP BY id) x; END;
CREATE TABLE by_default (id int PRIMARY KEY REFERENCES p, a bigint DEFAULT per_p());
INSERT INTO by_default SELECT id FROM p;
CREATE DOMAIN below_p AS bigint CHECK (VALUE <= per_p());
CREATE TABLE aa_below (a below_p CHECK (a <= per_p()));
INSERT INTO aa_below VALUES (1), (1000);
CREATE INDEX ON aa_below ((a * per_p()));
CREATE FUNCTION first_of(grouped) RETURNS int IMMUTABLE BEGIN ATOMIC SELECT ($1).id; END;
CREATE TABLE of_view (g grouped, id int GENERATED ALWAYS AS (first_of(g)) STORED);
INSERT INTO of_view SELECT g FROM grouped g WHERE id < 10;
\endif
