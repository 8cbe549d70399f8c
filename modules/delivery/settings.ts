import { oneOf, settings, withDefault } from '#platform/config'

/** The settings of delivery. */
export const deliverySettings = settings({
  title: 'Delivery',
  variables: {
    DELIVERY_SANDBOX: withDefault(
      oneOf('manual', 'auto'),
      'manual',
      'Shipments: manual waits for staff, auto delivers at once.',
    ),
  },
  read: (values) => ({ sandbox: values.DELIVERY_SANDBOX }),
})
