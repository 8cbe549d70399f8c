drop schema if exists delivery cascade;
