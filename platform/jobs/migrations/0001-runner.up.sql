-- The last heartbeat of each job runner. Other runners unlock the jobs of a silent one (the library waits four hours).
create table platform.job_runner (
  id      text primary key,
  seen_at timestamptz not null
) with (fillfactor = 50);
