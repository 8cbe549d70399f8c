drop table ordering.timeline, ordering.lines, ordering.orders;
drop schema ordering;
