-- Large objects: 40,000 of 1 to 8 kB and ten of 40 MB, and a table that names them; about 0.6 GB. Their bytes are noise,
-- so that they do not compress.
\if :{?scale} \else \set scale 1 \endif

CREATE TEMPORARY TABLE noise AS
SELECT string_agg(sha512(int4send(i)), '' ORDER BY i) AS bytes FROM generate_series(1, 16384) AS i;  -- 1 MiB
ALTER TABLE noise ALTER bytes SET STORAGE EXTERNAL;
UPDATE noise SET bytes = bytes || ''::bytea;

CREATE TABLE attachments (id int PRIMARY KEY, name text NOT NULL, content oid NOT NULL);
INSERT INTO attachments
SELECT i, 'scan-' || i || '.png', lo_from_bytea(100000 + i, substr(bytes, 1 + i * 37 % 1000000, 1024 + i * 61 % 7168))
FROM noise, generate_series(1, (40000 * :scale)::int) AS i;
INSERT INTO attachments
SELECT 1000000 + i, 'video-' || i || '.mp4',
       lo_from_bytea(2000000 + i, repeat_bytes)
FROM (SELECT i, (SELECT string_agg(substr(bytes, 1 + i * 101, 1000000), '') FROM noise, generate_series(1, 40)) AS repeat_bytes
      FROM generate_series(1, greatest(1, (10 * :scale)::int)) AS i) AS made;
