-- Who works on jobs, and when it last said so: locks of one that fell silent are freed (the library waits four hours).
create table platform.job_runner (
  id      text primary key,
  seen_at timestamptz not null
) with (fillfactor = 50);
