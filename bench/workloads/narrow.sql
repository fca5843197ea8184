-- The four tables of pgbench at its scale 50, and a history of 2 million rows: short rows, integer keys; about 0.8 GB.
\if :{?scale} \else \set scale 1 \endif
SELECT setseed(0.4);

CREATE TABLE pgbench_branches (bid int NOT NULL, bbalance int, filler char(88)) WITH (fillfactor = 100);
CREATE TABLE pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84)) WITH (fillfactor = 100);
CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84)) WITH (fillfactor = 100);
CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));

SELECT greatest(1, round(50 * :scale))::int AS branches \gset
INSERT INTO pgbench_branches SELECT i, 0, '' FROM generate_series(1, :branches) AS i;
INSERT INTO pgbench_tellers SELECT i, (i - 1) / 10 + 1, 0, '' FROM generate_series(1, :branches * 10) AS i;
INSERT INTO pgbench_accounts SELECT i, (i - 1) / 100000 + 1, 0, '' FROM generate_series(1, :branches * 100000) AS i;
INSERT INTO pgbench_history
SELECT 1 + random() * (:branches * 10 - 1), 1 + random() * (:branches - 1), 1 + random() * (:branches * 100000 - 1),
       random() * 10000 - 5000, timestamp '2026-01-01' + i * interval '1 second'
FROM generate_series(1, (2000000 * :scale)::int) AS i;

ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid);
ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid);
ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid);
