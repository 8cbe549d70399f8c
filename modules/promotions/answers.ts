import { Type } from 'typebox'
import { answer } from '#platform/http'

/** The answers to a coupon that the shop does not know, wherever a buyer types one. */
export const couponAnswers = {
  'coupon-unknown': answer(
    409,
    'There is no such coupon. Correct the code, or remove it.',
    'Такого купона нет. Исправьте код или уберите его.',
  ),
  'too-many-coupons': {
    ...answer(
      429,
      'Too many unknown coupons. Try again later.',
      'Слишком много неизвестных купонов. Попробуйте позже.',
    ),
    members: { retry_after: Type.Integer({ description: 'Seconds.' }) },
  },
}

/** The answers to terms that staff may not save. */
export const termsAnswers = {
  'wrong-benefit': answer(
    400,
    'A percentage needs `percent`, a fixed amount needs `amount`; no other promotion has them.',
    'Для процентной скидки укажите `percent`, для фиксированной — `amount`, для других акций — ни того ни другого.',
  ),
  'ends-before-it-starts': answer(
    400,
    'A promotion must start before it ends. Change `starts_at` or `ends_at`.',
    'Акция должна начинаться раньше, чем заканчивается. Измените `starts_at` или `ends_at`.',
  ),
  'first-order-counts-once': answer(
    400,
    'A promotion for first orders needs `max_uses_per_buyer` 1.',
    'У акции на первый заказ `max_uses_per_buyer` должен быть равен 1.',
  ),
  'code-taken': answer(409, 'Another promotion has this code.', 'Этот код занят другой акцией.'),
}
