import { answer, type Answer } from '#platform/http'
import type { StepRefusal } from './steps.ts'

/** The refusals of the steps of couriers. */
export const stepAnswers = {
  'offer-expired': answer(409, 'The time for an answer is over.', 'Время на ответ истекло.'),
  'not-offered': answer(409, 'This parcel is not offered to you any more.', 'Эту посылку вам больше не предлагают.'),
  'not-accepted': answer(409, 'Take the parcel first.', 'Сначала примите посылку.'),
  'not-picked-up': answer(409, 'You do not have this parcel.', 'У вас нет этой посылки.'),
  'wrong-pin': answer(409, 'The PIN is wrong.', 'Код неверен.'),
  'pin-locked': answer(
    409,
    'Too many wrong PINs: staff can deliver the parcel.',
    'Слишком много неверных кодов: вручение подтвердит сотрудник.',
  ),
  'pin-missing': answer(409, 'The customer says a PIN: send it.', 'Покупатель называет код: укажите его.'),
  'wrong-cash': answer(
    409,
    'Send in cash_collected the sum that is to collect.',
    'Укажите в cash_collected сумму, которую нужно получить.',
  ),
  'not-failed': answer(409, 'This parcel is not on its way back.', 'Эта посылка не возвращается.'),
  'report-differs': answer(
    409,
    'Another report has this id: give each report an id of its own.',
    'Под этим номером уже есть другой отчёт: у каждого отчёта свой номер.',
  ),
} satisfies Record<StepRefusal, Answer>
