-- Products, and the taxonomy that describes them. Texts for people are jsonb {"ru", "en"}.
create schema if not exists catalog;

create function catalog.is_text(candidate jsonb) returns boolean language sql immutable parallel safe as
  $$ select jsonb_typeof(candidate -> 'ru') = 'string' and jsonb_typeof(candidate -> 'en') = 'string' $$;

-- One row once the demo products were removed: no start adds them again.
create table catalog.demo_removal (
  is_only    boolean primary key default true check (is_only),
  removed_at timestamptz not null
);

create table catalog.categories (
  id          uuid primary key,
  parent_id   uuid references catalog.categories,
  slug        text not null constraint category_slug unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name        jsonb not null check (catalog.is_text(name)),
  description jsonb not null check (catalog.is_text(description)),
  image       text,
  position    int not null default 0,
  check (parent_id is distinct from id)
);
create index category_parent on catalog.categories (parent_id);

create table catalog.tags (
  id   uuid primary key,
  slug text not null constraint tag_slug unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name jsonb not null check (catalog.is_text(name))
);

create table catalog.attributes (
  code      text primary key check (code ~ '^[a-z][a-z0-9_]*$'),
  name      jsonb not null check (catalog.is_text(name)),
  kind      text not null check (kind in ('text', 'number', 'bool', 'enum', 'multi_enum', 'range', 'color')),
  unit      jsonb check (catalog.is_text(unit)),
  ui_hint   text not null check (ui_hint in ('chips', 'radio', 'slider', 'toggle', 'swatch', 'scale', 'text')),
  is_filter boolean not null default false,
  position  int not null default 0,
  -- [{code, name, color?}], in the order of the form; only for enum and multi_enum
  "values"  jsonb not null default '[]' check (jsonb_typeof("values") = 'array'),
  check (kind in ('enum', 'multi_enum') or "values" = '[]')
);

create table catalog.types (
  code   text primary key check (code ~ '^[a-z][a-z0-9_]*$'),
  plural text not null constraint type_plural unique check (plural ~ '^[a-z][a-z0-9_-]*$'),
  name   jsonb not null check (catalog.is_text(name)),
  constraint type_plural_reserved
    check (plural not in ('products', 'categories', 'tags', 'attributes', 'types', 'reviews', 'facets', 'suggestions', 'variants',
      'subscriptions'))
);

create table catalog.type_attributes (
  type_code      text not null references catalog.types on delete cascade,
  attribute_code text not null references catalog.attributes,
  position       int not null default 0,
  primary key (type_code, attribute_code)
);

create table catalog.products (
  id             uuid primary key,
  type_code      text not null references catalog.types,
  category_id    uuid references catalog.categories,
  slug           text not null constraint product_slug unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name           jsonb not null check (catalog.is_text(name)),
  description    jsonb not null check (catalog.is_text(description)),
  image          text,
  -- The uploaded images as media publishes them, [{id, variants: [{variant, url, …}]}], and the number of that change.
  images          jsonb not null default '[]' check (jsonb_typeof(images) = 'array'),
  images_revision bigint not null default 0,
  origin_country text check (origin_country ~ '^[A-Z]{2}$'), -- ISO 3166-1 alpha-2
  attributes     jsonb not null default '{}' check (jsonb_typeof(attributes) = 'object'),
  is_active      boolean not null,
  archived_at    timestamptz,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  check (archived_at is null or not is_active)
);
create index product_category on catalog.products (category_id);
create index product_type on catalog.products (type_code);
create index product_newest on catalog.products (created_at desc, id desc);

create table catalog.product_tags (
  product_id uuid not null references catalog.products on delete cascade,
  tag_id     uuid not null references catalog.tags on delete cascade,
  primary key (product_id, tag_id)
);
create index product_tag on catalog.product_tags (tag_id);

create table catalog.variants (
  id               uuid primary key,
  product_id       uuid not null references catalog.products on delete cascade,
  kind             text not null check (kind in ('plain', 'bundle')),
  sku              text not null constraint variant_sku unique check (sku <> ''),
  title            jsonb not null check (catalog.is_text(title)),
  -- own: set by staff. computed: a trigger sets it to the sum over the components of the bundle.
  pricing          text not null default 'own' check (pricing in ('own', 'computed')),
  -- An order of 100 lines of 99 pieces stays below 2^53, which JavaScript counts exactly.
  price            bigint not null constraint variant_price check (price between 0 and 10000000000),
  compare_at_price bigint constraint variant_compare_at_price
                   check (compare_at_price > price and compare_at_price <= 10000000000),
  currency         text not null check (currency ~ '^[A-Z]{3}$'),
  -- own: set by staff. computed: a trigger sets it to the sum over the components of the bundle.
  weighing         text not null default 'own' check (weighing in ('own', 'computed')),
  weight_grams     int not null check (weight_grams >= 0),
  is_active        boolean not null,
  -- Inactive only because its product is: it becomes active again with it.
  hidden_with_product boolean not null default false,
  position         int not null default 0,
  check (kind = 'bundle' or (pricing = 'own' and weighing = 'own'))
);
create index variant_product on catalog.variants (product_id, position, id);

create table catalog.bundle_components (
  bundle_id    uuid not null references catalog.variants on delete cascade,
  component_id uuid not null references catalog.variants,
  quantity     int not null check (quantity between 1 and 999),
  position     int not null default 0,
  -- The variants that a florist may use instead, best first.
  substitute_ids uuid[] not null default '{}',
  primary key (bundle_id, component_id),
  check (bundle_id <> component_id)
);
create index component_of on catalog.bundle_components (component_id, quantity);

create table catalog.brew_profiles (
  id            uuid primary key,
  product_id    uuid not null references catalog.products on delete cascade,
  position      int not null default 0,
  method        text not null check (method <> ''),
  vessel        jsonb not null check (catalog.is_text(vessel)),
  leaf_grams    numeric(6, 2) not null check (leaf_grams > 0),
  water_ml      int not null check (water_ml > 0),
  temperature_c int not null check (temperature_c between 1 and 100),
  steep_seconds int[] not null check (cardinality(steep_seconds) between 1 and 30 and 0 < all (steep_seconds)),
  note          jsonb not null check (catalog.is_text(note)),
  constraint brew_profile_method unique (product_id, method)
);
