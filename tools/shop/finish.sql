-- What reacts to rows or is computed from them comes last.
set client_min_messages = warning;
begin;

create view shop.order_totals as
select o.id, o.placed_at, o.customer_id, o.status, o.shipping_cost + sum(i.total) as total
from shop.orders o join shop.order_items i on i.order_id = o.id and i.placed_at = o.placed_at
group by o.id, o.placed_at, o.customer_id, o.status, o.shipping_cost;

create materialized view shop.monthly_sales as
select date_trunc('month', placed_at at time zone 'UTC')::date as month, product_id, sum(quantity) as sold, sum(total) as revenue
from shop.order_items group by 1, 2;
create index on shop.monthly_sales (month);

create materialized view shop.best_sellers as
select month, product_id, revenue, rank
from (select *, rank() over (partition by month order by revenue desc) as rank from shop.monthly_sales) as ranked
where rank <= 10;
create unique index on shop.best_sellers (month, product_id);
comment on materialized view shop.best_sellers is 'Made of monthly_sales: refresh that first';

create function shop.touch() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;
create trigger touch before update on shop.customers
  for each row when (old.* is distinct from new.*) execute function shop.touch();

create function audit.note_change() returns trigger language plpgsql security definer
  set search_path = pg_catalog as $$
begin
  insert into audit.events (happened, action, details)
  values (now(), tg_op || ' ' || tg_table_name, to_jsonb(coalesce(new, old)) - 'thumbnail');
  return null;
end $$;
create trigger note_change after insert or update or delete on shop.products
  for each row execute function audit.note_change();

create function shop.cheapest(category int) returns setof shop.products language sql stable
  as $$ select * from shop.products where category_id = category order by price limit 10 $$;

create rule keep_gift_cards as on delete to shop."Gift cards" do instead nothing;

alter table crm.notes enable row level security;
create policy own_notes on crm.notes to shop_app using (agent = current_user);

grant usage on schema shop, crm to shop_app, shop_report;
grant select, insert, update on all tables in schema shop to shop_app;
grant select, insert on crm.notes to shop_app;
grant select on shop.order_totals, shop.best_sellers to shop_report;
grant select (id, locale, created_at) on shop.customers to shop_report;
alter default privileges in schema shop grant select on tables to shop_report;

alter database :"DBNAME" set timezone = 'UTC';
comment on table shop.orders is 'One partition per month; orders_other takes what has none';
commit;
