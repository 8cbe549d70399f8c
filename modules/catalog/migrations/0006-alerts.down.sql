drop table if exists catalog.alerts, catalog.alert_owners;
