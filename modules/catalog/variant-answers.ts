import { answer, type Answer } from '#platform/http'
import type { VariantRefused } from './variant-rows.ts'

/** How refusals of variants and bundles read, wherever these are sent. */
export const variantAnswers = {
  'sku-taken': answer(409, 'Another variant has this SKU', 'Этот артикул занят'),
  'id-taken': answer(409, 'This id belongs to something else', 'Этот идентификатор занят'),
  'too-dear': answer(
    400,
    'It, or a bundle of it, would cost more than anything may',
    'Так дорого не может стоить ни товар, ни набор с ним',
  ),
  'price-missing': answer(400, 'Say what it costs', 'Укажите цену'),
  'bad-compare-at-price': answer(400, 'The old price must be above the price', 'Старая цена должна быть выше новой'),
  'empty-bundle': answer(400, 'A bundle needs components', 'В наборе должно что-то быть'),
  'component-twice': answer(400, 'A component is named twice', 'Составляющая названа дважды'),
  'unknown-component': answer(400, 'There is no such component', 'Такой составляющей нет'),
  'component-is-bundle': answer(400, 'A bundle cannot hold bundles', 'Набор не может состоять из наборов'),
  'mixed-currencies': answer(400, 'Components have another currency', 'Цены составляющих в другой валюте'),
} satisfies Record<VariantRefused['reason'] | VariantClash, Answer>

/** What only the database knows for certain. A bundle whose parts get dearer gets dearer with them, so it may say `too-dear`. */
export const variantClashes = {
  variant_sku: 'sku-taken',
  variants_pkey: 'id-taken',
  variant_price: 'too-dear',
} as const
export type VariantClash = (typeof variantClashes)[keyof typeof variantClashes]
