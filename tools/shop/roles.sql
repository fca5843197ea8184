-- Roles belong to the server, not to the database: the target needs them as well.
select format('create role %I nologin', name)
from unnest(array['shop_app', 'shop_report']) as name
where name not in (select rolname from pg_roles) \gexec
