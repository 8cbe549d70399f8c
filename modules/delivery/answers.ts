import { answer } from '#platform/http'

/** The answer of every change to a shipment whose cancellation the carrier has not answered yet. */
export const beingCancelled = answer(
  409,
  'The order is cancelling this shipment, and the carrier has not answered yet.',
  'Доставка отменяется вместе с заказом: служба доставки ещё не ответила.',
)

/** The answers to a zone that contradicts itself. */
export const zoneAnswers = {
  'zone-without-area': answer(
    400,
    'A zone needs `places`, or a circle with `lat`, `lng` and `radius_m`.',
    'Укажите населённые пункты зоны (`places`) или круг: `lat`, `lng` и `radius_m`.',
  ),
  'incomplete-circle': answer(
    400,
    'A circle needs `lat`, `lng` and `radius_m`. Send all three, or none.',
    'Круг задают `lat`, `lng` и `radius_m`. Передайте все три или ни одного.',
  ),
  'wrong-window': answer(
    400,
    'A delivery window needs `earliest_minutes` and a `latest_minutes` that is not smaller. Send both, or neither.',
    'Срок доставки задают `earliest_minutes` и `latest_minutes`, и первое не больше второго. Передайте оба или ни одного.',
  ),
}

/** The answers to a pickup point that contradicts itself. */
export const pickupPointAnswers = {
  'unknown-timezone': answer(
    400,
    'This is not an IANA time zone. Send one such as Europe/Moscow.',
    'Такого часового пояса IANA нет. Укажите, например, Europe/Moscow.',
  ),
  'wrong-hours': answer(
    400,
    'A pickup point must open before it closes, and the hours of a day must not overlap.',
    'Пункт выдачи должен открываться раньше, чем закрывается, а часы одного дня не должны пересекаться.',
  ),
  'incomplete-coordinates': answer(
    400,
    'A pickup point has both a latitude and a longitude, or neither.',
    'У пункта выдачи либо есть и широта, и долгота, либо нет ни того, ни другого.',
  ),
}
