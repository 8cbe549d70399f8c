alter table catalog.holds drop column revision;
