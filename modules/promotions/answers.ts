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
