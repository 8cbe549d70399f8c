import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { maxAttempts } from '../shipment.ts'
import { StaffShipmentView } from '../schema.ts'
import { staffShipmentViewOf } from '../shipment-view.ts'
import type { UnlockCode } from './unlock-code.ts'

const schema = {
  tags: ['delivery'],
  summary: `Let couriers try the pickup code again after ${maxAttempts} wrong codes`,
  params: IdParams,
  response: { 200: StaffShipmentView },
}

export const unlockCodeRoute =
  ({ unlockCode }: Readonly<{ unlockCode: UnlockCode }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' } }
    http.delete('/admin/shipments/:id/code-lock', { schema, config }, async ({ params }, reply) => {
      const outcome = await unlockCode(params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return staffShipmentViewOf(outcome.shipment)
    })
  }
