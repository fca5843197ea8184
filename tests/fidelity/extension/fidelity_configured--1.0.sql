CREATE TABLE users_own (k text PRIMARY KEY, v text);
SELECT pg_catalog.pg_extension_config_dump('users_own', '');
CREATE TABLE shared_with_users (k text PRIMARY KEY, v text, shipped bool NOT NULL DEFAULT false);
INSERT INTO shared_with_users VALUES ('shipped "one"', 'as it came', true), ('shipped two', 'as it came', true);
SELECT pg_catalog.pg_extension_config_dump('shared_with_users', 'WHERE NOT shipped');
CREATE SEQUENCE users_place;
SELECT pg_catalog.pg_extension_config_dump('users_place', '');
CREATE TABLE its_own (v text);
INSERT INTO its_own VALUES ('comes with CREATE EXTENSION');
-- Keys and a trigger, which stand when their rows come; what is referred to comes last by name.
CREATE TABLE nodes (id int PRIMARY KEY, parent int REFERENCES nodes);
INSERT INTO nodes VALUES (0, NULL);
SELECT pg_catalog.pg_extension_config_dump('nodes', 'WHERE id > 0');
CREATE TABLE links (id int PRIMARY KEY, a int NOT NULL REFERENCES nodes, b int NOT NULL REFERENCES nodes);
SELECT pg_catalog.pg_extension_config_dump('links', '');
CREATE FUNCTION guard_link() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF NOT EXISTS (SELECT FROM configured.nodes AS n WHERE n.id = new.a) THEN RAISE EXCEPTION 'node % is missing', new.a; END IF;
  RETURN new;
END $f$;
CREATE TRIGGER guard BEFORE INSERT ON links FOR EACH ROW EXECUTE FUNCTION guard_link();
-- Two that refer to each other
CREATE TABLE circle_a (id int PRIMARY KEY, b int);
CREATE TABLE circle_b (id int PRIMARY KEY, a int REFERENCES circle_a);
ALTER TABLE circle_a ADD FOREIGN KEY (b) REFERENCES circle_b;
SELECT pg_catalog.pg_extension_config_dump('circle_a', '');
SELECT pg_catalog.pg_extension_config_dump('circle_b', '');
-- What functions and types of extensions read
CREATE FUNCTION value_of(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT v FROM configured.users_own WHERE k = $1';
