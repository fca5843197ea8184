-- What to look at on both sides of a copy: a name and a value per row.
set timezone = 'UTC';
select name, to_char(value, 'FM999,999,999,999,999,999,990')
from (values
  ('rows of shop.orders', (select count(*)::numeric from shop.orders)),
  ('rows of shop.order_items', (select count(*) from shop.order_items)),
  ('sum of shop.order_items.total', (select sum(total) from shop.order_items)),
  ('rows of shop.best_sellers', (select count(*) from shop.best_sellers)),
  ('checksum of crm.documents', (select sum(hashtextextended(body::text, id)) % 1000000000000 from crm.documents)),
  ('checksum of shop.reviews', (select sum(hashtextextended(body || search::text, id)) % 1000000000000 from shop.reviews)),
  ('large objects', (select count(*) from pg_largeobject_metadata)),
  ('their bytes', (select sum(length(data)) from pg_largeobject)),
  ('next invoice number', (select last_value + 1 from shop.invoice_numbers)),
  ('tables', (select count(*) from pg_class where relkind in ('r', 'p') and relnamespace >= 16384)),
  ('indexes', (select count(*) from pg_class where relkind in ('i', 'I') and relnamespace >= 16384)),
  ('constraints', (select count(*) from pg_constraint where oid >= 16384)),
  ('triggers, rules and policies', (select count(*) from pg_trigger where not tgisinternal)
    + (select count(*) from pg_rewrite where oid >= 16384) + (select count(*) from pg_policy))
) as checks (name, value);
