drop table dispatch.planners;
drop table dispatch.routes;
drop table dispatch.parcels;
drop table dispatch.fleet_couriers;
