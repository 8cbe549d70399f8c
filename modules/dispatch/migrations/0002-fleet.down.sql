drop table dispatch.parcels;
drop table dispatch.fleet_couriers;
