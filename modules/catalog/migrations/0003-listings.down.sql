drop function catalog.refresh_in_stock(uuid[], uuid[]);
drop function catalog.refresh_listings(uuid[]);
drop function catalog.numbers_of(jsonb);
drop function catalog.tokens_of(catalog.products);
drop function catalog.document_of(jsonb, jsonb, text, jsonb);
drop function catalog.similar_words(text);
drop function catalog.latin(text);
drop function catalog.plain(text);
drop table catalog.words, catalog.documents, catalog.listings, catalog.popularity;
