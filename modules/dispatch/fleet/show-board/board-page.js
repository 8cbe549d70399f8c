'use strict'

const page = document.querySelector('main')
const form = document.querySelector('#sign-in')
const status = document.querySelector('[role="status"]')
const map = document.querySelector('svg')
const texts = JSON.parse(page.dataset.texts)
const language = document.documentElement.lang
const api = '/api/v1'

/** The tokens of the dispatcher. They are in the memory of this page only. */
let tokens = { access_token: new URLSearchParams(location.hash.slice(1)).get('token') }
if (location.hash) history.replaceState(null, '', location.pathname)

let depot = null
let metric = 'haversine'
const couriers = new Map()
const parcels = new Map()
const discrepancies = new Map()
let isDrawing = false

const say = (text) => (status.textContent = text)

async function send(path, body) {
  const headers = { 'content-type': 'application/json', 'accept-language': language }
  if (tokens.access_token) headers.authorization = `Bearer ${tokens.access_token}`
  return await fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** A session is renewed once; without one the dispatcher signs in again. */
async function streamUrl() {
  let response = await send('/dispatch/board/events/token', {})
  if (response.status === 401 && tokens.refresh_token) {
    const renewed = await send('/auth/refresh', { refresh_token: tokens.refresh_token })
    if (renewed.ok) {
      tokens = await renewed.json()
      response = await send('/dispatch/board/events/token', {})
    }
  }
  if (response.ok) return (await response.json()).url
  if (response.status < 500) {
    const { detail } = await response.json()
    throw Object.assign(new Error(detail), { isFinal: true })
  }
  throw new Error(texts.away)
}

async function follow() {
  try {
    const events = new EventSource(await streamUrl())
    events.addEventListener('board', ({ data }) => replace(JSON.parse(data)))
    events.addEventListener('change', ({ data }) => change(JSON.parse(data)))
    events.addEventListener('open', () => show(true))
    events.addEventListener('error', () => {
      say(texts.away)
      events.close()
      setTimeout(() => void follow(), 2000)
    })
  } catch (error) {
    say(error.message)
    if (error.isFinal) show(false)
    else setTimeout(() => void follow(), 2000)
  }
}

function show(isSignedIn) {
  page.hidden = !isSignedIn
  form.hidden = isSignedIn
}

function replace(board) {
  depot = board.depot
  metric = board.metric
  couriers.clear()
  parcels.clear()
  discrepancies.clear()
  change({ ...board, gone: [] })
}

function change({ couriers: changedCouriers, parcels: changedParcels, discrepancies: reports, gone }) {
  for (const id of gone) for (const items of [couriers, parcels, discrepancies]) items.delete(id)
  for (const courier of changedCouriers) couriers.set(courier.id, courier)
  for (const parcel of changedParcels) parcels.set(parcel.id, parcel)
  for (const report of reports) discrepancies.set(report.id, report)
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(() => {
    isDrawing = false
    draw()
  })
}

const [size, margin] = [1000, 60]
/** The corners of the map grow with its points and never shrink, so that the map does not jump. */
const corners = { south: Infinity, north: -Infinity, west: Infinity, east: -Infinity }

function placer() {
  const points = [
    depot,
    ...[...couriers.values()].map(({ position }) => position),
    ...[...parcels.values()].map(({ point }) => point),
  ]
  for (const point of points) {
    if (!point) continue
    corners.south = Math.min(corners.south, point.lat)
    corners.north = Math.max(corners.north, point.lat)
    corners.west = Math.min(corners.west, point.lng)
    corners.east = Math.max(corners.east, point.lng)
  }
  const middle = (corners.south + corners.north) / 2
  const narrowing = Math.cos((middle * Math.PI) / 180)
  const span = Math.max(corners.north - corners.south, (corners.east - corners.west) * narrowing, 0.005)
  const scale = (size - 2 * margin) / span
  return ({ lat, lng }) => [
    size / 2 + (lng - (corners.west + corners.east) / 2) * narrowing * scale,
    size / 2 - (lat - middle) * scale,
  ]
}

function element(name, attributes, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  return made
}

const colorOf = (id) => (id && couriers.has(id) ? `c${[...couriers.keys()].indexOf(id) % 8}` : '')

function draw() {
  drawMap()
  drawLists()
  drawDiscrepancies()
  const countOf = (is) => [...parcels.values()].filter(is).length
  const late = `${texts.late}: ${countOf(({ is_late }) => is_late)}`
  const unserved = `${texts.unserved}: ${countOf(({ unserved_reason }) => unserved_reason)}`
  say(`${texts.couriers}: ${couriers.size} · ${texts.parcels}: ${parcels.size} · ${late} · ${unserved}`)
}

function drawMap() {
  const at = placer()
  const shapes = []
  for (let line = margin; line <= size - margin; line += (size - 2 * margin) / 10) {
    shapes.push(element('line', { class: 'street', x1: line, y1: margin, x2: line, y2: size - margin }))
    shapes.push(element('line', { class: 'street', x1: margin, y1: line, x2: size - margin, y2: line }))
  }
  for (const courier of couriers.values()) shapes.push(...wayOf(courier, at))
  for (const parcel of parcels.values()) shapes.push(...parcelOf(parcel, at))
  if (depot) {
    const [x, y] = at(depot)
    shapes.push(element('rect', { class: 'depot', x: x - 11, y: y - 11, width: 22, height: 22, rx: 4 }))
  }
  for (const courier of couriers.values()) shapes.push(...courierOf(courier, at))
  map.replaceChildren(...shapes)
}

/** On a grid couriers go north or south first. */
function wayOf(courier, at) {
  if (!courier.position) return []
  const points = [
    courier.position,
    ...courier.stops.map(({ parcel_id, kind }) => (kind === 'dropoff' ? parcels.get(parcel_id)?.point : depot)),
  ].filter(Boolean)
  const corners = points.flatMap((point, i) => {
    const from = points[i - 1]
    return from && metric === 'grid' ? [{ lat: point.lat, lng: from.lng }, point] : [point]
  })
  const line = corners
    .map((point) =>
      at(point)
        .map((value) => value.toFixed(1))
        .join(','),
    )
    .join(' ')
  return [element('polyline', { class: `way ${colorOf(courier.id)}`, points: line })]
}

function parcelOf({ id, point, status, is_late, courier_id, planned_courier_id, order_number }, at) {
  if (!point) return []
  const [x, y] = at(point)
  const isWaiting = status === 'waiting' || status === 'offered'
  const classes = `parcel ${isWaiting ? 'waiting' : ''} ${is_late ? 'late' : ''} ${colorOf(courier_id ?? planned_courier_id)}`
  const circle = element('circle', { class: classes, cx: x, cy: y, r: status === 'picked_up' ? 9 : 8 })
  circle.append(element('title', {}, `${order_number ?? id}: ${texts[status]}`))
  return [circle]
}

function courierOf({ id, name, position }, at) {
  if (!position) return []
  const [x, y] = at(position)
  return [
    element('circle', { class: `courier ${colorOf(id)}`, cx: x, cy: y, r: 16 }),
    element('text', { class: 'courier-name', x, y }, name.slice(0, 2)),
  ]
}

const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const timeOf = (text) => (text ? clock.format(new Date(text)) : '–')

function line(className, textContent) {
  return Object.assign(document.createElement('small'), { className, textContent })
}

function row(colour, cells) {
  const made = document.createElement('tr')
  cells.forEach(({ text, note, warning, isLate }, index) => {
    const cell = document.createElement('td')
    if (index === 0 && cells.length > 1) {
      const dot = document.createElement('span')
      dot.className = `dot ${colour}`
      cell.append(dot)
    }
    cell.append(text)
    if (isLate) cell.className = 'is-late'
    if (warning) cell.append(line('is-late', warning))
    if (note) cell.append(line('', note))
    made.append(cell)
  })
  return made
}

function drawLists() {
  const [courierRows, parcelRows] = document.querySelectorAll('tbody')
  courierRows.replaceChildren(
    ...(couriers.size === 0 ? [row('', [{ text: texts['no-couriers'] }])] : []),
    ...[...couriers.values()].map(({ id, name, duty, may_deliver, stops }) =>
      row(colorOf(id), [
        { text: name, note: texts[duty], warning: may_deliver ? '' : texts.blocked },
        { text: `${texts.stops}: ${stops.length}` },
        { text: timeOf(stops[0]?.arrives_at) },
      ]),
    ),
  )
  parcelRows.replaceChildren(
    ...(parcels.size === 0 ? [row('', [{ text: texts['no-parcels'] }])] : []),
    ...[...parcels.values()].map((parcel) =>
      row(colorOf(parcel.courier_id ?? parcel.planned_courier_id), [
        {
          text: parcel.order_number ?? parcel.id.slice(0, 8),
          note: noteOf(parcel),
          warning: texts[parcel.unserved_reason],
        },
        { text: texts[parcel.status] },
        { text: timeOf(parcel.expected_at), isLate: parcel.is_late },
      ]),
    ),
  )
}

function noteOf({ assignment, missed_offers }) {
  const missed = missed_offers > 0 ? `${texts.missed}: ${missed_offers}` : ''
  return [missed, assignment].filter(Boolean).join(' · ')
}

const money = (amount) => new Intl.NumberFormat(language, { minimumFractionDigits: 2 }).format(amount / 100)

function discrepancyOf({ id, order_number, courier_name, reported, recorded, cash_collected, happened_at }) {
  const [item, title, claim, answer, label] = ['li', 'strong', 'p', 'form', 'label'].map((tag) =>
    document.createElement(tag),
  )
  const input = Object.assign(document.createElement('input'), { required: true, maxLength: 1000 })
  const button = Object.assign(document.createElement('button'), { textContent: texts.resolve })
  item.id = id
  title.textContent = [order_number, courier_name, timeOf(happened_at)].filter(Boolean).join(' · ')
  const cash = cash_collected > 0 ? `; ${texts.cash}: ${money(cash_collected)}` : ''
  claim.textContent = `${texts.reported}: ${texts[reported]}; ${texts.recorded}: ${texts[recorded] ?? recorded}${cash}`
  label.append(texts.resolution, input)
  answer.append(label, button)
  answer.addEventListener('submit', async (event) => {
    event.preventDefault()
    const response = await send(`/dispatch/discrepancies/${id}/resolve`, { resolution: input.value }).catch(() => null)
    // The feed takes a resolved one off the list.
    if (!response?.ok) say((await response?.json().catch(() => undefined))?.detail ?? texts.away)
  })
  item.append(title, claim, answer)
  return item
}

/** Items stay while the board changes, with what the dispatcher is writing in them. */
function drawDiscrepancies() {
  const section = document.querySelector('#discrepancies')
  for (const item of section.querySelectorAll('li')) if (!discrepancies.has(item.id)) item.remove()
  for (const [id, discrepancy] of discrepancies)
    if (!document.getElementById(id)) section.querySelector('ul').append(discrepancyOf(discrepancy))
  section.hidden = discrepancies.size === 0
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  say('')
  const { email, password } = Object.fromEntries(new FormData(form))
  const response = await send('/auth/login', { email, password }).catch(() => undefined)
  const answer = await response?.json().catch(() => undefined)
  if (!response?.ok) return say(answer?.detail ?? texts.away)
  tokens = answer
  form.reset()
  await follow()
})

if (tokens.access_token) void follow()
else show(false)
