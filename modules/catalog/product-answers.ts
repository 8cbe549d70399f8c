import { answer } from '#platform/http'

/** How refusals read that a product may get when it is added and when it is changed. */
export const productAnswers = {
  'slug-taken': answer(409, 'Another product has this address', 'Этот адрес занят другим товаром'),
  'unknown-category': answer(400, 'There is no such category', 'Такой категории нет'),
  'unknown-tag': answer(400, 'There is no such tag', 'Такой метки нет'),
  'unknown-attribute': answer(
    400,
    'Products of this type have no such attribute',
    'У товаров этого типа нет такого свойства',
  ),
  'bad-attribute-value': answer(
    400,
    'The attribute cannot have this value',
    'У свойства не может быть такого значения',
  ),
}
