import type { Localized } from '#platform/values'
import type { SandboxButton } from '../schema.ts'
import type { ShownPayment } from './view.ts'

type Text = Readonly<{ title: Localized; hint: Localized }>

/** The texts of the page by what it shows. */
export const texts: Readonly<Record<ShownPayment | 'preparing' | 'nothing-to-pay' | 'broken-link', Text>> = {
  preparing: {
    title: { ru: 'Готовим оплату', en: 'Preparing your payment' },
    hint: { ru: 'Это займёт несколько секунд.', en: 'This takes a few seconds.' },
  },
  'nothing-to-pay': {
    title: { ru: 'Платить нечего', en: 'Nothing to pay here' },
    hint: { ru: 'По этой ссылке нет заказа к оплате.', en: 'There is no order to pay for at this link.' },
  },
  'broken-link': {
    title: { ru: 'Ссылка неполная или с ошибкой', en: 'The link is incomplete or wrong' },
    hint: {
      ru: 'Откройте ссылку на оплату из заказа ещё раз полностью.',
      en: 'Open the complete payment link of your order again.',
    },
  },
  asking: {
    title: { ru: 'Оплата', en: 'Payment' },
    hint: {
      ru: 'Выберите ответ банка.',
      en: 'Choose the answer of the bank.',
    },
  },
  processing: {
    title: { ru: 'Банк проверяет платёж', en: 'The bank is processing the payment' },
    hint: { ru: 'Подождите, это займёт немного времени.', en: 'Please wait, this takes a moment.' },
  },
  'on-delivery': {
    title: { ru: 'Оплата при получении', en: 'Pay on delivery' },
    hint: { ru: 'Оплатите заказ при получении.', en: 'Pay this amount when you receive the order.' },
  },
  paid: {
    title: { ru: 'Оплачено', en: 'Paid' },
    hint: { ru: 'Спасибо! Оплата получена.', en: 'Thank you! We received the payment.' },
  },
  refunded: {
    title: { ru: 'Деньги возвращены', en: 'Refunded' },
    hint: { ru: 'Банк возвращает вам всю сумму.', en: 'The bank is returning the full amount to you.' },
  },
  declined: {
    title: { ru: 'Банк отклонил платёж', en: 'Declined' },
    hint: { ru: 'Деньги не списаны. Можно заплатить ещё раз.', en: 'No money was charged. You can pay again.' },
  },
  cancelled: {
    title: { ru: 'Оплата отменена', en: 'Cancelled' },
    hint: { ru: 'Деньги не будут списаны.', en: 'No money will be charged.' },
  },
}

/** Precedes the order number. */
export const order: Localized = { ru: 'Заказ', en: 'Order' }

/** The buttons of the sandbox bank by the last part of their path. */
export const buttons: Readonly<Record<SandboxButton, Localized>> = {
  approve: { ru: 'Оплатить', en: 'Approve' },
  decline: { ru: 'Отклонить', en: 'Decline' },
  wait: { ru: 'Подождать', en: 'Wait' },
}

/** Every page of a payment in the sandbox shows it, also in production: the shop has no real bank yet. */
export const sandboxNote: Localized = {
  ru: 'Тестовый банк: настоящие деньги не списываются и не возвращаются.',
  en: 'Test bank: no real money moves.',
}

/** The button after the bank declined. */
export const again: Localized = { ru: 'Заплатить ещё раз', en: 'Pay again' }

export const backToOrder: Localized = { ru: 'К заказу', en: 'To the order' }
