-- A subscription arrives disabled, and its state does not.
CREATE TABLE followed (id int PRIMARY KEY);
CREATE SUBSCRIPTION follows CONNECTION 'host=nowhere.invalid dbname=x' PUBLICATION p, "odd;" WITH (connect = false, slot_name = 'a_slot', enabled = false, create_slot = false);
COMMENT ON SUBSCRIPTION follows IS 'a subscription''s comment';
