import type { Localized } from '#platform/values'
import type { Shown } from './view.ts'

type Text = Readonly<{ title: Localized; says: Localized }>

const text = ([ru, en]: readonly [string, string], [ruSays, enSays]: readonly [string, string]): Text => ({
  title: { ru, en },
  says: { ru: ruSays, en: enSays },
})

/** The page in words, by what it shows. */
export const texts: Readonly<Record<Shown | 'preparing' | 'nothing-here', Text>> = {
  preparing: text(['Готовим оплату', 'Preparing your payment'], ['Ещё секунду…', 'One more second…']),
  'nothing-here': text(
    ['Платить нечего', 'Nothing to pay here'],
    ['Проверьте ссылку: откройте её целиком.', 'Please check the link: open the whole of it.'],
  ),
  asking: text(
    ['Оплата', 'Payment'],
    [
      'Тестовый банк: деньги не списываются. Выберите, что он ответит.',
      'A make-believe bank: no money is moved. Choose what it answers.',
    ],
  ),
  thinking: text(
    ['Банк думает', 'The bank is thinking'],
    ['Можно подождать или решить за него.', 'Wait, or decide for it.'],
  ),
  'on-delivery': text(
    ['Оплата при получении', 'Pay on delivery'],
    ['Приготовьте эту сумму.', 'Please have this sum ready.'],
  ),
  paid: text(['Оплачено', 'Paid'], ['Спасибо! Деньги пришли.', 'Thank you! The money is here.']),
  refunded: text(
    ['Деньги возвращены', 'Refunded'],
    ['Вся сумма отправлена обратно.', 'The whole sum is on its way back.'],
  ),
  declined: text(
    ['Банк отказал', 'Declined'],
    ['Деньги не списаны. Заказать можно ещё раз.', 'No money was taken. You may order again.'],
  ),
  cancelled: text(['Оплата отменена', 'Cancelled'], ['Деньги не будут списаны.', 'No money will be taken.']),
}

/** What stands before a description: the subject of a payment in this shop is an order. */
export const order: Localized = { ru: 'Заказ', en: 'Order' }

/** The buttons of the make-believe bank, by the word their form sends. */
export const buttons = {
  approve: { ru: 'Оплатить', en: 'Approve' },
  decline: { ru: 'Отклонить', en: 'Decline' },
  wait: { ru: 'Подождать', en: 'Wait' },
} as const satisfies Record<string, Localized>

export const back: Localized = { ru: 'Вернуться в магазин', en: 'Back to the shop' }
