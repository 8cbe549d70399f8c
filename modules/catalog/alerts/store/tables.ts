import type { Selectable } from 'kysely'
import type { Locale } from '#platform/values'
import type { AlertKind } from '../schema.ts'

type Alerts = {
  user_id: string
  variant_id: string
  kind: AlertKind
  price: number | null
  merged_from: string | null
  created_at: Date
}

export type Alert = Selectable<Alerts>

export type AlertTables = {
  'catalog.alert_owners': { user_id: string; link_token: string; locale: Locale }
  'catalog.alerts': Alerts
}
