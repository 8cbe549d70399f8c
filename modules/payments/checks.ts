import { sql, type RawBuilder } from 'kysely'
import type { Check } from '#platform/checks'
import type { PaymentsDb } from './store/tables.ts'

/**
 * The invariants of the money. The bank, the webhook and the refund of a cancellation write in transactions of their own, so
 * a payment in progress violates some of them for a moment. The database itself keeps the others at every moment.
 */
export const paymentsChecks = (db: PaymentsDb): readonly Check[] =>
  invariants.map(({ name, description, violations }) => ({
    name,
    description,
    violations: async ({ atRest = false } = {}) => (await violations(atRest).execute(db)).rows,
  }))

type Invariant = Readonly<{ name: string; description: string; violations: (atRest: boolean) => RawBuilder<object> }>

const invariants: readonly Invariant[] = [
  {
    name: 'payments.ledger-sums-to-zero',
    description: 'Every transfer in the ledger sums to zero in its currency (PAY-7).',
    violations: () => sql`
      select transfer_id, currency, sum(amount) as sum from payments.ledger
      group by transfer_id, currency having sum(amount) <> 0 limit 100
    `,
  },
  {
    name: 'payments.books-agree',
    description:
      'For every payment, captured less refunded is the same in the ledger, in the payment and in its refunds (PAY-7).',
    violations: () => sql`
      select payment.id as payment_id, payment.amount, payment.refunded_amount, ledger.held, refund.done, refund.requested
      from payments.payments as payment,
        lateral (select coalesce(sum(amount), 0) as held from payments.ledger
                 where payment_id = payment.id and account like 'provider:%') as ledger,
        lateral (select coalesce(sum(amount) filter (where status = 'done'), 0) as done,
                        coalesce(sum(amount) filter (where status = 'requested'), 0) as requested
                 from payments.refunds where payment_id = payment.id) as refund
      where ledger.held <> case when payment.completed_at is null then 0 else payment.amount - payment.refunded_amount end
         or refund.done <> payment.refunded_amount or refund.requested <> payment.refunding_amount
      limit 100
    `,
  },
  {
    name: 'payments.bank-agrees',
    description:
      'Five minutes after the last change, the sandbox bank took and refunded exactly what our books say, and has no charge that can be paid without a payment (PAY-7).',
    violations: (atRest) => sql`
      select coalesce(payment.id, charge.payment_id) as payment_id, payment.status, charge.status as charge_status,
             payment.amount, charge.amount as charge_amount, payment.refunded_amount, charge.refunded_amount as charge_refunded_amount
      from (select * from payments.payments where provider = 'sandbox') as payment
      full join payments.sandbox_charges as charge on charge.payment_id = payment.id
      where ((payment.completed_at is not null) <> coalesce(charge.status = 'succeeded', false)
         or (charge.status = 'succeeded' and (payment.amount, payment.currency) is distinct from (charge.amount, charge.currency))
         or (charge.status in ('pending', 'processing') and coalesce(payment.status in ('pending', 'processing'), false) is false)
         or (charge.payment_id is null and payment.started_at is not null)
         or (payment.refunding_amount = 0 and payment.refunded_amount <> charge.refunded_amount))
        and (${atRest} or greatest(payment.updated_at, charge.changed_at) < now() - interval '5 minutes')
      limit 100
    `,
  },
  {
    name: 'payments.buyers-are-refunded',
    description:
      'Five minutes later, the money of cancelled requests, of second successes and of changed sums is refunded. Staff refund by hand what the bank refused (PAY-5).',
    violations: (atRest) => sql`
      select payment.subject_id, payment.id as payment_id, payment.amount - payment.refunded_amount as amount, payment.currency,
             (select max(requested_at) from payments.refunds where payment_id = payment.id and status = 'refused') as refused_at
      from payments.payments as payment join payments.payment_requests as request using (subject_id)
      where payment.method = 'online' and payment.status in ('completed', 'partially_refunded') and payment.refunding_amount = 0
        and (payment.surplus or request.status = 'cancelled' or payment.revision < request.revision)
        and (${atRest} or greatest(payment.updated_at, request.updated_at) < now() - interval '5 minutes')
      limit 100
    `,
  },
  {
    name: 'payments.refusals-are-final',
    description:
      'The provider made no refund that it had refused and that another refund may have replaced, unless a person has settled it (PAY-5).',
    violations: () => sql`
      select id as refund_id, payment_id, amount, currency, requested_by, refused_at, contradicted_at
      from payments.refunds where contradicted_at is not null and resolved_at is null limit 100
    `,
  },
  {
    name: 'payments.paid-once',
    description: 'A subject has at most one completed payment for each revision that is no surplus (PAY-2).',
    violations: () => sql`
      select subject_id, revision, count(*) as payments from payments.payments
      where status in ('completed', 'partially_refunded') and not surplus
      group by subject_id, revision having count(*) > 1 limit 100
    `,
  },
  {
    name: 'payments.entries-are-on-their-accounts',
    description:
      'Each transfer is between the account of the provider of its payment and the account of what was sold (PAY-7).',
    violations: () => sql`
      select entry.entry_id, entry.account, entry.payment_id, payment.provider, payment.subject_type, payment.surplus
      from payments.ledger as entry join payments.payments as payment on payment.id = entry.payment_id
      where entry.account not in (
        'provider:' || payment.provider, case when payment.surplus then 'surplus' else 'sales:' || payment.subject_type end)
      limit 100
    `,
  },
]
