import { answer, type Answer } from '#platform/http'
import type { StepRefusal } from './steps.ts'

/** The refusals of the steps of couriers. */
export const stepAnswers = {
  'offer-expired': answer(409, 'The time to answer is over.', 'Время на ответ истекло.'),
  'not-offered': answer(409, 'This parcel is no longer offered to you.', 'Эту посылку вам больше не предлагают.'),
  'not-accepted': answer(409, 'Take the parcel first.', 'Сначала примите посылку.'),
  'not-picked-up': answer(409, 'You do not have this parcel.', 'У вас нет этой посылки.'),
  'wrong-pin': answer(409, 'The PIN is wrong.', 'Неверный код.'),
  'pin-locked': answer(
    409,
    'Too many wrong PINs. Staff can confirm the delivery.',
    'Слишком много неверных кодов. Вручение подтвердит сотрудник.',
  ),
  'pin-missing': answer(409, 'Send the PIN that the customer gives you.', 'Укажите код, который назвал покупатель.'),
  'wrong-cash': answer(
    409,
    'Send the amount to collect as `cash_collected`.',
    'Укажите в `cash_collected` сумму, которую нужно получить.',
  ),
  'not-failed': answer(409, 'This parcel is not on its way back.', 'Эта посылка не возвращается.'),
  'report-kept': answer(
    409,
    'The shop has this parcel as ended or with another courier. Your report is kept, and staff will settle it: do not send it again.',
    'По данным магазина эта посылка завершена или у другого курьера. Отчёт сохранён, с ним разберутся сотрудники: повторять его не нужно.',
  ),
  'report-differs': answer(
    409,
    'Another report has this id. Give each report its own id.',
    'Отчёт с таким идентификатором уже есть. У каждого отчёта должен быть свой.',
  ),
} satisfies Record<StepRefusal, Answer>
