import type { Generated } from 'kysely'
import type { HeldLine } from '../../api.ts'
import type { JsonColumn } from '../../store/json-column.ts'
import type { HoldState, MovementKind, StockPolicy } from '../schema.ts'

export type StockTables = {
  'catalog.stock': {
    variant_id: string
    on_hand: Generated<number>
    reserved: Generated<number>
    policy: StockPolicy
    version: Generated<string>
  }
  'catalog.movements': {
    id: string
    variant_id: string
    kind: MovementKind
    delta: number
    reason: string
    order_id: string | null
    return_id: Generated<string | null>
    user_id: string | null
    moved_at: Date
  }
  'catalog.holds': {
    order_id: string
    state: HoldState
    expires_at: Date | null
    held_at: Date
    items_hash: Buffer | null
    lines: JsonColumn<readonly HeldLine[]>
    total_amount: number
    currency: string
  }
  'catalog.returns': {
    order_id: string
    order_number: string | null
    expected_at: Date | null
    arrived_at: Date | null
    received_at: Date | null
    received_by: string | null
    note: string | null
  }
  'catalog.hold_items': { order_id: string; variant_id: string; ordered: number; reserved: number }
}
