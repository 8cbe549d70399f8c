import { oneOf, settings, withDefault } from '#platform/config'
import { sandboxModes } from './schema.ts'

/** The settings of delivery. */
export const deliverySettings = settings({
  title: 'Delivery',
  variables: {
    DELIVERY_SANDBOX: withDefault(
      oneOf(...sandboxModes),
      'manual',
      'Shipments: manual waits for staff, auto delivers at once.',
    ),
  },
  read: (values) => ({ sandbox: values.DELIVERY_SANDBOX }),
})
