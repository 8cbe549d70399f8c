import type { Bug } from '../bug.ts'

const stock = (file: string) => `modules/catalog/stock/${file}`
const receiveTest = stock('receive-return/receive-return.test.ts')
const followTest = 'modules/delivery/follow-courier/follow-courier.test.ts'

/** Goods that are on their way back to the shop. */
export const returnBugs: readonly Bug[] = [
  {
    description: 'goods in the bag of a courier are on sale',
    requirement: 'CAT-13',
    file: stock('release-hold/subscriber.ts'),
    text: 'goods_left ? expectReturn',
    replacement: 'goods_left === null ? expectReturn',
    caughtBy: receiveTest,
  },
  {
    description: 'goods that are outside the shop count as on hand',
    requirement: 'CAT-13',
    file: stock('store/holds.ts'),
    text: "to === 'in_return' ? ({ kind: to, at } as const) : null",
    replacement: 'null',
    caughtBy: receiveTest,
  },
  {
    description: 'goods in return take pieces that are held for others',
    requirement: 'CAT-13',
    file: stock('release-hold/expect-return.ts'),
    text: '    if (isShort)\n',
    replacement: '    if (isShort && at === undefined)\n',
    caughtBy: receiveTest,
  },
  {
    description: 'two receipts of one return put its goods on hand twice',
    requirement: 'CAT-13',
    file: stock('store/returns.ts'),
    text: 'expected_at is not null for update',
    replacement: 'expected_at is not null',
    caughtBy: receiveTest,
  },
  {
    description: 'a receipt puts more pieces on hand than came back',
    requirement: 'CAT-13',
    file: stock('return.ts'),
    text: 'totalOf(countOf.get(variant_id)) === pieces',
    replacement: '(totalOf(countOf.get(variant_id)) ?? 0) >= pieces',
    caughtBy: receiveTest,
  },
  {
    description: 'a variant that a receipt names twice is on hand twice',
    requirement: 'CAT-13',
    file: stock('return.ts'),
    text: ' || counts.length !== items.length',
    replacement: '',
    caughtBy: receiveTest,
  },
  {
    description: 'staff receive goods that are still held for their order',
    requirement: 'CAT-13',
    file: stock('store/returns.ts'),
    text: 'order_id = ${order_id} and expected_at is not null for update',
    replacement: 'order_id = ${order_id} for update',
    caughtBy: receiveTest,
  },
  {
    description: 'damaged pieces are on sale again',
    requirement: 'CAT-13',
    file: stock('store/returns.ts'),
    text: 'select variant_id, sellable from ${counted} where sellable > 0',
    replacement: 'select variant_id, sellable + damaged as sellable from ${counted} where sellable > 0',
    caughtBy: receiveTest,
  },
  {
    description: 'the arrival of a parcel before the end of its order is lost',
    requirement: 'PLT-3',
    file: stock('store/returns.ts'),
    text: 'set order_number = excluded.order_number, expected_at = excluded.expected_at',
    replacement: 'set order_number = excluded.order_number, expected_at = excluded.expected_at, arrived_at = null',
    caughtBy: receiveTest,
  },
  {
    description: 'a courier takes a parcel, and its shipment says that it is in the shop',
    requirement: 'DSP-10',
    file: 'modules/delivery/shipment.ts',
    text: "new Set(['handed_over', 'in_transit', 'out_for_delivery'])",
    replacement: "new Set(['handed_over', 'in_transit'])",
    caughtBy: followTest,
  },
  {
    description: 'a refund deletes that the goods of an order had left the shop',
    requirement: 'DSP-10',
    file: 'modules/ordering/advance-checkout/advance-checkout.ts',
    text: 'o.goods_left or coalesce(new.goods_left, false)',
    replacement: 'coalesce(new.goods_left, false)',
    caughtBy: 'tests/e2e/couriers.test.ts',
  },
  {
    description: 'staff do not learn that a courier has goods that are on sale',
    requirement: 'DSP-9',
    file: 'modules/delivery/follow-courier/follow-courier.ts',
    text: "shipment.status === 'failed' && !haveGoodsLeft(shipment)",
    replacement: "shipment.status === 'returned' && !haveGoodsLeft(shipment)",
    caughtBy: followTest,
  },
  {
    description: 'a parcel that is lost comes back to the shop',
    requirement: 'DLV-2',
    file: 'modules/delivery/follow-return/follow-return.ts',
    text: 'sellable + damaged === 0',
    replacement: 'sellable + damaged < 0',
    caughtBy: followTest,
  },
]
