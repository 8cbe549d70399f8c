import type { Localized } from '#platform/values'

/** What the house itself has to say, by problem code. */
export const texts: Readonly<Record<string, Localized>> = {
  'validation-failed': { en: 'The request does not fit its description.', ru: 'Запрос не подходит под описание.' },
  'malformed-body': { en: 'The body is not readable JSON.', ru: 'Тело запроса — не читаемый JSON.' },
  'empty-body': { en: 'The body is empty.', ru: 'Тело запроса пустое.' },
  'malformed-url': { en: 'The address is not readable.', ru: 'Адрес запроса не читается.' },
  'bad-cursor': { en: 'The cursor is not one of ours.', ru: 'Такого курсора мы не выдавали.' },
  'offset-too-deep': {
    en: 'Offsets end at 10,000: follow next_cursor instead.',
    ru: 'Смещение не больше 10 000: дальше идите по next_cursor.',
  },
  unauthorized: { en: 'Please sign in.', ru: 'Войдите, пожалуйста.' },
  forbidden: { en: 'You may not do this.', ru: 'На это у вас нет права.' },
  'not-found': { en: 'There is no such thing, or it is not yours.', ru: 'Такого нет, или оно не ваше.' },
  'no-such-route': { en: 'Nothing lives at this address.', ru: 'По этому адресу ничего нет.' },
  'method-not-allowed': { en: 'This address does not take this method.', ru: 'Этот адрес не принимает такой метод.' },
  'body-too-large': { en: 'The body is too large.', ru: 'Тело запроса слишком большое.' },
  'url-too-long': { en: 'The address is too long.', ru: 'Адрес запроса слишком длинный.' },
  'headers-too-large': { en: 'The headers are too large.', ru: 'Заголовки запроса слишком большие.' },
  'unsupported-media-type': { en: 'Send application/json.', ru: 'Пришлите application/json.' },
  'request-timeout': { en: 'The request came too slowly.', ru: 'Запрос шёл слишком долго.' },
  'malformed-request': { en: 'This is not readable HTTP.', ru: 'Это не читаемый HTTP.' },
  'too-many-requests': {
    en: 'Too many requests: please wait a little.',
    ru: 'Слишком много запросов: подождите немного.',
  },
  'bad-idempotency-key': {
    en: 'Idempotency-Key is 16 to 255 printable ASCII characters.',
    ru: 'Idempotency-Key — от 16 до 255 печатных символов ASCII.',
  },
  'idempotency-mismatch': {
    en: 'This Idempotency-Key was used with another body.',
    ru: 'Этот Idempotency-Key уже был с другим телом запроса.',
  },
  'idempotency-in-progress': {
    en: 'The first request with this Idempotency-Key is still running.',
    ru: 'Первый запрос с этим Idempotency-Key ещё выполняется.',
  },
  'internal-error': {
    en: 'Something broke on our side. It has been written down.',
    ru: 'У нас что-то сломалось. Мы уже записали.',
  },
  unavailable: { en: 'Not now: please try again in a moment.', ru: 'Сейчас не получается: повторите чуть позже.' },
}
