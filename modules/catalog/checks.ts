import { sql, type RawBuilder } from 'kysely'
import type { Check } from '#platform/checks'
import type { CatalogDb } from './store/tables.ts'

/** The invariants of the catalog. */
export function catalogChecks(db: CatalogDb): readonly Check[] {
  const check = (name: string, description: string, violations: RawBuilder<object>): Check => ({
    name: `catalog.${name}`,
    description,
    violations: async () => (await violations.execute(db)).rows,
  })
  return [
    check('reserved-is-held', 'The reserved pieces of a variant are those of its open holds.', wrongReserved),
    check('on-hand-is-moved', 'The pieces on hand are the sum of all movements.', wrongOnHand),
    check(
      'returns-are-moved',
      'The pieces of a return are those that its order had reserved and that left the stock.',
      wrongReturns,
    ),
    check(
      'returns-are-received',
      'Staff receive the goods of a return within seven days of its arrival, and thirty of its order.',
      forgottenReturns,
    ),
    check('active-has-variant', 'An active product has an active variant.', activeWithoutVariant),
    check('listed-is-active', 'The lists show the active products, with their price and availability.', wrongListings),
    check('computed-bundle', 'A computed price or weight of a bundle is the sum over its components.', wrongBundleSums),
    check('reviews-are-counted', 'The totals of reviews are those of the published reviews.', wrongReviewTotals),
    check('bundle-has-components', 'A bundle has components and no stock of its own.', wrongBundles),
  ]
}

const wrongReserved = sql<object>`
  select s.variant_id, s.reserved, coalesce(held.reserved, 0)::int as held
  from catalog.stock s left join (
    select i.variant_id, sum(i.reserved) as reserved
    from catalog.holds h join catalog.hold_items i using (order_id)
    where h.state in ('held', 'firm') group by i.variant_id) held using (variant_id)
  where s.reserved <> coalesce(held.reserved, 0)`

const wrongOnHand = sql<object>`
  select s.variant_id, s.on_hand, coalesce(moved.delta, 0)::int as moved
  from catalog.stock s left join (
    select variant_id, sum(delta) as delta from catalog.movements group by variant_id) moved using (variant_id)
  where s.on_hand <> coalesce(moved.delta, 0)`

const wrongReturns = sql<object>`
  select coalesce(i.order_id, moved.order_id, held.order_id) as order_id,
    coalesce(i.variant_id, moved.variant_id, held.variant_id) as variant_id, i.pieces, i.sellable, moved.delta, held.reserved
  from catalog.return_items i
    full join (
      select order_id, variant_id, sum(delta) as delta from catalog.movements where kind in ('in_return', 'returned') group by 1, 2
    ) moved using (order_id, variant_id)
    full join (
      select order_id, variant_id, reserved from catalog.holds h join catalog.hold_items using (order_id)
      where h.state = 'in_return' and reserved > 0
    ) held using (order_id, variant_id)
    left join catalog.returns r using (order_id)
  where (coalesce(i.sellable, 0) - i.pieces) is distinct from moved.delta or i.pieces is distinct from held.reserved
    or r.expected_at is null or (r.received_at is null) is distinct from (i.sellable is null)
  limit 100`

const forgottenReturns = sql<object>`
  select order_id, order_number, expected_at, arrived_at from catalog.returns
  where expected_at is not null and received_at is null
    and (arrived_at < now() - interval '7 days' or expected_at < now() - interval '30 days')
  limit 100`

const activeWithoutVariant = sql<object>`
  select p.id as product_id from catalog.products p
  where p.is_active and not exists (select from catalog.variants v where v.product_id = p.id and v.is_active)`

const wrongListings = sql<object>`
  select coalesce(p.id, l.product_id) as product_id from
    (select p.id, first.price, exists (select from catalog.variants v where v.product_id = p.id and v.is_active
        and coalesce(catalog.available(v.id), 1) > 0) as in_stock
     from catalog.products p join lateral (select price from catalog.variants v
        where v.product_id = p.id and v.is_active order by position, id limit 1) first on true
     where p.is_active) p
    full join catalog.listings l on l.product_id = p.id
  where (l.price, l.in_stock) is distinct from (p.price, p.in_stock)`

const wrongBundleSums = sql<object>`
  select b.id as bundle_id, b.price, summed.price as components, b.weight_grams, summed.weight_grams as components_weight
  from catalog.variants b join (
    select c.bundle_id, sum(v.price * c.quantity) as price,
      least(sum(v.weight_grams::bigint * c.quantity), 2147483647)::int as weight_grams
    from catalog.bundle_components c join catalog.variants v on v.id = c.component_id group by c.bundle_id) summed
    on summed.bundle_id = b.id
  where (b.pricing = 'computed' and b.price <> summed.price)
     or (b.weighing = 'computed' and b.weight_grams <> summed.weight_grams)`

const wrongBundles = sql<object>`
  select v.id as variant_id, v.kind from catalog.variants v
  where (v.kind = 'bundle') <> exists (select from catalog.bundle_components c where c.bundle_id = v.id)
     or (v.kind = 'plain') <> exists (select from catalog.stock s where s.variant_id = v.id)`

const wrongReviewTotals = sql<object>`
  select scope, platform, t.count, counted.count as published
  from (select scope, platform, count(*) as count, sum(rating) as rating_sum
        from catalog.reviews cross join lateral (values (product_id), (uuid '00000000-0000-0000-0000-000000000000')) s(scope)
        where status = 'published' and scope is not null group by scope, platform) counted
    full join catalog.review_totals t using (scope, platform)
  where (coalesce(t.count, 0), coalesce(t.rating_sum, 0)) <> (coalesce(counted.count, 0), coalesce(counted.rating_sum, 0))`
