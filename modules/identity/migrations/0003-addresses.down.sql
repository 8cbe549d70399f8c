alter table identity.merges drop column addresses;
drop table identity.addresses;
