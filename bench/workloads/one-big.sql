-- Twenty small tables and one that has nine tenths of the bytes: whoever gives a table to one worker has the others
-- wait for it; about 0.8 GB.
\if :{?scale} \else \set scale 1 \endif
SELECT setseed(0.9);

CREATE TABLE events (
  id bigint NOT NULL,
  at timestamptz NOT NULL,
  device int NOT NULL,
  kind text NOT NULL,
  value double precision,
  message text NOT NULL
);
INSERT INTO events
SELECT i, timestamptz '2026-01-01 00:00:00Z' + i * interval '3 seconds', 1 + random() * 9999,
       (ARRAY['measure', 'alarm', 'contact', 'update'])[1 + i % 4], random() * 100,
       'device answered within time: ' || md5(i::text) || ' ' || left(md5((i * 3)::text), 16)
FROM generate_series(1, (4000000 * :scale)::int) AS i;
ALTER TABLE events ADD PRIMARY KEY (id);
CREATE INDEX events_device_at ON events (device, at);

SELECT set_config('bench.rows', ((30000 * :scale)::int)::text, false);
DO $$
BEGIN
  FOR t IN 1 .. 20 LOOP
    EXECUTE format('CREATE TABLE lookup_%s (id int PRIMARY KEY, code text NOT NULL UNIQUE, description text)', t);
    EXECUTE format($insert$INSERT INTO lookup_%s SELECT i, md5(i::text), 'description ' || i
                     FROM generate_series(1, current_setting('bench.rows')::int) AS i$insert$, t);
  END LOOP;
END $$;
