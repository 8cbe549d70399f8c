drop table if exists catalog.displaced_reviews, catalog.reviews, catalog.review_totals cascade;
drop function if exists catalog.reviews_changed();
