-- As before, but a word that is the same in several dictionaries is looked up once: a frequent word has thousands of entries.
create or replace function catalog.search_of(words text[], unfinished text) returns tsquery
language plpgsql immutable strict parallel safe as $$
declare
  search  tsquery;
  word    tsquery;
  stemmed tsquery;
  term    text;
begin
  for i in 1 .. cardinality(words) loop
    term := words[i] || case when i = cardinality(words) then unfinished else '' end;
    word := to_tsquery('simple', term);
    stemmed := to_tsquery('russian', term);
    if not word @> stemmed then word := word || stemmed; end if;
    stemmed := to_tsquery('english', term);
    if not word @> stemmed then word := word || stemmed; end if;
    search := coalesce(search && word, word);
  end loop;
  return search;
end $$;
