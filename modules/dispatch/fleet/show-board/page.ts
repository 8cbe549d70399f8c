import { readFileSync } from 'node:fs'
import { html, type Html } from '#platform/html'
import { definePage, type Routes } from '#platform/http'
import type { Locale } from '#platform/values'

const fileOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

const texts = {
  en: {
    title: 'Couriers',
    lead: 'Sign in as a dispatcher',
    email: 'E-mail',
    password: 'Password',
    submit: 'Sign in',
    noscript: 'This page needs JavaScript.',
    away: 'The shop does not answer. This page will try again.',
    couriers: 'Couriers',
    parcels: 'Parcels',
    late: 'late',
    stops: 'stops',
    map: 'Couriers, their routes and parcels on a map',
    on: 'on duty',
    off: 'off duty',
    break: 'break',
    waiting: 'waiting',
    offered: 'offered',
    accepted: 'accepted',
    picked_up: 'on the way',
    failed: 'coming back',
    delivered: 'delivered',
    returned: 'returned',
    cancelled: 'cancelled',
    missed: 'offers without an answer',
    discrepancies: 'Reports that disagree with the shop',
    reported: 'The courier reports',
    recorded: 'the shop has',
    cash: 'cash',
    resolution: 'What was done with the goods and the money',
    resolve: 'Resolve',
    unserved: 'without a courier',
    'no-courier': 'No courier takes parcels now',
    'all-declined': 'Every courier on duty has declined it',
    'no-skilled-courier': 'No courier on duty has the skills that it needs',
    'too-large': 'Too heavy or too large for the couriers on duty',
    'offers-missed': 'The couriers did not answer and get another offer soon',
    'not-planned': 'No route has a place for it yet',
    'courier-off-duty': 'Its courier is off duty',
    'courier-blocked': 'Its courier may no longer deliver',
    blocked: 'may no longer deliver',
    'no-parcels': 'No open parcels',
    'no-couriers': 'No courier is on duty',
  },
  ru: {
    title: 'Курьеры',
    lead: 'Вход для диспетчера',
    email: 'Почта',
    password: 'Пароль',
    submit: 'Войти',
    noscript: 'Этой странице нужен JavaScript.',
    away: 'Магазин не отвечает. Страница попробует снова.',
    couriers: 'Курьеры',
    parcels: 'Посылки',
    late: 'опаздывают',
    stops: 'остановок',
    map: 'Курьеры, их маршруты и посылки на карте',
    on: 'на смене',
    off: 'не на смене',
    break: 'перерыв',
    waiting: 'ждёт',
    offered: 'предложена',
    accepted: 'принята',
    picked_up: 'в пути',
    failed: 'возвращается',
    delivered: 'вручена',
    returned: 'возвращена',
    cancelled: 'отменена',
    missed: 'предложений без ответа',
    discrepancies: 'Отчёты, которые расходятся с магазином',
    reported: 'Курьер сообщает',
    recorded: 'в магазине',
    cash: 'наличные',
    resolution: 'Что сделано с товаром и деньгами',
    resolve: 'Закрыть',
    unserved: 'без курьера',
    'no-courier': 'Сейчас никто не берёт посылки',
    'all-declined': 'Все курьеры на смене отказались',
    'no-skilled-courier': 'Ни у кого на смене нет нужных навыков или снаряжения',
    'too-large': 'Слишком тяжёлая или большая для курьеров на смене',
    'offers-missed': 'Курьеры не ответили, скоро получат предложение снова',
    'not-planned': 'Пока нет места в маршрутах',
    'courier-off-duty': 'Её курьер не на смене',
    'courier-blocked': 'Её курьер больше не может доставлять',
    blocked: 'больше не может доставлять',
    'no-parcels': 'Открытых посылок нет',
    'no-couriers': 'На смене никого нет',
  },
} as const satisfies Record<Locale, Record<string, string>>

type Page = Readonly<{ html: Record<Locale, string>; headers: Record<string, string> }>

function readPage(): Page {
  const page = definePage({ style: fileOf('board-page.css'), script: fileOf('board-page.js'), layout: 'window' })
  const htmlOf = (language: Locale) =>
    page.render({ language, title: texts[language].title, body: bodyOf(texts[language]) })
  return { html: { en: htmlOf('en'), ru: htmlOf('ru') }, headers: page.headers }
}

const bodyOf = (all: (typeof texts)[Locale]): Html => {
  const { title, lead, email, password, submit, noscript, couriers, parcels, map, discrepancies } = all
  return html`<header>
      <h1>${title}</h1>
      <p role="status"></p>
    </header>
    <noscript><p>${noscript}</p></noscript>
    <form id="sign-in" aria-label="${lead}" hidden>
      <strong>${lead}</strong>
      <label>${email}<input name="email" type="email" autocomplete="username" required /></label>
      <label>${password}<input name="password" type="password" autocomplete="current-password" required /></label>
      <button>${submit}</button>
    </form>
    <main data-texts="${JSON.stringify(all)}" hidden>
      <svg viewBox="0 0 1000 1000" role="img" aria-label="${map}"></svg>
      <section>
        <div id="discrepancies" hidden>
          <h2>${discrepancies}</h2>
          <ul></ul>
        </div>
        <h2>${couriers}</h2>
        <table>
          <tbody></tbody>
        </table>
        <h2>${parcels}</h2>
        <table>
          <tbody></tbody>
        </table>
      </section>
    </main>`
}

/** The page of the dispatcher. It reads the feed of the board and loads nothing else; the policy allows exactly its script. */
export const boardPage = (): Routes => {
  let page: Page | undefined
  return (http) => {
    const config = { access: 'anyone' } as const
    http.get('/dispatch/board', { schema: { hide: true }, config }, ({ locale }, reply) => {
      const { html, headers } = (page ??= readPage())
      return reply.headers(headers).send(html[locale])
    })
  }
}
