create schema if not exists support;

-- The forum thread of a customer in the chat of the staff, unique both ways. The ids are Telegram's.
create table support.topics (
  user_telegram_id bigint primary key check (user_telegram_id > 0),
  admin_chat_id    bigint not null,
  thread_id        bigint not null check (thread_id > 0),
  created_at       timestamptz not null,
  constraint topic_thread unique (admin_chat_id, thread_id)
);

-- Questions that many customers ask. An entry has one language, because the two are often not translations.
create table support.faq (
  id         uuid primary key,
  locale     text not null check (locale in ('ru', 'en')),
  title      text not null check (title <> ''),
  answer     text not null check (answer <> ''),
  position   int not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index faq_in_order on support.faq (locale, position, id);
