-- One database for each service. PostgreSQL runs this file once, when its volume is empty.
create database auth;
create database shop;
create database ordering;
create database payments;
create database delivery;
