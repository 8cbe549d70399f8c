drop schema if exists dispatch cascade;
