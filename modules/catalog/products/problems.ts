import { Type } from 'typebox'

/** The refusals that several slices of the products share: status, and the sentence in both languages. */
export const productProblems = {
  'slug-taken': { status: 409, en: 'Another product has this address', ru: 'Этот адрес занят другим товаром' },
  'unknown-category': { status: 400, en: 'There is no such category', ru: 'Такой категории нет' },
  'unknown-tag': { status: 400, en: 'There is no such tag', ru: 'Такой метки нет' },
  'unknown-attribute': {
    status: 400,
    en: 'Products of this type have no such attribute',
    ru: 'У товаров этого типа нет такого свойства',
    members: { attribute: Type.String() },
  },
  'bad-attribute-value': {
    status: 400,
    en: 'The attribute cannot have this value',
    ru: 'У свойства не может быть такого значения',
    members: { attribute: Type.String() },
  },
} as const

export const variantProblems = {
  'sku-taken': { status: 409, en: 'Another variant has this SKU', ru: 'Этот артикул занят' },
  'id-taken': { status: 409, en: 'Another product or variant has this id', ru: 'Этот идентификатор занят' },
  'price-limit-exceeded': {
    status: 400,
    en: 'The price, or the price of a bundle that contains it, exceeds the limit of 100,000,000.00',
    ru: 'Цена товара или набора с ним превышает предел в 100 000 000,00',
  },
  'price-missing': { status: 400, en: 'A variant without components needs a price', ru: 'Укажите цену' },
  'bad-compare-at-price': {
    status: 400,
    en: 'The old price must be above the price',
    ru: 'Старая цена должна быть выше новой',
  },
  'empty-bundle': { status: 400, en: 'A bundle needs components', ru: 'В наборе должно что-то быть' },
  'component-twice': { status: 400, en: 'The bundle names a component twice', ru: 'Составляющая названа дважды' },
  'unknown-component': { status: 400, en: 'There is no such component', ru: 'Такой составляющей нет' },
  'component-is-bundle': {
    status: 400,
    en: 'A bundle cannot contain bundles',
    ru: 'Набор не может состоять из наборов',
  },
  'mixed-currencies': {
    status: 400,
    en: 'A component has another currency than the bundle',
    ru: 'Цены составляющих в другой валюте',
  },
} as const

export const deletionProblems = {
  'ordered-before': {
    status: 409,
    en: 'It has been ordered: archive it instead',
    ru: 'Это уже заказывали: уберите в архив',
  },
  'in-a-bundle': { status: 409, en: 'A bundle contains it', ru: 'Из этого составлен набор' },
} as const
