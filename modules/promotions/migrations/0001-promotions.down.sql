drop schema if exists promotions cascade;
