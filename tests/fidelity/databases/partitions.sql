-- Partition trees and inheritance.
CREATE SCHEMA partitions;
SET search_path = partitions, public;

-- Three levels, default partitions, partitions whose columns lie in another order or have holes
CREATE TABLE orders (id bigint NOT NULL, placed date NOT NULL, region text, total numeric(10,2)) PARTITION BY RANGE (placed);
CREATE TABLE orders_2020 PARTITION OF orders FOR VALUES FROM (MINVALUE) TO ('2021-01-01');
CREATE TABLE orders_2021 PARTITION OF orders FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY RANGE (placed);
CREATE TABLE orders_2021_a PARTITION OF orders_2021 FOR VALUES FROM ('2021-01-01') TO ('2021-06-01') PARTITION BY HASH (id);
CREATE TABLE orders_2021_a_0 PARTITION OF orders_2021_a FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE orders_2021_a_1 PARTITION OF orders_2021_a FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE orders_2021_a_2 PARTITION OF orders_2021_a FOR VALUES WITH (MODULUS 3, REMAINDER 2);
CREATE TABLE orders_2021_b PARTITION OF orders_2021 FOR VALUES FROM ('2021-06-01') TO ('2021-08-01');
CREATE TABLE orders_2021_rest PARTITION OF orders_2021 DEFAULT;
CREATE TABLE other_order (total numeric(10,2), gone int, region text, id bigint NOT NULL, placed date NOT NULL);
ALTER TABLE other_order DROP gone;
ALTER TABLE orders ATTACH PARTITION other_order FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
ALTER TABLE orders ADD note text DEFAULT 'none';
INSERT INTO orders SELECT i, '2019-06-01'::date + i % 2000, (ARRAY['eu', 'uk', 'us', NULL])[i % 4 + 1], i * 1.5 FROM generate_series(1, 5000) i;

-- Keys and indexes: some of the whole tree, one attached by hand, one on the parent only, so that it is not valid
ALTER TABLE orders ADD PRIMARY KEY (id, placed);
CREATE INDEX orders_total ON orders (total DESC NULLS LAST);
CREATE INDEX not_everywhere ON ONLY orders (region);
CREATE INDEX own_name_2020 ON orders_2020 (region);
ALTER INDEX not_everywhere ATTACH PARTITION own_name_2020;
CREATE INDEX only_here ON orders_2020 (note) WHERE total > 100;
CREATE UNIQUE INDEX unique_leaf ON orders_2021_a_0 (id);
COMMENT ON INDEX orders_2020_total_idx IS 'of a partition';
ALTER TABLE orders_2020 CLUSTER ON orders_2020_total_idx;
ALTER TABLE orders_2020 REPLICA IDENTITY USING INDEX orders_2020_pkey;
ALTER TABLE orders_2020 ALTER note SET DEFAULT 'of 2020', ADD CONSTRAINT local_check CHECK (id > 0);
ALTER TABLE orders_2020 ALTER region SET STATISTICS 500;

-- By expression, with another operator class and collation; detached; empty; a partition in another schema
CREATE TABLE by_expression (v text COLLATE "C", n int) PARTITION BY RANGE (lower(v) COLLATE "POSIX" text_ops, (n % 10), n);
CREATE TABLE by_expression_1 PARTITION OF by_expression FOR VALUES FROM ('a', MINVALUE, MINVALUE) TO ('m', MINVALUE, MINVALUE);
CREATE TABLE public."by expression; 2" PARTITION OF by_expression FOR VALUES FROM ('m', MINVALUE, MINVALUE) TO (MAXVALUE, MAXVALUE, MAXVALUE);
INSERT INTO by_expression VALUES ('Abc', 5), ('zzz', -3);
CREATE TABLE by_list (v text, n int) PARTITION BY LIST (v);
CREATE TABLE by_list_none PARTITION OF by_list FOR VALUES IN (NULL);
CREATE TABLE by_list_odd PARTITION OF by_list FOR VALUES IN ('', 'it''s', 'a,b', E'new\nline') PARTITION BY LIST (n);
CREATE TABLE by_list_odd_1 PARTITION OF by_list_odd FOR VALUES IN (1, NULL);
INSERT INTO by_list VALUES (NULL, 1), ('', NULL), (E'new\nline', 1);
CREATE TABLE no_partitions (a int) PARTITION BY HASH (a);
CREATE TABLE detached (id bigint, placed date, region text, total numeric(10,2), note text DEFAULT 'none');
INSERT INTO detached VALUES (1, '2000-01-01', 'x', 1, 'was never attached');

-- Foreign keys from and to partitioned tables; triggers on the parent, disabled on one partition
\if :v12
CREATE TABLE order_lines (order_id bigint, placed date, line int, FOREIGN KEY (order_id, placed) REFERENCES orders ON DELETE CASCADE);
INSERT INTO order_lines SELECT id, placed, 1 FROM orders LIMIT 100;
CREATE TABLE parted_lines (order_id bigint, placed date, line int) PARTITION BY LIST (line);
CREATE TABLE parted_lines_1 PARTITION OF parted_lines FOR VALUES IN (1, 2);
CREATE TABLE parted_lines_rest PARTITION OF parted_lines DEFAULT;
ALTER TABLE parted_lines ADD CONSTRAINT to_orders FOREIGN KEY (order_id, placed) REFERENCES orders DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE parted_lines_1 ADD CONSTRAINT own_key FOREIGN KEY (order_id, placed) REFERENCES orders NOT VALID;
INSERT INTO parted_lines SELECT id, placed, id % 4 FROM orders LIMIT 50;
\endif
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'a trigger fired'; END$$;
CREATE TRIGGER never AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION refuse();
ALTER TABLE orders_rest DISABLE TRIGGER never;
ALTER TABLE orders_2020 ENABLE ALWAYS TRIGGER never;

-- Identity and serial on a tree
CREATE TABLE numbered (id serial, k int) PARTITION BY LIST (k);
CREATE TABLE numbered_1 PARTITION OF numbered FOR VALUES IN (1);
CREATE TABLE numbered_2 PARTITION OF numbered (id DEFAULT 5) FOR VALUES IN (2);
INSERT INTO numbered (k) VALUES (1), (2), (1);
INSERT INTO numbered_2 (k) VALUES (2);
\if :v12
CREATE TABLE generating (a int, b int GENERATED ALWAYS AS (a + 1) STORED) PARTITION BY RANGE (a);
CREATE TABLE generating_1 PARTITION OF generating FOR VALUES FROM (0) TO (10);
INSERT INTO generating VALUES (1), (9);
\endif
\if :v17
CREATE TABLE with_identity (id int GENERATED ALWAYS AS IDENTITY, k int) PARTITION BY LIST (k);
CREATE TABLE with_identity_1 PARTITION OF with_identity FOR VALUES IN (1);
INSERT INTO with_identity (k) VALUES (1), (1);
\endif

-- Inheritance: several parents, columns merged, local or not, NO INHERIT, rows in every table of a tree
CREATE TABLE animal (name text NOT NULL, legs int DEFAULT 4 CHECK (legs >= 0), CONSTRAINT here_only CHECK (name <> '') NO INHERIT);
CREATE TABLE owned (owner text, name text);
CREATE TABLE dog (breed text, legs int DEFAULT 3) INHERITS (animal, owned);
CREATE TABLE puppy (age int) INHERITS (dog);
ALTER TABLE animal ADD weight numeric;
ALTER TABLE dog ALTER weight SET DEFAULT 10, DROP COLUMN breed;
CREATE TABLE adopted (legs int DEFAULT 2, extra int, name text NOT NULL, weight numeric, CONSTRAINT animal_legs_check CHECK (legs >= 0));
ALTER TABLE adopted INHERIT animal;
INSERT INTO animal VALUES ('generic', 4, 1.5);
INSERT INTO dog (name, owner) VALUES ('rex', 'me'), ('fido', NULL);
INSERT INTO puppy VALUES ('small', 4, 'you', 1);
INSERT INTO adopted VALUES (2, 1, 'bird', 0.1);

-- Typed tables
CREATE TYPE person AS (name text, born date);
CREATE TABLE people OF person (name WITH OPTIONS NOT NULL PRIMARY KEY, born DEFAULT '2000-01-01');
INSERT INTO people VALUES ('a', NULL), ('b', 'infinity');
CREATE TABLE people_by_year OF person PARTITION BY RANGE (born);

-- Hashes of the target are others: an enum's is that of its label's OID, a name of a table's that of the table's OID.
-- A partition with another order of columns and with holes, one of several levels, identity and generated columns,
-- keys, a foreign key, a trigger on the parent that must not see the rows
\if :v12
CREATE TYPE mood AS ENUM ('sad', 'meh', 'ok', 'happy', 'very');
CREATE TABLE by_mood (m mood, v int GENERATED BY DEFAULT AS IDENTITY, doubled int GENERATED ALWAYS AS (n * 2) STORED, n int)
  PARTITION BY HASH (m);
CREATE TABLE by_mood_0 PARTITION OF by_mood FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE by_mood_1 PARTITION OF by_mood FOR VALUES WITH (MODULUS 4, REMAINDER 1) PARTITION BY RANGE (n);
CREATE TABLE by_mood_1_low PARTITION OF by_mood_1 FOR VALUES FROM (MINVALUE) TO (300);
CREATE TABLE by_mood_1_high PARTITION OF by_mood_1 FOR VALUES FROM (300) TO (MAXVALUE);
CREATE TABLE by_mood_2 PARTITION OF by_mood FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE by_mood_3 (gone text, n int, v int NOT NULL, m mood, doubled int GENERATED ALWAYS AS (n * 2) STORED);
ALTER TABLE by_mood_3 DROP gone;
ALTER TABLE by_mood ATTACH PARTITION by_mood_3 FOR VALUES WITH (MODULUS 4, REMAINDER 3);
INSERT INTO by_mood (m, n) SELECT (ARRAY['sad', 'meh', 'ok', 'happy', 'very', NULL])[i % 6 + 1]::mood, i FROM generate_series(1, 600) i;
CREATE INDEX ON by_mood (n DESC);
CREATE UNIQUE INDEX by_mood_unique ON by_mood (m, v, n);
CREATE TABLE of_moods (m mood, v int, n int, FOREIGN KEY (m, v, n) REFERENCES by_mood (m, v, n));
INSERT INTO of_moods SELECT m, v, n FROM by_mood WHERE m IS NOT NULL LIMIT 100;
CREATE FUNCTION no_more_moods() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'closed'; END $$;
CREATE TRIGGER closed AFTER INSERT ON by_mood FOR EACH ROW EXECUTE FUNCTION no_more_moods();
CREATE TABLE by_day_and_mood (r int, m mood[]) PARTITION BY RANGE (r);
CREATE TABLE by_day_and_mood_lo PARTITION OF by_day_and_mood FOR VALUES FROM (0) TO (100) PARTITION BY HASH (m);
CREATE TABLE by_day_and_mood_lo_0 PARTITION OF by_day_and_mood_lo FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_day_and_mood_lo_1 PARTITION OF by_day_and_mood_lo FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE by_day_and_mood_hi PARTITION OF by_day_and_mood DEFAULT;
INSERT INTO by_day_and_mood SELECT i % 150, ARRAY[x, 'ok'] FROM generate_series(1, 100) i, unnest(enum_range(NULL::mood)) x;
\endif
