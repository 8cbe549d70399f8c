drop schema if exists webhooks cascade;
