-- Images of products. The files are in the storage; a row has their keys.
create schema if not exists media;

-- All images of one owner. A writer locks the row, so that the events of an owner are in the order of their commits.
create table media.galleries (
  owner_kind text not null check (owner_kind = 'product'),
  owner_id   uuid not null,
  revision   bigint not null, -- counts the changes: a reader ignores an older event
  deleted_at timestamptz, -- the owner is gone, and the gallery takes no image any more
  primary key (owner_kind, owner_id)
);

create table media.images (
  id           uuid primary key,
  owner_kind   text not null,
  owner_id     uuid not null,
  position     int not null,
  status       text not null check (status in ('pending', 'processed', 'failed')),
  reason       text, -- why it failed
  original_key text not null unique,
  format       text not null check (format in ('jpeg', 'png', 'webp', 'gif', 'avif')),
  width        int not null check (width > 0),
  height       int not null check (height > 0),
  byte_size    bigint not null check (byte_size > 0),
  sha256       bytea not null check (length(sha256) = 32),
  generation   int not null default 1 check (generation > 0), -- staff tried again so many times, counted from 1
  -- Attempts of the worker that neither ended nor failed: the process died in them.
  unfinished_attempts int not null default 0,
  created_at   timestamptz not null,
  processed_at timestamptz,
  foreign key (owner_kind, owner_id) references media.galleries,
  -- The same file twice is one image.
  constraint image_of_owner unique (owner_kind, owner_id, sha256),
  constraint status_has_its_facts check (
    (status = 'failed') = (reason is not null) and (status = 'processed') = (processed_at is not null))
);
create index images_pending on media.images (created_at, id) where status = 'pending';

create table media.image_variants (
  image_id    uuid not null references media.images on delete cascade,
  variant     text not null check (variant in ('thumb', 'md', 'lg')),
  storage_key text not null unique,
  format      text not null check (format = 'webp'),
  width       int not null check (width > 0),
  height      int not null check (height > 0),
  byte_size   bigint not null check (byte_size > 0),
  primary key (image_id, variant)
);

-- Files that no row names: a row is here before a file is put, and leaves in the transaction that names the file. The same
-- table has the files of deleted images. A job deletes the files that are due.
create table media.unreferenced_files (
  storage_key text primary key,
  delete_after timestamptz not null,
  is_deleting boolean not null default false
);
create index unreferenced_files_due on media.unreferenced_files (delete_after);
