\ir sizes.sql
\ir sentences.sql

-- Around 12 kB each, so that they are compressed and stored out of line.
insert into crm.documents (id, customer_id, kind, body)
select d, 1 + pg_temp.dice(d, 101, :customers), (array['quote', 'invoice', 'complaint'])[1 + pg_temp.dice(d, 102, 3)],
       jsonb_build_object('version', 3, 'signature', encode(sha512(int8send(d)), 'hex'), 'entries', entries)
from generate_series(1::bigint, :documents) as d
cross join lateral (
  select jsonb_agg(jsonb_build_object('reference', md5(format('%s/%s', d, e)), 'text', sentence.text,
           'amount', pg_temp.dice(d * 100 + e, 103, 1000000) * 0.01, 'checked', e % 3 = 0, 'by', null)) as entries
  from generate_series(1, 20 + pg_temp.dice(d, 104, 70)) as e
  join sentence on sentence.id = 1 + pg_temp.dice(d * 100 + e, 105, 5000)) as entry;

-- 200 large objects: most of 20 to 200 kB, some of several MB.
create temporary table noise as
select string_agg(sha512(int8send(block)), '' order by block) as bytes from generate_series(1::bigint, 70000) as block;

insert into crm.attachments (document_id, name, content)
select o, format('scan-%s.tiff', o),
       lo_from_bytea((800000 + o)::oid, substr(bytes, 1 + pg_temp.dice(o, 111, 300000), case
         when o % 40 = 7 then 3000000 + pg_temp.dice(o, 112, 1000000) else 20000 + pg_temp.dice(o, 113, 180000) end))
from noise, generate_series(1::bigint, :objects) as o;

select setval(pg_get_serial_sequence('crm.documents', 'id'), :documents);
