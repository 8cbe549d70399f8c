drop schema if exists media cascade;
