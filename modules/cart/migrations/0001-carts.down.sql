drop schema if exists cart cascade;
