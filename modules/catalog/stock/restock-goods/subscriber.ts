import { subscribe } from '#platform/events'
import { goodsReturned } from '#ordering/events'
import type { RestockGoods } from './restock-goods.ts'

/** Puts goods that a buyer sent back on hand. */
export const restockGoodsSubscription = ({ restockGoods }: Readonly<{ restockGoods: RestockGoods }>) =>
  subscribe(goodsReturned, (tx, { payload }) => restockGoods(tx, payload))
