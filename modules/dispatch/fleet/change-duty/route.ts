import { userIdOf } from '#platform/access'
import { answer, notFoundAnswer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, notFound, type ReasonOf } from '#platform/outcome'
import { fleetCourierViewOf } from '../parcel-view.ts'
import { ChangeDutyBody, FleetCourierView } from '../schema.ts'
import type { ChangeDuty, ChangeDutyOutcome } from './change-duty.ts'

const answers = {
  'name-missing': answer(
    400,
    'Send your first name when you go on duty for the first time.',
    'Выходя на смену в первый раз, укажите своё имя.',
  ),
  'wrong-shift-end': answer(
    400,
    'The end of the shift must be in the future, at most a day from now.',
    'Конец смены должен быть в будущем, не позже чем через сутки.',
  ),
  'may-not-deliver': answer(
    409,
    'Your account is blocked, or its role does not deliver. If staff changed that a moment ago, try again.',
    'Ваша учётная запись заблокирована, или её роль не доставляет заказы. Если это только что изменили, попробуйте ещё раз.',
  ),
} satisfies Record<ReasonOf<ChangeDutyOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Go on duty, take a break or go off duty; your position is deleted when you go off duty',
  body: ChangeDutyBody,
  response: { 200: FleetCourierView, ...problemsOf({ ...answers, ...notFoundAnswer }) },
}

export const changeDutyRoute =
  ({ changeDuty }: Readonly<{ changeDuty: ChangeDuty }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.deliver' }, audit: false }
    http.put('/dispatch/me/duty', { schema, config }, async ({ body, caller }, reply) => {
      const courier_id = userIdOf(caller)
      if (courier_id === null) return refuse(reply, notFound('courier'))
      const outcome = await changeDuty({ ...body, courier_id })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return fleetCourierViewOf(outcome.courier)
    })
  }
