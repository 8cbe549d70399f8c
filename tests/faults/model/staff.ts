import { Type } from 'typebox'
import { defineEvent } from '#platform/events'
import type { Actor } from './network.ts'

const asked = defineEvent('model.state-asked.v1', {
  description: 'A call of ordering.stateOf.',
  key: 'order_id',
  payload: Type.Object({ order_id: Type.String() }),
})
const answered = defineEvent('model.state-answered.v1', {
  description: 'Its answer.',
  key: 'order_id',
  payload: Type.Object({ order_id: Type.String(), isShippable: Type.Boolean() }),
})
const ordered = defineEvent('model.shipment-by-hand.v1', {
  description: 'Staff insert the shipment of an order that was shippable a moment ago.',
  key: 'order_id',
  payload: Type.Object({ order_id: Type.String() }),
})

export const stateAsked = asked({ order_id: 'order' })
export const stateAnswered = (isShippable: boolean) => answered({ order_id: 'order', isShippable })
export const shipmentByHand = ordered({ order_id: 'order' })

type Staff = Readonly<{ at: 'rest' | 'asking' | 'done' }>

/** Staff who create a shipment by hand: delivery asks ordering first, and the order may change before the insert. */
export const staffActor: Actor<Staff> = {
  name: 'staff',
  initial: { at: 'rest' },
  subscribesTo: [answered.type],
  receive: (_, { payload }) => [
    {
      label: 'get the answer',
      state: { at: 'done' },
      publishes: payload['isShippable'] === true ? [shipmentByHand] : [],
    },
  ],
  act: ({ at }) =>
    at === 'rest'
      ? [
          {
            label: 'create a shipment',
            state: { at: 'asking' },
            publishes: [stateAsked],
            costs: 'staff create a shipment',
            isOptional: true,
          },
        ]
      : [],
}
