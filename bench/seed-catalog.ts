import { sql } from 'kysely'
import type { Db } from '#platform/db'

/** Products per statement, so that no statement or array grows with the catalog. */
const chunk = 5000

/**
 * Fills an empty catalog with `n` products of five types, in 84 categories of three levels, with 40 tags, eight attributes
 * and two variants each. Names use some 1,600 words, common ones and rare ones.
 */
export async function seedCatalog(db: Db, n: number): Promise<void> {
  await db.connection().execute(async (session) => {
    await sql`set statement_timeout = 0`.execute(session)
    await sql`set session_replication_role = replica`.execute(session)
    for (const statement of taxonomy) await sql.raw(statement).execute(session)
    for (let from = 0; from < n; from += chunk) {
      const to = Math.min(from + chunk, n) - 1
      await products(from, to).execute(session)
      await variants(from, to).execute(session)
      await stock(from, to).execute(session)
      await sql`insert into catalog.product_tags
        select ${idOf('p')}, (select id from catalog.tags where slug = 'tag-' || (i * 7 + k * 13) % 40)
        from generate_series(${from}::int, ${to}::int) i, generate_series(0, 1) k on conflict do nothing`.execute(
        session,
      )
      await sql`select catalog.refresh_listings(array(
        select ${idOf('p')} from generate_series(${from}::int, ${to}::int) i))`.execute(session)
    }
    await sql`set session_replication_role = origin`.execute(session)
    await sql`vacuum analyze catalog.listings, catalog.documents, catalog.products, catalog.variants, catalog.stock, catalog.product_tags, catalog.words`.execute(
      session,
    )
    await sql`reset statement_timeout`.execute(session)
  })
}

/** The id of the i-th row of a kind. */
const idOf = (kind: string) => sql`md5(${sql.lit(kind)} || i)::uuid`

const values = (codes: readonly string[]) =>
  JSON.stringify(codes.map((code) => ({ code, name: { ru: code, en: code } })))

const attribute = (code: string, kind: string, codes: readonly string[] = []) =>
  `insert into catalog.attributes (code, name, kind, ui_hint, is_filter, "values")
   values ('${code}', '{"ru": "${code}", "en": "${code}"}', '${kind}', 'chips', true, '${values(codes)}')`

const taxonomy = [
  attribute(
    'color',
    'enum',
    Array.from({ length: 12 }, (_, i) => `c${i}`),
  ),
  attribute(
    'taste',
    'multi_enum',
    Array.from({ length: 15 }, (_, i) => `t${i}`),
  ),
  attribute(
    'maker',
    'enum',
    Array.from({ length: 200 }, (_, i) => `m${i}`),
  ),
  attribute('height', 'number'),
  attribute('organic', 'bool'),
  `insert into catalog.types (code, plural, name) select 'kind' || i, 'kinds' || i,
     jsonb_build_object('ru', 'Вид ' || i, 'en', 'Kind ' || i) from generate_series(0, 4) i`,
  `insert into catalog.tags (id, slug, name) select md5('t' || i)::uuid, 'tag-' || i,
     jsonb_build_object('ru', 'Метка ' || i, 'en', 'Tag ' || i) from generate_series(0, 39) i`,
  `insert into catalog.categories (id, parent_id, slug, name, description)
   select md5('c' || i)::uuid, case when i >= 4 then md5('c' || (i / 4 - 1))::uuid end, 'cat-' || i,
     jsonb_build_object('ru', 'Полка ' || i, 'en', 'Shelf ' || i), '{"ru": "", "en": ""}' from generate_series(0, 83) i`,
]

/** Types and attributes are unevenly distributed: half of the products are kind0, one in 12 has a colour, one in 200 a maker. */
const products = (from: number, to: number) => sql`
  insert into catalog.products
    (id, type_code, category_id, slug, name, description, attributes, is_active, created_at, updated_at)
  select ${idOf('p')}, 'kind' || case when i % 2 = 0 then 0 else i % 5 end, md5('c' || (20 + i % 64))::uuid, 'product-' || i,
    jsonb_build_object('ru', 'Товар слово' || (i % 1500) || ' тема' || (i % 97) || ' ' || i,
      'en', 'Thing word' || (i % 1500) || ' topic' || (i % 97) || ' ' || i),
    jsonb_build_object('ru', 'Описание товара, каких много: слово' || (i * 31 % 1500) || ', и ещё немного слов о нём.',
      'en', 'A description like many others: word' || (i * 31 % 1500) || ' and a few more words about it.'),
    jsonb_build_object('color', 'c' || (i * 7 % 12), 'taste', jsonb_build_array('t' || (i % 15), 't' || (i / 15 % 15)),
      'maker', 'm' || (i * 17 % 200), 'height', i * 13 % 100, 'organic', i % 3 = 0),
    true, timestamptz '2026-01-01' + i * interval '1 second', now()
  from generate_series(${from}::int, ${to}::int) i`

const variants = (from: number, to: number) => sql`
  insert into catalog.variants (id, product_id, kind, sku, title, price, currency, weight_grams, is_active, position)
  select md5('v' || i || '.' || k)::uuid, ${idOf('p')}, 'plain', 'SKU-' || i || '-' || k,
    jsonb_build_object('ru', (k * 50 + 50) || ' г', 'en', (k * 50 + 50) || ' g'),
    (i::bigint * 7919 % 100000 + 100) * (k + 1), 'RUB', k * 50 + 50, true, k
  from generate_series(${from}::int, ${to}::int) i, generate_series(0, 1) k`

const stock = (from: number, to: number) => sql`
  insert into catalog.stock (variant_id, on_hand, policy)
  select md5('v' || i || '.' || k)::uuid, case when i % 10 = 0 then 0 else 50 end, 'track'
  from generate_series(${from}::int, ${to}::int) i, generate_series(0, 1) k`
