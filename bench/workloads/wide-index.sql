-- One table with six indexes, one of them over text: building them takes longer than copying the rows; about 0.7 GB.
\if :{?scale} \else \set scale 1 \endif
SELECT setseed(0.6);

CREATE TABLE tickets (
  id bigint NOT NULL,
  reference uuid NOT NULL,
  customer int NOT NULL,
  opened timestamptz NOT NULL,
  subject text NOT NULL,
  priority smallint NOT NULL,
  amount numeric(12, 2),
  body text
);
INSERT INTO tickets
SELECT i, md5('u' || i)::uuid, 1 + floor(power(random(), 2) * 100000)::int,
       timestamptz '2020-01-01 00:00:00Z' + random() * interval '2000 days',
       'Subject ' || md5(i::text), random() * 4, round((random() * 1e6)::numeric, 2),
       'What happened: ' || repeat(md5((i % 1000)::text), 3)
FROM generate_series(1, (2000000 * :scale)::int) AS i;

ALTER TABLE tickets ADD PRIMARY KEY (id);
ALTER TABLE tickets ADD UNIQUE (reference);
CREATE INDEX tickets_customer_opened ON tickets (customer, opened);
CREATE INDEX tickets_opened ON tickets (opened);
CREATE INDEX tickets_subject ON tickets (subject);
CREATE INDEX tickets_urgent ON tickets (priority, amount) WHERE priority >= 3;
