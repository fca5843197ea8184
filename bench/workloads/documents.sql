-- JSON documents of about 8 kB, so that nearly every one is compressed and moved out of line: what TOAST costs.
-- 100,000 of them a scale, about 0.5 GB on disk and 0.8 GB as text.
\if :{?scale} \else \set scale 1 \endif

CREATE TABLE documents (
  id bigint PRIMARY KEY,
  owner integer NOT NULL,
  created timestamptz NOT NULL,
  body jsonb NOT NULL
);

-- 2,000 lines to draw from: half of each is noise, half repeats, as in real orders and logs.
CREATE TEMPORARY TABLE lines AS
SELECT n, jsonb_build_object(
  'sku', md5('sku' || n), 'quantity', n % 17, 'price', round((n * 37 % 10000) / 100.0, 2), 'in_stock', n % 3 = 0,
  'note', 'delivered to the front door, signed by ' || left(md5('name' || n), 12)) AS line
FROM generate_series(0, 1999) AS n;
-- and 500 runs of fifty of them, so that a document costs one look-up
CREATE TEMPORARY TABLE runs AS
SELECT r, jsonb_agg(line ORDER BY step) AS lines
FROM generate_series(0, 499) AS r, generate_series(0, 49) AS step, lines
WHERE n = (r * 4 + step * 7) % 2000
GROUP BY r;
CREATE UNIQUE INDEX ON runs (r);
ANALYZE runs;

INSERT INTO documents
SELECT i, i % 5000, timestamptz '2026-01-01 00:00:00Z' + i * interval '1 minute',
       jsonb_build_object('id', i, 'kind', (ARRAY['order', 'invoice', 'refund'])[1 + i % 3], 'trace', md5(i::text),
                          'customer', jsonb_build_object('name', md5('c' || i % 5000), 'vip', i % 50 = 0),
                          'lines', lines)
FROM generate_series(1, (100000 * :scale)::int) AS i
JOIN runs ON runs.r = i % 500;

CREATE INDEX documents_owner_created ON documents (owner, created);
CREATE INDEX documents_kind ON documents ((body ->> 'kind'));
