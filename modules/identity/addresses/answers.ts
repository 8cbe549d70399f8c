import { answer, type Answer } from '#platform/http'

/** The answer to an address whose place has one coordinate. */
export const addressAnswers = {
  'place-incomplete': answer(
    400,
    'A place has two coordinates: send both `lat` and `lng`, or neither.',
    'У места две координаты: укажите и `lat`, и `lng`, либо ни одной.',
  ),
} satisfies Record<'place-incomplete', Answer>
