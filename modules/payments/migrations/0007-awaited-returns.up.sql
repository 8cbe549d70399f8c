-- The returns of buyers. From the receipt of the goods until ended_at a refund is due for them, so that a refund by hand beside
-- it could pay it twice. An ended return stays: its events may be handled again.
create table payments.returns (
  return_id  uuid primary key,
  subject_id uuid not null,
  ended_at   timestamptz
);
create index returns_awaited on payments.returns (subject_id) where ended_at is null;
