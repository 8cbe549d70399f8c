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
    check('sales-are-moved', 'The pieces of a sold hold left the stock once.', wrongSales),
    check('restocked-is-sold', 'No more pieces of an order come back from its buyer than it sold.', wrongRestocks),
    check('holds-have-their-lines', 'The pieces of a hold are those of its lines.', wrongHoldItems),
    check(
      'returns-are-received',
      'Staff receive the goods of a return within seven days of its arrival, and thirty of its order.',
      overdueReturns,
    ),
    check('active-has-variant', 'An active product has an active variant.', activeWithoutVariant),
    check('listed-is-active', 'The lists show the active products, with their price and availability.', wrongListings),
    check('computed-bundle', 'A computed price or weight of a bundle is the sum over its components.', wrongBundleSums),
    check('reviews-are-counted', 'The totals of reviews are those of the published reviews.', wrongReviewTotals),
    check('bundle-has-components', 'A bundle has components and no stock of its own.', wrongBundles),
  ]
}

const wrongReserved = sql<object>`
  select stock.variant_id, stock.reserved, coalesce(held.reserved, 0)::int as held
  from catalog.stock left join (
    select item.variant_id, sum(item.reserved) as reserved
    from catalog.holds as hold join catalog.hold_items as item using (order_id)
    where hold.state in ('held', 'firm') group by item.variant_id) held using (variant_id)
  where stock.reserved <> coalesce(held.reserved, 0)`

const wrongOnHand = sql<object>`
  select stock.variant_id, stock.on_hand, coalesce(moved.delta, 0)::int as moved
  from catalog.stock left join (
    select variant_id, sum(delta) as delta from catalog.movements group by variant_id) moved using (variant_id)
  where stock.on_hand <> coalesce(moved.delta, 0)`

const wrongReturns = sql<object>`
  select coalesce(item.order_id, moved.order_id, held.order_id) as order_id,
    coalesce(item.variant_id, moved.variant_id, held.variant_id) as variant_id, item.pieces, item.sellable,
    moved.delta, held.reserved
  from catalog.return_items as item
    full join (
      select order_id, variant_id, sum(delta) as delta from catalog.movements
      where kind in ('in_return', 'returned') and return_id is null group by 1, 2
    ) moved using (order_id, variant_id)
    full join (
      select order_id, variant_id, reserved from catalog.holds as hold join catalog.hold_items using (order_id)
      where hold.state = 'in_return' and reserved > 0
    ) held using (order_id, variant_id)
    left join catalog.returns as expected using (order_id)
  where (coalesce(item.sellable, 0) - item.pieces) is distinct from moved.delta
    or item.pieces is distinct from held.reserved or expected.expected_at is null or (expected.received_at is null) is distinct from (item.sellable is null)
  limit 100`

const wrongSales = sql<object>`
  select order_id, variant_id, moved.delta, held.reserved
  from (select order_id, variant_id, sum(delta) as delta from catalog.movements where kind = 'sale' group by 1, 2) moved
    full join (
      select order_id, variant_id, reserved from catalog.holds as hold join catalog.hold_items using (order_id)
      where hold.state = 'sold' and reserved > 0
    ) held using (order_id, variant_id)
  where moved.delta is distinct from -held.reserved
  limit 100`

const wrongRestocks = sql<object>`
  select order_id, variant_id, moved.restocked, item.reserved, hold.state
  from (
    select order_id, variant_id, sum(delta) as restocked from catalog.movements where return_id is not null group by 1, 2
  ) moved left join catalog.holds as hold using (order_id) left join catalog.hold_items as item using (order_id, variant_id)
  where hold.state is distinct from 'sold' or moved.restocked > coalesce(item.reserved, 0)
  limit 100`

// A line reserves its own variant, or none while its stock is not tracked, or the components that it names. The stock may be
// tracked since: after an edit of the order, a part of the pieces of its own lines is reserved.
const wrongHoldItems = sql<object>`
  with line as materialized (
    select order_id, line.variant_id, line.quantity, line.components
    from catalog.holds, jsonb_to_recordset(lines) as line(variant_id uuid, quantity int, components jsonb)
  ), expected as (
    select order_id, variant_id, sum(ordered) as ordered, sum(own) as own, sum(of_bundles) as of_bundles
    from (
      select order_id, variant_id, quantity as ordered, case when components is null then quantity else 0 end as own, 0 as of_bundles
      from line
      union all
      select order_id, component.variant_id, 0, 0, line.quantity * component.quantity
      from line, jsonb_to_recordset(line.components) as component(variant_id uuid, quantity int)
    ) pieces group by order_id, variant_id
  )
  select order_id, variant_id, item.ordered, item.reserved, expected.ordered as ordered_by_lines,
    expected.own + expected.of_bundles as reserved_by_lines
  from expected full join catalog.hold_items as item using (order_id, variant_id) left join catalog.holds as hold using (order_id)
  where item.ordered is distinct from expected.ordered
    or (item.reserved <> expected.own + expected.of_bundles and (item.reserved > 0 or expected.of_bundles > 0)
      and (hold.revision = 1 or item.reserved not between expected.of_bundles and expected.own + expected.of_bundles))
  limit 100`

const overdueReturns = sql<object>`
  select order_id, order_number, expected_at, arrived_at from catalog.returns
  where expected_at is not null and received_at is null
    and (arrived_at < now() - interval '7 days' or expected_at < now() - interval '30 days')
  limit 100`

const activeWithoutVariant = sql<object>`
  select product.id as product_id from catalog.products as product
  where product.is_active and not exists (select from catalog.variants as variant
    where variant.product_id = product.id and variant.is_active)`

const wrongListings = sql<object>`
  select coalesce(product.id, listing.product_id) as product_id from
    (select product.id, first.price, exists (select from catalog.variants as variant
      where variant.product_id = product.id and variant.is_active
        and coalesce(catalog.available(variant.id), 1) > 0) as in_stock
     from catalog.products as product join lateral (select price from catalog.variants as variant
        where variant.product_id = product.id and variant.is_active order by position, id limit 1) first on true
     where product.is_active) as product
    full join catalog.listings as listing on listing.product_id = product.id
  where (listing.price, listing.in_stock) is distinct from (product.price, product.in_stock)`

const wrongBundleSums = sql<object>`
  select bundle.id as bundle_id, bundle.price, summed.price as components, bundle.weight_grams,
    summed.weight_grams as components_weight
  from catalog.variants as bundle join (
    select component.bundle_id, sum(variant.price * component.quantity) as price,
      least(sum(variant.weight_grams::bigint * component.quantity), 2147483647)::int as weight_grams
    from catalog.bundle_components as component
      join catalog.variants as variant on variant.id = component.component_id group by component.bundle_id) summed
    on summed.bundle_id = bundle.id
  where (bundle.pricing = 'computed' and bundle.price <> summed.price)
     or (bundle.weighing = 'computed' and bundle.weight_grams <> summed.weight_grams)`

const wrongBundles = sql<object>`
  select variant.id as variant_id, variant.kind from catalog.variants as variant
  where (variant.kind = 'bundle') <> exists (select from catalog.bundle_components as component
    where component.bundle_id = variant.id)
     or (variant.kind = 'plain') <> exists (select from catalog.stock where stock.variant_id = variant.id)`

const wrongReviewTotals = sql<object>`
  select scope, platform, total.count, counted.count as published
  from (select scope, platform, count(*) as count, sum(rating) as rating_sum
        from catalog.reviews cross join lateral (values (product_id), (uuid '00000000-0000-0000-0000-000000000000')) counting(scope)
        where status = 'published' and scope is not null group by scope, platform) counted
    full join catalog.review_totals as total using (scope, platform)
  where (coalesce(total.count, 0), coalesce(total.rating_sum, 0))
    <> (coalesce(counted.count, 0), coalesce(counted.rating_sum, 0))`
