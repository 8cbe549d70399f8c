delete from platform.operation where action = 'forget';
alter table platform.operation
  drop constraint operation_of_message,
  drop constraint operation_action_check,
  add constraint operation_action_check check (action in ('retry', 'skip')),
  alter column event_id set not null;
