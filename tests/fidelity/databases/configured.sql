-- The extension of ../extension, with what users put into its tables.
CREATE SCHEMA configured;
CREATE EXTENSION fidelity_configured SCHEMA configured;
INSERT INTO configured.users_own SELECT 'key ' || i, 'value ' || i FROM generate_series(1, 100) i;
INSERT INTO configured.shared_with_users VALUES ('ours', 'is copied'), ('ours as well', NULL);
SELECT setval('configured.users_place', 42);
CREATE TABLE refers (k text REFERENCES configured.users_own);
INSERT INTO refers VALUES ('key 1');

INSERT INTO configured.nodes SELECT i, i - 1 FROM generate_series(1, 20000) i;
INSERT INTO configured.links SELECT i, i, 20001 - i FROM generate_series(1, 20000) i;
INSERT INTO configured.circle_a SELECT i FROM generate_series(1, 10) i;
INSERT INTO configured.circle_b SELECT i, 11 - i FROM generate_series(1, 10) i;
UPDATE configured.circle_a SET b = 11 - id;
CREATE TABLE a_checked (k text CHECK (configured.value_of(k) IS NOT NULL));
INSERT INTO a_checked VALUES ('key 1'), ('key 100');
CREATE INDEX ON a_checked (configured.value_of(k));
