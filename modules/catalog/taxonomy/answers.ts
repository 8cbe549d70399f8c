import { Type } from 'typebox'
import { answer } from '#platform/http'
import { maxDepth } from './category.ts'

export const tagAnswers = {
  'slug-taken': answer(409, 'Another tag has this `slug`.', 'Такой `slug` уже есть у другой метки.'),
}

export const categoryAnswers = {
  'slug-taken': answer(409, 'Another category has this `slug`.', 'Такой `slug` уже есть у другой категории.'),
  'unknown-category': answer(400, 'There is no such parent category.', 'Такой родительской категории нет.'),
  'below-itself': answer(409, 'A category cannot be inside itself.', 'Категория не может быть внутри самой себя.'),
  'too-deep': answer(
    409,
    `Categories nest at most ${maxDepth} levels deep.`,
    `Глубина вложения категорий — не больше ${maxDepth}.`,
  ),
}

export const attributeInUse = {
  'in-use': answer(409, 'Products or types use the attribute.', 'Свойство используют товары или типы.'),
}

export const attributeAnswers = {
  'values-missing': answer(400, 'An enum needs a list of values.', 'Укажите список возможных значений.'),
  'values-only-for-enums': answer(
    400,
    'Only enum and multi_enum have a list of values.',
    'Список значений есть только у enum и multi_enum.',
  ),
  'value-twice': answer(400, 'The list contains a value twice.', 'Значение указано в списке дважды.'),
}

export const typeAnswers = {
  'plural-taken': answer(409, 'Another type has this plural.', 'Такое множественное число уже есть у другого типа.'),
  'plural-reserved': answer(
    409,
    'The API already uses this word in another path.',
    'Это слово уже занято другим адресом API.',
  ),
  'unknown-attribute': {
    ...answer(400, 'There is no such attribute.', 'Такого свойства нет.'),
    members: { attribute: Type.String() },
  },
}
