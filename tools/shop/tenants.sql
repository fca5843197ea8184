-- Shops of other people on the same platform: a schema each, with three small tables.
\ir sizes.sql
begin;
select format($$
  create schema tenant_%1$s;
  create table tenant_%1$s.users (id int primary key, login text not null, settings jsonb);
  create unique index on tenant_%1$s.users (login);
  create table tenant_%1$s.tickets (id int primary key, user_id int references tenant_%1$s.users, opened date, title text);
  create index on tenant_%1$s.tickets (opened);
  create table tenant_%1$s.settings (name text primary key, value text, changed timestamptz);
  create index on tenant_%1$s.settings (changed);
  insert into tenant_%1$s.users
    select u, 'user' || u, jsonb_build_object('theme', u %% 3) from generate_series(1, %2$s) as u;
  insert into tenant_%1$s.tickets
    select t, 1 + t %% %2$s, date '2025-01-01' + t, 'Ticket ' || md5(t::text) from generate_series(1, 2 * %2$s) as t;
  insert into tenant_%1$s.settings
    select 'setting.' || s, md5(s::text), timestamptz '2025-01-01Z' + interval '1 hour' * s from generate_series(1, 50) as s;
  $$, to_char(tenant, 'FM000'), 50 + pg_temp.dice(tenant, 121, 50))
from generate_series(1, :tenants) as tenant \gexec
commit;
