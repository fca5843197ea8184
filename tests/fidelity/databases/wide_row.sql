-- One row of 200 MB, which is 400 MB as text.
CREATE TABLE wide_row (id int, v bytea);
ALTER TABLE wide_row ALTER v SET STORAGE EXTERNAL;
INSERT INTO wide_row SELECT 1, convert_to(repeat(E'\t200 MB\\', 25000000), 'UTF8');
INSERT INTO wide_row VALUES (2, '\x01');
