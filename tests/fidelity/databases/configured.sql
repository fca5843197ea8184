-- The extension of ../extension, with what users put into its tables.
CREATE SCHEMA configured;
CREATE EXTENSION fidelity_configured SCHEMA configured;
INSERT INTO configured.users_own SELECT 'key ' || i, 'value ' || i FROM generate_series(1, 100) i;
INSERT INTO configured.shared_with_users VALUES ('ours', 'is copied'), ('ours as well', NULL);
SELECT setval('configured.users_place', 42);
CREATE TABLE refers (k text REFERENCES configured.users_own);
INSERT INTO refers VALUES ('key 1');
