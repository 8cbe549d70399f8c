import { sql, type RawBuilder } from 'kysely'
import type { Check } from '#platform/checks'
import type { OrderingDb } from '../store.ts'

/** The invariants of returns. CHECKs keep each line within what was sold and paid. */
export function returnChecks(db: OrderingDb): readonly Check[] {
  const check = (name: string, description: string, violations: RawBuilder<object>): Check => ({
    name: `ordering.${name}`,
    description,
    violations: async () => (await violations.execute(db)).rows,
  })
  return [
    check(
      'returned-pieces-add-up',
      'The returned pieces of a line, and their sum, are those of its returns.',
      wrongLines,
    ),
    check('returns-add-up', 'A return has lines, and its refundable sum is theirs.', wrongSums),
    check(
      'goods-come-from-buyers',
      'Only orders that were handed over have returns.',
      sql<object>`
        select returns.id, orders.id as order_id, orders.status from ordering.returns
        join ordering.orders on orders.id = returns.order_id where orders.status <> 'fulfilled' limit 100`,
    ),
    check(
      'returns-are-worth-what-was-paid',
      'The pieces of a line that came back are valued at what was paid for them.',
      wrongValues,
    ),
    check(
      'returns-are-refunded',
      'Payments answers to the refund of a return within a day.',
      sql<object>`
        select id, order_id, refund_id, refund_amount, updated_at from ordering.returns
        where status = 'refunding' and updated_at < now() - interval '1 day' limit 100`,
    ),
    check(
      'refused-refunds-are-settled',
      'A day after payments refused the refund of a return, staff have refunded it again, or ended it with 0.',
      sql<object>`
        select id, order_id, refund_id, refund_amount, refund_refused_at from ordering.returns
        where status = 'received' and refund_refused_at < now() - interval '1 day' limit 100`,
    ),
  ]
}

const wrongLines = sql<object>`
  select line.order_id, line.variant_id, line.returned_quantity, line.returned_amount, returned.pieces, returned.amount
  from ordering.lines as line left join (
    select of_line.order_id, of_line.position, sum(quantity - coalesce(missing, 0)) as pieces, sum(coalesce(amount, 0)) as amount
    from ordering.return_lines as of_line join ordering.returns on returns.id = return_id and status <> 'refused'
    group by 1, 2) as returned using (order_id, position)
  where line.returned_quantity <> coalesce(returned.pieces, 0) or line.returned_amount <> coalesce(returned.amount, 0)
  limit 100`

const wrongSums = sql<object>`
  select returns.id, returns.refundable_amount, sum(line.amount) as lines_amount, count(line.position) as lines
  from ordering.returns left join ordering.return_lines as line on line.return_id = returns.id
  group by returns.id
  having returns.refundable_amount is distinct from sum(line.amount) or count(line.position) = 0
  limit 100`

/** `paidFor` in SQL: the value of all pieces of a line is rounded down, that of one receipt differs by less than a minor unit. */
const wrongValues = sql<object>`
  select order_id, variant_id, return_id, pieces, amount, all_pieces, all_amount, paid, quantity
  from (
    select line.order_id, line.variant_id, line.quantity, line.price * line.quantity - line.discount_amount as paid,
      of_line.return_id, sellable + damaged as pieces, of_line.amount,
      sum(sellable + damaged) over all_of_line as all_pieces, sum(of_line.amount) over all_of_line as all_amount
    from ordering.return_lines as of_line join ordering.lines as line using (order_id, position)
    where of_line.amount is not null
    window all_of_line as (partition by order_id, position)) as valued
  where amount not between div(paid::numeric * pieces, quantity) and ceil(paid::numeric * pieces / quantity)
    or all_amount <> div(paid::numeric * all_pieces, quantity)
  limit 100`
