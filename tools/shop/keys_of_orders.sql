set client_min_messages = warning;
alter table shop.orders add primary key (id, placed_at);
alter table shop.order_items add primary key (order_id, line);
create index on shop.orders (customer_id);
create index on shop.orders using brin (placed_at);
create index orders_open on shop.orders (placed_at) where status in ('placed', 'paid', 'packed');
create index on shop.order_items (product_id);
alter table shop.orders add foreign key (customer_id) references shop.customers;
alter table shop.order_items add constraint order_items_of_an_order
  foreign key (order_id, placed_at) references shop.orders (id, placed_at) on delete cascade;
alter table shop.order_items add foreign key (product_id) references shop.products;
