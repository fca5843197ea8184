-- A database with something of everything, of a size that takes some seconds to copy. :scale is 1 or more.
create schema shop;
create table shop.customers (
  id bigint generated always as identity primary key, name text not null, email text unique, born date);
insert into shop.customers (name, email, born)
  select 'customer ' || i, 'c' || i || '@example.com', date '1950-01-01' + i % 20000
  from generate_series(1, 4000 * :scale) i;
create table shop.orders (id bigint not null, customer bigint not null, day date not null, amount numeric(12, 2))
  partition by range (day);
select format('create table shop.orders_%1$s partition of shop.orders for values from (%2$L) to (%3$L)',
  to_char(month, 'YYYY_MM'), month::date, (month + interval '1 month')::date)
  from generate_series(timestamp '2026-01-01', timestamp '2026-03-01', interval '1 month') month \gexec
insert into shop.orders
  select i, 1 + i % (4000 * :scale), date '2026-01-01' + i % 90, i / 7.0 from generate_series(1, 15000 * :scale) i;
alter table shop.orders add primary key (id, day);
create index on shop.orders (customer, day desc);
alter table shop.orders add foreign key (customer) references shop.customers;
create table shop.events (id bigserial primary key, at timestamptz, what jsonb, note text);
insert into shop.events (at, what, note)
  select timestamptz '2026-01-01' + i * interval '1 minute', jsonb_build_object('n', i, 'odd', i % 2 = 1),
    repeat(md5(i::text), 1 + i % 12)
  from generate_series(1, 20000 * :scale) i;
delete from shop.events where id % 17 = 0;
create index events_by_time on shop.events using brin (at);
create index events_by_note on shop.events (left(note, 20));
create table shop.documents (id int primary key, body text, raw bytea);
insert into shop.documents
  select i, (select string_agg(md5((i * j)::text), '') from generate_series(1, 500) j), decode(md5(i::text), 'hex')
  from generate_series(1, 60 * :scale) i;
create type shop.mood as enum ('sad', 'meh', 'ok', 'happy', 'very');
create table shop.votes (mood shop.mood, id int, words text) partition by hash (mood);
select format('create table shop.votes_%1$s partition of shop.votes for values with (modulus 4, remainder %1$s)', i)
  from generate_series(0, 3) i \gexec
insert into shop.votes
  select (enum_range(null::shop.mood))[1 + i % 5], i, repeat(md5(i::text), 3) from generate_series(1, 8000 * :scale) i;
alter table shop.votes add primary key (mood, id);
create table shop.nothing (id int primary key, parent int references shop.nothing);
create table shop.log (id int, words text);
create function shop.logged() returns trigger language plpgsql as
  $$ begin insert into shop.log values (new.id, 'by trigger'); return new; end $$;
create trigger log_documents after insert or update on shop.documents for each row execute function shop.logged();
create materialized view shop.per_day as select day, count(*) as orders, sum(amount) as amount from shop.orders group by day;
create unique index on shop.per_day (day);
create materialized view shop.best as select max(amount) as amount from shop.per_day;
create view shop.young as select * from shop.customers where born > date '1990-01-01';
alter table shop.log enable row level security;
create policy all_of_it on shop.log using (true);
select setval('shop.events_id_seq', 1234567);
select format('create table tiny_%s (id int primary key, words text, unique (words))', i) from generate_series(1, 30) i \gexec
select format('insert into tiny_%1$s select i, %1$s || ''-'' || i from generate_series(1, 3) i', i)
  from generate_series(1, 30) i \gexec
select count(lo_from_bytea(20000 + i, decode(repeat(md5(i::text), case i % 10 when 0 then 30000 else i end), 'hex')))
  from generate_series(1, 15) i;
analyze;
