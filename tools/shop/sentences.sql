-- 5,000 sentences to make texts of.
create temporary table sentence as
select s as id, string_agg(words[1 + pg_temp.dice(s, w, array_length(words, 1))], ' ' order by w) || '.' as text
from (select regexp_split_to_array('after again almost arrived ask battery because better black blue bought box broken button cable
        charger cheap clean colleague colour comes cover customer daughter day delivery different door easy evening every
        exactly excellent expected fabric fast finally fits garden gift glass good green handle happy heavy holds house
        however invoice kitchen large later leather light lovely made manual missing month morning needs never noise offer
        once order paid parcel part perfect picture poor price problem quality quiet quickly really recommend refund
        replaced returned right screen second seems service shade shelf short size small smell solid son sturdy summer
        support table taste thick thin think twice under useful version very washed week weight white window winter works
        would wrong year zip', '\s+') as words) as vocabulary,
     generate_series(1, 5000) as s, generate_series(1, 11) as w
group by s;
update sentence set text = upper(left(text, 1)) || substr(text, 2);
create unique index on sentence (id);
analyze sentence;
