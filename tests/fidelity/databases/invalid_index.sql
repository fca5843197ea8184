-- An index that a failed CREATE INDEX CONCURRENTLY left behind. pg_dump leaves it out.
CREATE TABLE not_unique (a int, b int);
INSERT INTO not_unique VALUES (1, 1), (1, 2);
\set ON_ERROR_STOP off
CREATE UNIQUE INDEX CONCURRENTLY invalid ON not_unique (a);
\set ON_ERROR_STOP on
CREATE INDEX valid ON not_unique (b);
