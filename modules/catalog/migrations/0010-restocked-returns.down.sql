drop index catalog.movement_restock;
alter table catalog.movements drop column return_id;
