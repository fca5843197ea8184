-- Roles and tablespaces that the databases here want; both servers get them. They stay until the server goes.
-- Tests that share a server run this at the same time.
SELECT pg_advisory_lock(7041);
SET allow_in_place_tablespaces = on;
SELECT format('CREATE ROLE %I', wanted)
  FROM unnest(ARRAY['fidelity_owner', 'fidelity_reader', 'fidelity_group', E'fidelity "odd" ''role'' \\ 100%; é',
                    '--fidelity-option']) wanted
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) \gexec
GRANT fidelity_group TO fidelity_reader;
SELECT $$CREATE TABLESPACE fidelity_space LOCATION ''$$
 WHERE NOT EXISTS (SELECT FROM pg_tablespace WHERE spcname = 'fidelity_space') \gexec
SELECT pg_advisory_unlock(7041);
