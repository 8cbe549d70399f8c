import type { Bug } from '../bug.ts'

/** The zone of an address, and its fee. */
export const deliveryZoneBugs: readonly Bug[] = [
  {
    description: 'coordinates in a cheap circle lower the fee of another town',
    requirement: 'DLV-4',
    file: 'modules/delivery/zone.ts',
    text: 'costOf(feeOfName) > costOf(fee) ? feeOfName : fee',
    replacement: 'fee',
    caughtBy: 'modules/delivery/zone.test.ts',
  },
  {
    description: 'coordinates in the circle of a town bring an address of another town into its zone',
    requirement: 'DLV-4',
    file: 'modules/delivery/zone.ts',
    text: 'if (named.length > 0 && !isNamed) return undefined',
    replacement: '',
    caughtBy: 'modules/delivery/zone.test.ts',
  },
  {
    description: 'a street that is named after a town chooses the zone of the town',
    requirement: 'DLV-4',
    file: 'modules/delivery/address-place.ts',
    text: 'if (!isAround) break',
    replacement: '',
    caughtBy: 'modules/delivery/zone.test.ts',
  },
  {
    description: 'an order to an address outside of all zones is delivered for free',
    requirement: 'DLV-4',
    file: 'modules/delivery/zone.ts',
    text: "if (!first) return { kind: 'refused', reason: 'address-not-served' }",
    replacement: "if (!first) return { kind: 'quoted', fee: 0, zone: null }",
    caughtBy: 'modules/delivery/zone.test.ts',
  },
  {
    description: 'the fee of the courier is not part of the order',
    requirement: 'DLV-4',
    file: 'modules/ordering/place-order/reserve-goods.ts',
    text: 'delivery_fee: delivered.fee,',
    replacement: 'delivery_fee: 0,',
    caughtBy: 'modules/ordering/place-order/discounted-orders.test.ts',
  },
]
