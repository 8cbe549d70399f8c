import { answer } from '#platform/http'

/** The answers to a review of another platform that staff save. */
export const reviewAnswers = {
  'platform-reserved': answer(
    409,
    'Only buyers write reviews of the platform "shop".',
    'Отзывы платформы «shop» пишут только покупатели.',
  ),
  'review-taken': answer(
    409,
    'Another review of this platform has this external_id.',
    'У другого отзыва этой платформы такой же external_id.',
  ),
  'unknown-product': answer(409, 'There is no such product.', 'Такого товара нет.'),
} as const
