drop schema if exists support cascade;
