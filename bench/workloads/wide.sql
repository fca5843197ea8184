-- One table of 16 columns and 3 million rows a scale, about 1 GB: the "firenibble" table of PeerDB's published
-- 1 TB run (https://clickhouse.com/blog/practical-postgres-migrations-at-scale-peerdb), strings of 32 characters.
\if :{?scale} \else \set scale 1 \endif
SELECT setseed(0.16);

CREATE TABLE firenibble (
  f0 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  f1 bigint, f2 bigint, f3 integer,
  f4 double precision, f5 double precision, f6 double precision, f7 double precision,
  f8 varchar, f9 varchar,
  f10 date, f11 date, f12 date,
  f13 varchar, f14 varchar, f15 varchar
);

INSERT INTO firenibble (f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15)
SELECT (r * 9e18)::bigint, i * 7919, (r * 2e9)::int,
       r, r * 1000, i / 7.0, sqrt(i),
       substr(hex, 1, 32), substr(hex, 33, 32),
       date '2000-01-01' + (i % 9000)::int, date '2000-01-01' + (r * 9000)::int, date '2020-01-01' + (i % 365)::int,
       substr(hex, 65, 32), substr(hex, 97, 32), md5(i::text)
FROM (SELECT i, random() AS r, encode(sha512(int8send(i)), 'hex') AS hex
      FROM generate_series(1, (3000000 * :scale)::bigint) AS i
      OFFSET 0) AS made;  -- OFFSET 0: hash once a row, not once a use
