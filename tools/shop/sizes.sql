-- Each part of the filling starts with this: how much to make, and where its variety comes from.
set timezone = 'UTC';
set client_min_messages = warning;

select greatest(10, 100000 * :scale)::int as customers, greatest(10, 20000 * :scale)::int as products,
       greatest(10, 480000 * :scale)::int as orders, greatest(10, 50000 * :scale)::int as reviews,
       greatest(10, 6000 * :scale)::int as documents, greatest(10, 150000 * :scale)::int as events,
       greatest(10, 200 * :scale)::int as objects, greatest(3, 100 * :scale)::int as tenants \gset

-- Something from 0 to sides - 1, the same for the same row and die, however the statement is executed.
create function pg_temp.dice(row_number bigint, die int, sides int) returns int
  language sql immutable parallel safe
  as $$ select ((hashint8extended($1, $2) & 9223372036854775807) % $3)::int $$;
