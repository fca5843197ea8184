-- A database whose schema public was dropped.
DROP SCHEMA public;
CREATE SCHEMA app;
CREATE EXTENSION citext SCHEMA app;
CREATE TABLE app.t (id int PRIMARY KEY, v app.citext);
INSERT INTO app.t VALUES (1, 'X');
