import { answer } from '#platform/http'

export const nameMissing = answer(400, 'The name is blank.', 'Имя не должно быть пустым.')
export const volumeInvalid = answer(
  400,
  'The volume must be a whole number of at least 1.',
  'Объём должен быть целым числом не меньше 1.',
)
