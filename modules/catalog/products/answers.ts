import { Type } from 'typebox'
import { answer } from '#platform/http'
import { maxPrice } from '../schema.ts'

const priceLimitIn = (language: string) => (maxPrice / 100).toLocaleString(language, { minimumFractionDigits: 2 })

/** The refusals that several slices of the products share. */
export const productAnswers = {
  'slug-taken': answer(409, 'Another product has this `slug`.', 'Такой `slug` уже есть у другого товара.'),
  'nothing-to-sell': answer(
    409,
    'The product has no active variant. Activate one first.',
    'У товара нет активных вариантов. Сначала включите хотя бы один.',
  ),
  'unknown-category': answer(400, 'There is no such category.', 'Такой категории нет.'),
  'unknown-tag': answer(400, 'There is no such tag.', 'Такой метки нет.'),
  'unknown-attribute': {
    ...answer(400, 'Products of this type have no such attribute.', 'У товаров этого типа нет такого свойства.'),
    members: { attribute: Type.String() },
  },
  'bad-attribute-value': {
    ...answer(400, 'The attribute cannot have this value.', 'У свойства не может быть такого значения.'),
    members: { attribute: Type.String() },
  },
}

export const variantAnswers = {
  'sku-taken': answer(409, 'Another variant has this SKU.', 'Этот артикул занят другим вариантом.'),
  'id-taken': answer(
    409,
    'Another product or variant has this id.',
    'Этот идентификатор занят другим товаром или вариантом.',
  ),
  'price-limit-exceeded': answer(
    400,
    `The price, or the price of a bundle that contains the variant, exceeds the limit of ${priceLimitIn('en-US')}.`,
    `Цена варианта или набора с ним превышает предел в ${priceLimitIn('ru-RU')}.`,
  ),
  'price-missing': answer(
    400,
    'A variant without components needs a price.',
    'Укажите цену: у варианта нет составляющих.',
  ),
  'bad-compare-at-price': answer(
    400,
    'The old price must be higher than the price.',
    'Старая цена должна быть выше новой.',
  ),
  'empty-bundle': answer(400, 'The bundle has no components.', 'В наборе нет составляющих.'),
  'component-twice': answer(400, 'The bundle lists a component twice.', 'Составляющая набора указана дважды.'),
  'unknown-component': answer(400, 'There is no such component.', 'Такой составляющей нет.'),
  'component-is-bundle': answer(400, 'A bundle cannot contain bundles.', 'Набор не может состоять из наборов.'),
  'mixed-currencies': answer(
    400,
    'The price of a component is in a different currency from the bundle.',
    'Цена составляющей указана в другой валюте, чем цена набора.',
  ),
}

export const deletionAnswers = {
  'ordered-before': answer(
    409,
    'It has been ordered before. Archive the product instead.',
    'Удалить нельзя: это уже заказывали. Уберите товар в архив.',
  ),
  'in-a-bundle': answer(409, 'This variant is part of a bundle.', 'Этот вариант входит в набор.'),
}
