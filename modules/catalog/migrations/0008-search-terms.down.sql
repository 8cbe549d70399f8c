-- Matches every word in either language, unchanged or by its stem; `unfinished` follows the last word. PostgreSQL replaces
-- the call by its result before it plans; 24 calls of to_tsquery in a statement would double the time to parse and plan it.
create or replace function catalog.search_of(words text[], unfinished text) returns tsquery
language plpgsql immutable strict parallel safe as $$
declare
  search tsquery;
  word   tsquery;
  term   text;
begin
  for i in 1 .. cardinality(words) loop
    term := words[i] || case when i = cardinality(words) then unfinished else '' end;
    word := to_tsquery('simple', term) || to_tsquery('russian', term) || to_tsquery('english', term);
    search := coalesce(search && word, word);
  end loop;
  return search;
end $$;
