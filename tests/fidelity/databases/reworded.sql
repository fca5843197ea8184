-- Schemas in the shapes of ones that are in public use. A server that is given back what it says of them words
-- many of these definitions otherwise: they are the same nevertheless.

-- An encyclopedia of music: events of two kinds, one of which has no year of its end.
CREATE SCHEMA music;
CREATE TABLE music.artist (id int PRIMARY KEY, name varchar NOT NULL, kind varchar(20) NOT NULL DEFAULT 'person',
    begin_year smallint, end_year smallint, ended boolean NOT NULL DEFAULT false,
    CHECK (kind IN ('person', 'group', 'orchestra')),
    CHECK ((end_year IS NOT NULL AND ended = true) OR (end_year IS NULL)));
CREATE TABLE music.release (id int PRIMARY KEY, artist int REFERENCES music.artist, title varchar NOT NULL,
    barcode text CHECK (barcode <> ''), status varchar DEFAULT 'official', issued date);
CREATE VIEW music.event AS SELECT id, what, year, until FROM (
    SELECT id, name AS what, begin_year AS year, end_year AS until FROM music.artist
    UNION ALL SELECT id, title, extract(year FROM issued)::smallint, NULL FROM music.release) AS q;
CREATE MATERIALIZED VIEW music.event_counts AS SELECT year, count(*) AS events, max(until) AS until FROM (
    SELECT begin_year AS year, end_year AS until FROM music.artist
    UNION ALL SELECT extract(year FROM issued)::smallint, NULL FROM music.release) AS q GROUP BY year;
CREATE INDEX ON music.release (lower(title)) WHERE status IN ('official', 'promotion');
CREATE UNIQUE INDEX ON music.release (artist, coalesce(barcode, ''), (title || ' ' || coalesce(status, '?')));
INSERT INTO music.artist SELECT n, 'artist ' || n, (ARRAY['person', 'group', 'orchestra'])[1 + n % 3], 1900 + n
    FROM generate_series(1, 60) AS n;
INSERT INTO music.release SELECT n, 1 + n % 60, 'title ' || n, 'b' || n, 'official', date '1990-01-01' + n
    FROM generate_series(1, 200) AS n;
REFRESH MATERIALIZED VIEW music.event_counts;

-- A map: nodes and ways with tags as documents.
CREATE SCHEMA map;
CREATE TABLE map.node (id bigint PRIMARY KEY, lat double precision NOT NULL, lon double precision NOT NULL,
    tags jsonb NOT NULL DEFAULT '{}', visible boolean NOT NULL DEFAULT true,
    tile bigint GENERATED ALWAYS AS (floor((lon + 180) * 65535 / 360)::bigint) STORED);
CREATE TABLE map.way_node (way bigint, place int, node bigint REFERENCES map.node, PRIMARY KEY (way, place));
CREATE INDEX ON map.node USING gin (tags) WHERE tags ? 'name' OR tags ->> 'highway' IN ('bus_stop', 'stop');
CREATE INDEX ON map.node (tile) WHERE visible;
CREATE VIEW map.stop AS SELECT id, tags ->> 'name' AS name, (tags -> 'ref') #>> '{}' AS ref, lat, lon
    FROM map.node WHERE tags @> '{"highway": "bus_stop"}' AND visible IS NOT FALSE;
CREATE VIEW map.way_length AS SELECT way, sum(sqrt(power(lon - before_lon, 2) + power(lat - before_lat, 2))) AS length
    FROM (SELECT way, lon, lat, lag(lon) OVER w AS before_lon, lag(lat) OVER w AS before_lat
          FROM map.way_node JOIN map.node ON node = id WINDOW w AS (PARTITION BY way ORDER BY place)) AS steps
    GROUP BY way;
INSERT INTO map.node SELECT n, n / 10.0, -n / 7.0, jsonb_build_object('name', 'n' || n) FROM generate_series(1, 90) AS n;
INSERT INTO map.way_node SELECT 1 + n / 10, n, n FROM generate_series(1, 90) AS n;

-- A rental shop: a domain of years, payments in partitions, an aggregate in a view, a trigger for full text.
CREATE SCHEMA rental;
CREATE DOMAIN rental.year AS int CHECK (VALUE >= 1901 AND VALUE <= 2155);
CREATE DOMAIN rental.rating AS varchar(5) DEFAULT 'G' CHECK (VALUE IN ('G', 'PG', 'R'));
CREATE FUNCTION rental.join_names(text, text) RETURNS text IMMUTABLE LANGUAGE sql
    AS 'SELECT CASE WHEN $2 IS NULL OR $2 = '''' THEN $1 WHEN $1 IS NULL OR $1 = '''' THEN $2 ELSE $1 || '', '' || $2 END';
CREATE AGGREGATE rental.names(text) (sfunc = rental.join_names, stype = text);
CREATE TABLE rental.film (id int PRIMARY KEY, title varchar(255) NOT NULL, released rental.year, rating rental.rating,
    features text[] DEFAULT ARRAY['trailer', 'comment'], words tsvector, rate numeric(4, 2) NOT NULL DEFAULT 4.99,
    updated timestamp with time zone NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'));
CREATE TRIGGER film_words BEFORE INSERT OR UPDATE ON rental.film FOR EACH ROW
    EXECUTE FUNCTION tsvector_update_trigger('words', 'pg_catalog.english', 'title');
CREATE TABLE rental.payment (id int, film int, amount numeric(5, 2) NOT NULL, paid timestamp NOT NULL)
    PARTITION BY RANGE ((extract(year FROM paid)));
CREATE TABLE rental.payment_2020 PARTITION OF rental.payment FOR VALUES FROM (2020) TO (2021);
CREATE VIEW rental.film_list AS SELECT rating AS price, rental.names(initcap(title) || (' ' || released::text)) AS films
    FROM rental.film LEFT JOIN rental.payment ON payment.film = film.id GROUP BY rating, film.rate
    HAVING sum(amount) > 0 OR count(*) FILTER (WHERE amount IS NULL) > 0;
CREATE VIEW rental.sales AS SELECT to_char(paid, 'YYYY') AS period, sum(amount) AS total, grouping(film) AS whole
    FROM rental.payment GROUP BY GROUPING SETS ((to_char(paid, 'YYYY'), film), (to_char(paid, 'YYYY')));
INSERT INTO rental.film (id, title, released, rating) SELECT n, 'film ' || n, 1950 + n, 'PG' FROM generate_series(1, 30) AS n;
INSERT INTO rental.payment SELECT n, 1 + n % 30, n / 10.0, timestamp '2020-01-01' + n * interval '1 day' FROM generate_series(1, 90) AS n;

-- A forum: partial indexes on states, views of views, badges.
CREATE SCHEMA forum;
CREATE TABLE forum.topic (id int PRIMARY KEY, title varchar NOT NULL, archetype varchar NOT NULL DEFAULT 'regular',
    category int, tags varchar[] DEFAULT '{}', deleted timestamp, pinned timestamp, views int NOT NULL DEFAULT 0,
    CONSTRAINT has_category CHECK (category IS NOT NULL OR archetype::text <> 'regular'::text),
    CONSTRAINT pm_has_no_category CHECK (category IS NULL OR archetype::text <> 'private_message'::text));
CREATE TABLE forum.post (id int PRIMARY KEY, topic int, kind int NOT NULL DEFAULT 1, raw text NOT NULL,
    hidden boolean DEFAULT false, created timestamp NOT NULL DEFAULT now());
CREATE INDEX ON forum.topic (archetype, deleted) WHERE archetype IN ('regular', 'banner') AND deleted IS NULL;
CREATE INDEX ON forum.post (topic, created DESC NULLS LAST) WHERE NOT hidden AND kind = ANY ('{1,2}');
CREATE VIEW forum.badge_post AS SELECT p.* FROM forum.post AS p JOIN forum.topic AS t ON t.id = p.topic
    WHERE t.archetype IN ('regular') AND p.kind IN (1, 2) AND (t.deleted, p.hidden) IS NOT DISTINCT FROM (NULL, false);
CREATE VIEW forum.active AS WITH RECURSIVE days(day) AS (
    SELECT min(created)::date FROM forum.badge_post UNION ALL SELECT day + 1 FROM days WHERE day < current_date)
    SELECT day, (SELECT count(*) FROM forum.badge_post AS b WHERE b.created BETWEEN day AND day + interval '1 day') AS posts
    FROM days;
ALTER TABLE forum.post RENAME COLUMN raw TO markdown;
ALTER VIEW forum.badge_post RENAME COLUMN raw TO cooked;
INSERT INTO forum.topic SELECT n, 'topic ' || n, 'regular', 1 FROM generate_series(1, 30) AS n;
INSERT INTO forum.post SELECT n, 1 + n % 30, 1 + n % 3, 'words' FROM generate_series(1, 100) AS n;

-- A forge: lengths checked, work in partitions, rules of old, tokens guarded by row security.
CREATE SCHEMA forge;
CREATE TABLE forge.project (id bigint PRIMARY KEY, path varchar NOT NULL, visibility smallint NOT NULL DEFAULT 0,
    CHECK (char_length(path) <= 255), CONSTRAINT visible CHECK (visibility IN (0, 10, 20)));
CREATE TABLE forge.build (id bigint, partition bigint NOT NULL, status varchar, kind varchar, project bigint,
    PRIMARY KEY (id, partition)) PARTITION BY LIST (partition);
CREATE TABLE forge.build_100 PARTITION OF forge.build FOR VALUES IN (100);
CREATE TABLE forge.build_rest PARTITION OF forge.build DEFAULT;
CREATE INDEX ON forge.build (project, (coalesce(kind, 'Ci::Build'))) WHERE status IN ('running', 'pending', 'created');
CREATE TABLE forge.log (project bigint, status varchar);
CREATE TABLE forge.token (project bigint, scopes varchar DEFAULT '--- []', revoked boolean DEFAULT false);
CREATE RULE build_log AS ON UPDATE TO forge.token WHERE new.scopes IN ('api', 'read') AND old.revoked
    DO ALSO INSERT INTO forge.log SELECT project, status FROM (
        SELECT new.project AS project, new.scopes AS status UNION ALL SELECT id, NULL FROM forge.project) AS q;
CREATE RULE log_kept AS ON DELETE TO forge.log DO INSTEAD NOTHING;
ALTER TABLE forge.token ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_project ON forge.token USING (EXISTS (SELECT FROM (
    SELECT id, path FROM forge.project UNION ALL SELECT project, NULL FROM forge.log) AS q WHERE q.id = token.project))
    WITH CHECK (scopes IN ('api', 'read'));
CREATE FUNCTION forge.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE OF status ON forge.build FOR EACH ROW
    WHEN (old.status IS DISTINCT FROM new.status AND new.status IN ('failed', 'success'))
    EXECUTE FUNCTION forge.noted('a (b', 'c');
INSERT INTO forge.project SELECT n, 'p' || n FROM generate_series(1, 20) AS n;
INSERT INTO forge.build SELECT n, 99 + n % 2, 'running', 'x', 1 + n % 20 FROM generate_series(1, 100) AS n;
INSERT INTO forge.token SELECT n, 'api' FROM generate_series(1, 20) AS n;

-- A social network: identifiers from a clock, recommendations in materialized views.
CREATE SCHEMA social;
CREATE SEQUENCE social.status_ids;
CREATE FUNCTION social.timestamp_id(name text) RETURNS bigint LANGUAGE sql VOLATILE
    AS 'SELECT (date_part(''epoch'', now()) * 1000)::bigint << 16 | nextval(name::regclass) & 65535';
CREATE TABLE social.status (id bigint PRIMARY KEY DEFAULT social.timestamp_id('social.status_ids'), account int NOT NULL,
    language varchar, visibility int NOT NULL DEFAULT 0, reblog bigint, created timestamp NOT NULL DEFAULT now(), text text);
CREATE MATERIALIZED VIEW social.recommended AS SELECT account, sum(rank) AS rank, array_agg(reason) AS reason FROM (
    SELECT account, count(*) / (1.0 + count(*)) AS rank, 'most_statuses' AS reason FROM social.status
    WHERE visibility = 0 AND language IN ('en', 'de') GROUP BY account HAVING count(id) >= 2
    UNION ALL SELECT account, 1, 'newest' FROM social.status WHERE NOT EXISTS (
        SELECT 1 FROM social.status AS of_other WHERE of_other.reblog = status.id)) AS t
    GROUP BY account ORDER BY (sum(rank)) DESC WITH NO DATA;
CREATE UNIQUE INDEX ON social.recommended (account);
CREATE INDEX ON social.status (id DESC) WHERE visibility IN (0, 1) AND (reblog IS NULL) IS TRUE;
INSERT INTO social.status (id, account, language) SELECT n, n % 9, 'en' FROM generate_series(1, 90) AS n;
REFRESH MATERIALIZED VIEW social.recommended;

-- An office: a journal kept without overlaps, statistics on expressions, what XML and records hold.
CREATE SCHEMA office;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;
CREATE TABLE office.booking (room varchar(10) NOT NULL, during tsrange NOT NULL, state varchar NOT NULL DEFAULT 'draft', sheet xml,
    EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (state IN ('booked', 'paid')) DEFERRABLE);
CREATE VIEW office.sheet AS SELECT room, line.* FROM office.booking, XMLTABLE('/s/l' PASSING sheet
    COLUMNS number int PATH '@n' DEFAULT 1, words text PATH '.') AS line;
CREATE VIEW office.free AS SELECT room, upper(during) AS since FROM office.booking NATURAL FULL JOIN
    (VALUES ('a'::varchar(10)), ('b')) AS all_rooms(room) WHERE state NOT IN ('booked', 'paid') OR NOT during @> now()::timestamp;
CREATE VIEW office.changes AS SELECT b.room, x.key, x.value FROM office.booking AS b
    CROSS JOIN LATERAL jsonb_each_text(to_jsonb(b.*) - 'during') AS x(key, value) WHERE overlay(b.room placing 'x' FROM 1) LIKE 'x%'
    AND substring(b.state FROM 1 FOR 2) <> 'zz' AND position('a' IN b.room) >= 0 AND b.state SIMILAR TO '[a-z]+';
\if :v14
CREATE STATISTICS office.of_state ON room, (state IN ('booked', 'paid')), (lower(room)) FROM office.booking;
CREATE FUNCTION office.rooms(kinds varchar[] DEFAULT ARRAY['a', 'b'], more varchar DEFAULT NULL) RETURNS TABLE (room varchar, state varchar)
    LANGUAGE sql BEGIN ATOMIC
        SELECT q.room, q.state FROM (SELECT b.room, b.state FROM office.booking AS b UNION ALL SELECT more, NULL) AS q
        WHERE q.state IN ('booked', 'paid') OR q.room = ANY (kinds);
    END;
CREATE PROCEDURE office.cancel(which varchar) LANGUAGE sql BEGIN ATOMIC
    UPDATE office.booking SET state = 'draft' WHERE room = which AND state IN ('booked', 'paid');
    DELETE FROM office.booking WHERE CASE WHEN room = which THEN state ELSE NULL END = 'gone';
END;
CREATE FUNCTION office.is_open(state varchar) RETURNS boolean IMMUTABLE LANGUAGE sql RETURN state IN ('draft', 'booked');
\endif
\if :v15
CREATE PUBLICATION booked FOR TABLE office.booking WHERE (state = 'booked' OR NOT state > 'x');
ALTER TABLE office.booking REPLICA IDENTITY FULL;
\endif
INSERT INTO office.booking VALUES ('a', '[2020-01-01, 2020-01-02)', 'booked', '<s><l n="2">w</l></s>'), ('b', '[2020-01-01, 2020-01-03)', 'paid', NULL);
