-- An operator may also forget a whole group, which speaks of no single message.
alter table platform.operation
  alter column event_id drop not null,
  drop constraint operation_action_check,
  add constraint operation_action_check check (action in ('retry', 'skip', 'forget')),
  add constraint operation_of_message check ((action = 'forget') = (event_id is null));
