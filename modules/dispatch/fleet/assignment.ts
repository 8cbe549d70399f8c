import { reasonText, type AssignmentReason } from '../planner/index.ts'
import { secondsOf } from './planning.ts'
import type { Assignment } from './schema.ts'

type Planned = Readonly<{ reason: AssignmentReason | undefined; delivered_at: number; now: Date }>

/** Why a parcel is offered to a courier: the time of its delivery, and the way that it adds for him and for two others. */
export function assignmentOf({ reason, delivered_at, now }: Planned): Assignment {
  const minutes = Math.max(0, Math.ceil((delivered_at - secondsOf(now)) / 60))
  const compared = (language: 'en' | 'ru') => (reason ? `. ${reasonText(reason, language)}` : '')
  return {
    en: `Delivery in ${minutes} min${compared('en')}`,
    ru: `Вручение через ${minutes} мин${compared('ru')}`,
  }
}
