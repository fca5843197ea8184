\ir sizes.sql
\ir sentences.sql

insert into shop.customers (id, email, name, home, born, newsletter, locale, created_at, preferences)
select c, format('%s.%s.%s@example.com', lower(first), lower(last), c), first || ' ' || last,
       row(street, (1 + pg_temp.dice(c, 13, 180))::text, (10000 + pg_temp.dice(c, 14, 89999))::text, city, 'DE')::shop.address,
       case when pg_temp.dice(c, 15, 3) > 0 then date '1945-01-01' + pg_temp.dice(c, 16, 23000) end,
       pg_temp.dice(c, 17, 4) = 0, (array['en', 'de', 'fr', 'pl'])[1 + pg_temp.dice(c, 18, 4)],
       timestamptz '2019-01-01Z' + interval '1 minute' * (c * 21),
       case when pg_temp.dice(c, 19, 3) = 0
         then jsonb_build_object('theme', 'dark', 'per_page', 20 + pg_temp.dice(c, 20, 80), 'last_seen', md5(c::text))
         else '{}' end
from generate_series(1::bigint, :customers) as c
cross join lateral (select
  (array['Ada', 'Björn', 'Chloé', 'Dilek', 'Emil', 'Fatima', 'Grażyna', 'Hans', 'Ines', 'Jan'])[1 + pg_temp.dice(c, 11, 10)],
  (array['Müller', 'Nowak', 'Öztürk', 'Peeters', 'Quist', 'Rossi', 'Sørensen', 'Tremblay'])[1 + pg_temp.dice(c, 12, 8)],
  (array['Hauptstraße', 'Gartenweg', 'Am Markt', 'Lindenallee'])[1 + pg_temp.dice(c, 21, 4)],
  (array['Bremen', 'Köln', 'Jena', 'Rostock', 'Ulm'])[1 + pg_temp.dice(c, 22, 5)]) as name (first, last, street, city);

insert into shop.categories (id, parent_id, name)
select c, case when c > 8 then 1 + pg_temp.dice(c, 31, c - 1) end, 'Category ' || c from generate_series(1, 60) as c;

insert into shop.products (id, sku, category_id, name, price, weight_kg, tags, attributes, thumbnail)
overriding system value
select p, md5('sku ' || p)::uuid, 1 + pg_temp.dice(p, 41, 60), rtrim(sentence.text, '.') || ' ' || p,
       (95 + pg_temp.dice(p, 42, 20000)) * 0.01, pg_temp.dice(p, 43, 900) / 31.0,
       (array['new', 'sale', 'eco', 'gift', 'outdoor'])[1 + pg_temp.dice(p, 44, 3) : 1 + pg_temp.dice(p, 45, 5)],
       jsonb_build_object('colour', (array['red', 'green', null, 'blue'])[1 + pg_temp.dice(p, 46, 4)], 'size_mm',
         jsonb_build_array(pg_temp.dice(p, 47, 900), pg_temp.dice(p, 48, 900)), 'ean', hashint8extended(p, 49)),
       case when p % 20 = 0
         then (select string_agg(sha512(int8send(p * 100 + block)), '') from generate_series(1, 50) as block) end
from generate_series(1::bigint, :products) as p join sentence on sentence.id = 1 + p % 5000;

insert into shop.promotions
select 'SALE-' || p, daterange(date '2024-01-01' + p * 10, date '2024-01-08' + p * 10), (50 + p) * 0.001
from generate_series(1, 60) as p;

insert into shop."Gift cards" select md5('card ' || c), c * 5, 'Chloé "CJ"' from generate_series(1, 100) as c;

insert into shop.reviews (id, product_id, customer_id, stars, body, written_at)
select r, 1 + pg_temp.dice(r, 51, :products), 1 + pg_temp.dice(r, 52, :customers), 1 + pg_temp.dice(r, 53, 5),
       a.text || ' ' || b.text || ' ' || c.text || ' ' || d.text, timestamptz '2024-01-02Z' + interval '17 minutes' * r
from generate_series(1::bigint, :reviews) as r
join sentence a on a.id = 1 + pg_temp.dice(r, 54, 5000) join sentence b on b.id = 1 + pg_temp.dice(r, 55, 5000)
join sentence c on c.id = 1 + pg_temp.dice(r, 56, 5000) join sentence d on d.id = 1 + pg_temp.dice(r, 57, 5000);

insert into shop.payments (order_id, placed_at, method, amount, paid_at)
select o, placed_at, (array['card', 'invoice', 'transfer', 'voucher'])[1 + pg_temp.dice(o, 61, 4)],
       (500 + pg_temp.dice(o, 62, 50000)) * 0.01, placed_at + interval '1 hour' * pg_temp.dice(o, 63, 72)
from generate_series(1::bigint, :orders) as o,
     lateral (select timestamptz '2023-12-31 12:00Z' + interval '63180000 seconds' * (o::float8 / :orders)) as at (placed_at)
where pg_temp.dice(o, 64, 8) > 0;

insert into crm.notes (customer_id, agent, note)
select 1 + pg_temp.dice(n, 71, :customers), (array['ines', 'jan'])[1 + n % 2], sentence.text
from generate_series(1::bigint, :products) as n join sentence on sentence.id = 1 + n % 5000;

insert into audit.events (happened, client, action, details)
select timestamptz '2025-06-01Z' + interval '41 seconds' * e,
       inet '10.0.0.0' + pg_temp.dice(e, 81, 1 << 24), (array['login', 'view', 'change', 'logout'])[1 + e % 4],
       case when e % 4 > 0 then jsonb_build_object('customer', pg_temp.dice(e, 82, :customers), 'session', md5(e::text),
         'agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:' || pg_temp.dice(e, 83, 140) || ') Gecko') end
from generate_series(1::bigint, :events) as e;

select setval(pg_get_serial_sequence('shop.customers', 'id'), :customers),
       setval(pg_get_serial_sequence('shop.categories', 'id'), 60),
       setval(pg_get_serial_sequence('shop.products', 'id'), :products),
       setval(pg_get_serial_sequence('shop.reviews', 'id'), :reviews);
