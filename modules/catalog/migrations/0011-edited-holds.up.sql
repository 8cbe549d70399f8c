-- How often the order of the hold has been edited, from 1: an edit that is handled again changes nothing.
alter table catalog.holds add column revision integer not null default 1 check (revision > 0);
