import type { Localized } from '#platform/values'

/** The sentences of the platform's own problems, by code. */
export const texts: Readonly<Record<string, Localized>> = {
  'validation-failed': {
    en: 'The request does not match its schema.',
    ru: 'Запрос не соответствует схеме.',
  },
  'malformed-body': { en: 'The body is not valid JSON.', ru: 'Тело запроса — некорректный JSON.' },
  'malformed-multipart': {
    en: 'The parts of the multipart body are malformed or incomplete.',
    ru: 'Части multipart-тела некорректны или неполны.',
  },
  'unexpected-body': {
    en: 'This request takes no body. Send none, or {}.',
    ru: 'У этого запроса не должно быть тела. Не отправляйте его или отправьте {}.',
  },
  'empty-body': { en: 'The body is empty.', ru: 'Тело запроса пустое.' },
  'malformed-url': { en: 'The URL is malformed.', ru: 'Адрес запроса некорректен.' },
  'unencoded-url': {
    en: 'The URL has characters that must be percent-encoded. Write %D1%87 for the letter ч, and %20 for a space.',
    ru: 'В адресе есть символы, которые нужно кодировать: вместо буквы «ч» пишите %D1%87, вместо пробела — %20.',
  },
  'bad-cursor': { en: 'This cursor does not belong to this list.', ru: 'Этот курсор относится к другому списку.' },
  'offset-too-deep': {
    en: 'The offset is too large. Follow `next_cursor` instead.',
    ru: 'Смещение слишком большое. Дальше переходите по `next_cursor`.',
  },
  unauthorized: { en: 'Please sign in.', ru: 'Войдите, пожалуйста.' },
  'metrics-token-required': {
    en: 'Set METRICS_TOKEN, and send it as Authorization: Bearer. Without it only this machine reads the metrics, and only without a proxy.',
    ru: 'Задайте METRICS_TOKEN и передавайте его в Authorization: Bearer. Без него метрики доступны только с этой машины и только без прокси.',
  },
  forbidden: { en: 'You are not allowed to do this.', ru: 'На это у вас нет прав.' },
  'not-found': { en: 'It does not exist, or it is not yours.', ru: 'Ничего не найдено, или у вас нет доступа.' },
  'no-such-route': { en: 'There is nothing at this URL.', ru: 'По этому адресу ничего нет.' },
  'method-not-allowed': {
    en: 'This URL does not accept this method.',
    ru: 'Этот адрес не принимает такой метод.',
  },
  'body-too-large': { en: 'The body is too large.', ru: 'Тело запроса слишком большое.' },
  'url-too-long': { en: 'The URL is too long.', ru: 'Адрес запроса слишком длинный.' },
  'headers-too-large': { en: 'The headers are too large.', ru: 'Заголовки запроса слишком большие.' },
  'unsupported-media-type': { en: 'Send application/json.', ru: 'Отправьте application/json.' },
  'request-timeout': { en: 'The request took too long to arrive.', ru: 'Запрос передавался слишком долго.' },
  'malformed-request': { en: 'This is not valid HTTP.', ru: 'Это некорректный HTTP.' },
  'too-many-requests': {
    en: 'Too many requests. Please wait a little.',
    ru: 'Слишком много запросов. Подождите немного.',
  },
  'bad-idempotency-key': {
    en: 'An Idempotency-Key must have 16 to 255 printable ASCII characters.',
    ru: 'Idempotency-Key должен состоять из 16–255 печатных символов ASCII.',
  },
  'guessable-idempotency-key': {
    en: 'A guest without a token must send a UUID as Idempotency-Key.',
    ru: 'Гость без токена должен передать в Idempotency-Key UUID.',
  },
  'idempotency-mismatch': {
    en: 'This Idempotency-Key was used with another body.',
    ru: 'Этот Idempotency-Key уже использован с другим телом запроса.',
  },
  'idempotency-in-progress': {
    en: 'The first request with this Idempotency-Key is still running.',
    ru: 'Первый запрос с этим Idempotency-Key ещё выполняется.',
  },
  'internal-error': {
    en: 'Something went wrong on our side. The error is in our log.',
    ru: 'У нас что-то сломалось. Ошибка записана в журнал.',
  },
  unavailable: {
    en: 'Not available right now. Please try again in a moment.',
    ru: 'Сейчас недоступно. Повторите чуть позже.',
  },
}
