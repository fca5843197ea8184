CREATE TABLE users_own (k text PRIMARY KEY, v text);
SELECT pg_catalog.pg_extension_config_dump('users_own', '');
CREATE TABLE shared_with_users (k text PRIMARY KEY, v text, shipped bool NOT NULL DEFAULT false);
INSERT INTO shared_with_users VALUES ('shipped "one"', 'as it came', true), ('shipped two', 'as it came', true);
SELECT pg_catalog.pg_extension_config_dump('shared_with_users', 'WHERE NOT shipped');
CREATE SEQUENCE users_place;
SELECT pg_catalog.pg_extension_config_dump('users_place', '');
CREATE TABLE its_own (v text);
INSERT INTO its_own VALUES ('comes with CREATE EXTENSION');
