\ir sizes.sql

-- Two years of orders, the first of them before and the last of them after what has a partition of its own.
create function pg_temp.placed_at(order_id bigint, orders int) returns timestamptz
  language sql immutable parallel safe
  as $$ select timestamptz '2023-12-31 12:00Z' + interval '63180000 seconds' * ($1::float8 / $2) $$;

insert into shop.orders (id, placed_at, customer_id, status, shipping_cost, tracking_code)
select o, pg_temp.placed_at(o, :orders), 1 + pg_temp.dice(o, 1, :customers),
       case when o < :orders * 0.97
         then (array['delivered', 'delivered', 'delivered', 'returned']::shop.order_status[])[1 + pg_temp.dice(o, 2, 4)]
         else (array['placed', 'paid', 'packed', 'shipped']::shop.order_status[])[1 + pg_temp.dice(o, 2, 4)] end,
       pg_temp.dice(o, 3, 1500) * 0.01,
       case when pg_temp.dice(o, 4, 10) > 0 then 'PX' || to_hex(hashint8extended(o, 5)) end
from generate_series(1::bigint, :orders) as o;

insert into shop.order_items (order_id, placed_at, line, product_id, quantity, unit_price)
select o, pg_temp.placed_at(o, :orders), line, 1 + pg_temp.dice(o * 8 + line, 6, :products),
       1 + pg_temp.dice(o * 8 + line, 7, 4), (95 + pg_temp.dice(o * 8 + line, 8, 20000)) * 0.01
from generate_series(1::bigint, :orders) as o, generate_series(1, 5) as line
where line <= 1 + pg_temp.dice(o, 9, 5);

select setval(pg_get_serial_sequence('shop.orders', 'id'), :orders);
select nextval('shop.invoice_numbers') from generate_series(1, 777);
