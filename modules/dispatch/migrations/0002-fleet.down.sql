drop table dispatch.discrepancies;
drop table dispatch.parcel_photos;
drop table dispatch.positions;
drop table dispatch.courier_reports;
drop table dispatch.planners;
drop table dispatch.routes;
drop table dispatch.parcels;
drop table dispatch.fleet_couriers;
