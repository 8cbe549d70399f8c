import type { Attempt, Delivery, Endpoint } from './store.ts'

export const endpointViewOf = ({
  contact_locale: _locale,
  failing_since,
  created_at,
  updated_at,
  ...endpoint
}: Endpoint) => ({
  ...endpoint,
  failing_since: failing_since?.toISOString() ?? null,
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
})

export const deliveryViewOf = ({
  step: _step,
  claimed_until: _claimed,
  next_attempt_at,
  created_at,
  finished_at,
  ...delivery
}: Delivery) => ({
  ...delivery,
  next_attempt_at: next_attempt_at?.toISOString() ?? null,
  created_at: created_at.toISOString(),
  finished_at: finished_at?.toISOString() ?? null,
})

export const attemptViewOf = ({ delivery_id: _delivery, started_at, ...attempt }: Attempt) => ({
  ...attempt,
  started_at: started_at.toISOString(),
})
