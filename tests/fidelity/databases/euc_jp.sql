-- For a database whose encoding is EUC_JP, where a character has up to three bytes.
\encoding UTF8
CREATE TABLE "表" ("列" text PRIMARY KEY, v varchar(3), c char(4));
COMMENT ON TABLE "表" IS '日本語';
INSERT INTO "表" VALUES ('日本語のテキスト', 'ｱｲｳ', '漢字'), ('ｶﾅ', '、。', NULL), ('ascii', '', ''), (E'改行\n\\N', '丂丄丅', '~');
INSERT INTO "表" SELECT repeat('漢', i), NULL, NULL FROM generate_series(1, 2000, 100) i;
CREATE TYPE "型" AS ENUM ('春', '夏');
CREATE TABLE of_types (v "型", vs "型"[], j json, b bytea);
INSERT INTO of_types VALUES ('夏', '{春,夏}', '{"鍵": "値"}', '\xa4a2');
CREATE INDEX "索引" ON "表" ("列" text_pattern_ops) WHERE "列" <> '日';
-- Partitions chosen by the order of texts, which is that of their bytes: here 漢 comes before 日
CREATE TABLE sorted (k text, v int) PARTITION BY RANGE (k);
CREATE TABLE sorted_low PARTITION OF sorted FOR VALUES FROM (MINVALUE) TO ('日');
CREATE TABLE sorted_high PARTITION OF sorted FOR VALUES FROM ('日') TO (MAXVALUE);
INSERT INTO sorted SELECT k || i, i FROM unnest('{a,漢,日,語}'::text[]) k, generate_series(1, 20) i;
